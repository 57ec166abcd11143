package io.muster.naming.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Which instances a consumer is shown, by labels that both bear. Stored and shown as Nacos does; without a source of
 * labels by address it filters nothing, as there.
 *
 * @param expression of a label selector, else empty
 * @param labels the label names of the expression, in its order
 */
public record Selector(Type type, String expression, List<String> labels) {

    /** What a selector goes by. */
    public enum Type {
        NONE,
        LABEL
    }

    public static final Selector NONE = new Selector(Type.NONE, "", List.of());

    private static final String CONSUMER = "CONSUMER.label.";
    private static final String PROVIDER = "PROVIDER.label.";

    public Selector {
        labels = List.copyOf(labels);
    }

    /**
     * @param type {@code none} or {@code label}, in any case
     * @param expression {@code CONSUMER.label.x = PROVIDER.label.x}, several joined by '&amp;'; ignored by {@code none}
     * @throws IllegalArgumentException for another type, or an expression that can't be read
     */
    public static Selector of(String type, String expression) {
        return switch (type.trim().toLowerCase(Locale.ROOT)) {
            case "none" -> NONE;
            case "label" -> new Selector(Type.LABEL, expression, parse(expression));
            default -> throw new IllegalArgumentException("not match any type of selector!");
        };
    }

    private static List<String> parse(String expression) {
        Limits.text("selector expression", expression, Limits.TEXT_CHARS_MAX);
        List<String> labels = new ArrayList<>();
        for (String term : expression.split("&", -1)) {
            String[] sides = term.split("=", -1);
            if (sides.length != 2) {
                throw unreadable();
            }
            String consumer = sides[0].trim();
            String provider = sides[1].trim();
            boolean readable = consumer.startsWith(CONSUMER)
                    && provider.startsWith(PROVIDER)
                    && consumer.length() > CONSUMER.length()
                    && consumer.substring(CONSUMER.length()).equals(provider.substring(PROVIDER.length()));
            if (!readable) {
                throw unreadable();
            }
            labels.add(consumer.substring(CONSUMER.length()));
        }
        return labels;
    }

    private static IllegalArgumentException unreadable() {
        return new IllegalArgumentException("parse expression failed!");
    }
}
