package io.muster.naming.api;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A request parameter: its names, its kind, its bounds, and how its text is read. Routes list theirs, so that one table
 * drives reading, the tests over every parameter, and what is published about the API.
 *
 * <p>Values arrive trimmed and not blank. A text that can't be read is a {@link Refusal} with status 400 that names the
 * parameter.
 *
 * @param name what clients call it
 * @param aliases other names, asked in order when the first is absent
 * @param missing what the refusal says when a required one is absent, or empty if it may be absent
 * @param charsMax longer texts are refused before they are read
 * @param example a text that is read well, for documentation and tests
 * @param range of an integer
 * @param choices of a {@link Kind#CHOICE}, in lower case; any case is read
 */
public record Param<T>(
        String name,
        List<String> aliases,
        Kind kind,
        String missing,
        int charsMax,
        String example,
        Optional<Range> range,
        List<String> choices,
        Function<String, T> reader) {

    /** What texts a parameter takes. */
    public enum Kind {
        TEXT,
        /** {@link #word}, {@link #onlyTrue}: any text; some words mean true. */
        WORD,
        /** {@link #flag}: true or false, nothing else. */
        FLAG,
        INTEGER,
        NUMBER,
        /** One of a few words. */
        CHOICE,
        /** JSON, or a notation of its own that is as easy to get wrong. */
        STRUCTURED
    }

    /** Both bounds are allowed values. */
    public record Range(int min, int max) {}

    private static final int WORD_CHARS_MAX = 16;
    private static final int NUMBER_CHARS_MAX = 32;
    private static final int SHOWN_CHARS_MAX = 64;

    /** Text of one line: what goes into logs and lists must not break them. */
    public static Param<String> text(String name, int charsMax, String example) {
        return of(name, Kind.TEXT, charsMax, example, Param::line);
    }

    private static String line(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                throw new IllegalArgumentException("must not have control characters, has one at " + i);
            }
        }
        return text;
    }

    /** Text that must meet rules of its own: the reader throws {@link IllegalArgumentException} where it does not. */
    public static <T> Param<T> text(String name, int charsMax, String example, Function<String, T> reader) {
        return of(name, Kind.TEXT, charsMax, example, reader);
    }

    /**
     * A reader whose refusals go out word for word, without the parameter's name in front: for texts that Nacos' clients
     * know, and that speak for themselves.
     */
    public static <T> Function<String, T> verbatim(Function<String, T> reader) {
        return text -> {
            try {
                return reader.apply(text);
            } catch (IllegalArgumentException e) {
                throw Refusal.badRequest(String.valueOf(e.getMessage()));
            }
        };
    }

    public static <T> Param<T> structured(String name, int charsMax, String example, Function<String, T> reader) {
        return of(name, Kind.STRUCTURED, charsMax, example, reader);
    }

    /**
     * A boolean as the instance API of Nacos reads it (commons-lang {@code toBoolean}): a few words are true, all else
     * is false, nothing is an error.
     */
    public static Param<Boolean> word(String name) {
        return of(name, Kind.WORD, WORD_CHARS_MAX, "true", Param::isTrueWord);
    }

    private static Boolean isTrueWord(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on", "y", "t", "1" -> true;
            default -> false;
        };
    }

    /**
     * A boolean as Nacos reads it elsewhere (Java's {@code parseBoolean}): true is true, all else is false, nothing is
     * an error.
     */
    public static Param<Boolean> onlyTrue(String name) {
        return of(name, Kind.WORD, WORD_CHARS_MAX, "true", Boolean::parseBoolean);
    }

    /** A boolean that is read strictly. */
    public static Param<Boolean> flag(String name) {
        return of(name, Kind.FLAG, WORD_CHARS_MAX, "true", text -> {
            if (text.equalsIgnoreCase("true")) {
                return true;
            }
            if (text.equalsIgnoreCase("false")) {
                return false;
            }
            throw new IllegalArgumentException("must be true or false, current: " + shown(text));
        });
    }

    /** A decimal integer within two bounds, both included. */
    public static Param<Integer> integer(String name, int min, int max, String example) {
        Optional<Range> range = Optional.of(new Range(min, max));
        return new Param<>(name, List.of(), Kind.INTEGER, "", NUMBER_CHARS_MAX, example, range, List.of(), text -> {
            int value;
            try {
                value = Integer.parseInt(text);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("must be an integer. For input string: \"" + shown(text) + '"', e);
            }
            if (value < min || value > max) {
                throw new IllegalArgumentException("must be within " + min + " and " + max + ", current: " + value);
            }
            return value;
        });
    }

    /**
     * A decimal number.
     *
     * @param checked throws {@link IllegalArgumentException} where the number is out of bounds, or none: NaN and the
     *     infinities come here, too
     */
    public static Param<Double> number(String name, String example, Function<Double, Double> checked) {
        return of(name, Kind.NUMBER, NUMBER_CHARS_MAX, example, text -> {
            double value;
            try {
                value = Double.parseDouble(text);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("must be a number. For input string: \"" + shown(text) + '"', e);
            }
            return checked.apply(value);
        });
    }

    /** One of the names of an enum's values, in any case. */
    public static <E extends Enum<E>> Param<E> choice(String name, Class<E> values) {
        E[] all = values.getEnumConstants();
        List<String> names = Stream.of(all)
                .map(value -> value.name().toLowerCase(Locale.ROOT))
                .toList();
        return new Param<>(
                name, List.of(), Kind.CHOICE, "", NUMBER_CHARS_MAX, names.get(0), Optional.empty(), names, text -> {
                    for (E value : all) {
                        if (value.name().equalsIgnoreCase(text)) {
                            return value;
                        }
                    }
                    throw new IllegalArgumentException(
                            "must be one of " + String.join(", ", names) + ", current: " + shown(text));
                });
    }

    /** The same, but it must be given. */
    public Param<T> required() {
        return missingSays("Param '" + name + "' is required.");
    }

    /** The same, but it must be given; where Nacos lets Spring bind it, the refusal has these words. */
    public Param<T> requiredBySpring() {
        return missingSays("Parameter '" + name + "' is missing");
    }

    private static <T> Param<T> of(String name, Kind kind, int charsMax, String example, Function<String, T> reader) {
        return new Param<>(name, List.of(), kind, "", charsMax, example, Optional.empty(), List.of(), reader);
    }

    private Param<T> missingSays(String text) {
        return new Param<>(name, aliases, kind, text, charsMax, example, range, choices, reader);
    }

    public Param<T> alias(String... others) {
        return new Param<>(name, List.of(others), kind, missing, charsMax, example, range, choices, reader);
    }

    public boolean isRequired() {
        return !missing.isEmpty();
    }

    /**
     * @param text trimmed, not blank
     */
    T read(String text) {
        if (text.length() > charsMax) {
            throw Refusal.badRequest("Param '" + name + "' is too long: " + text.length() + " characters, at most "
                    + charsMax + " are allowed");
        }
        try {
            return reader.apply(text);
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest(naming(e));
        }
    }

    /** The refusal's text, with the parameter's name in front where the text does not bear it. */
    private String naming(IllegalArgumentException e) {
        String text = String.valueOf(e.getMessage());
        return text.contains(name) ? text : "Param '" + name + "': " + text;
    }

    /** A value as refusals show it: not all of a long one. */
    public static String shown(String text) {
        return text.length() <= SHOWN_CHARS_MAX ? text : text.substring(0, SHOWN_CHARS_MAX) + "…";
    }
}
