package io.muster.naming.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values of switches as text: the one form in which they are given, checked, stored and compared. */
final class SwitchText {

    private SwitchText() {}

    /**
     * @return the text in its one spelling
     * @throws IllegalArgumentException if the switch takes no such value; the text names both
     */
    static String canonical(Switch which, String given) {
        String text = given.trim();
        Limits.text("switch " + which.field(), text, Limits.TEXT_CHARS_MAX);
        return switch (which.type()) {
            case FIXED_TEXT, FIXED_MAP, FIXED_LIST, FIXED_NULL ->
                throw new IllegalArgumentException("switch " + which.field() + " can't be set");
            case LONG -> Long.toString(bounded(which, text));
            case POSITIVE_DOUBLE -> Double.toString(positive(which, text));
            case BOOLEAN -> {
                if (!text.equals("true") && !text.equals("false")) {
                    throw refused(which, text, "true or false");
                }
                yield text;
            }
            case VERSION ->
                AgentVersion.parseExact(text)
                        .orElseThrow(() -> refused(which, text, "a version of three numbers, as in 1.0.0"))
                        .toString();
            case STATUS_OR_NULL -> {
                if (text.isEmpty() || text.equals("null")) {
                    yield "";
                }
                if (!Switch.STATUSES.contains(text)) {
                    throw refused(which, text, "one of " + Switch.STATUSES + ", or null");
                }
                yield text;
            }
            case CODES -> join(codes(which, text));
            case HEALTH_PARAMS -> healthParams(which, text);
            case LIST, LIST_OR_NULL -> String.join(",", items(text));
        };
    }

    /** The value as its JSON form has it: text, number, boolean, list, map, or null. */
    static @Nullable Object shown(Switch which, String text) {
        return switch (which.type()) {
            case FIXED_TEXT, VERSION -> text;
            case FIXED_MAP -> Map.of();
            case FIXED_LIST -> List.of();
            case FIXED_NULL -> null;
            case LONG -> Long.parseLong(text);
            case POSITIVE_DOUBLE -> Double.parseDouble(text);
            case BOOLEAN -> Boolean.parseBoolean(text);
            case STATUS_OR_NULL -> text.isEmpty() ? null : text;
            case CODES -> codes(which, text);
            case LIST -> items(text);
            case LIST_OR_NULL -> text.isEmpty() ? null : items(text);
            case HEALTH_PARAMS -> {
                String[] parts = text.split(",", -1);
                Map<String, Object> params = new LinkedHashMap<>();
                params.put("max", Integer.parseInt(parts[0]));
                params.put("min", Integer.parseInt(parts[1]));
                params.put("factor", Double.parseDouble(parts[2]));
                yield params;
            }
        };
    }

    /** The text of a value in its JSON form, as {@link #shown} gives it. */
    static String ofShown(Switch which, @Nullable Object value) {
        if (value == null) {
            return "";
        }
        if (value instanceof List<?> list) {
            return String.join(",", list.stream().map(String::valueOf).toList());
        }
        if (!(value instanceof Map<?, ?> map)) {
            return String.valueOf(value);
        }
        if (which.type() == Switch.Type.HEALTH_PARAMS) {
            return map.get("max") + "," + map.get("min") + "," + map.get("factor");
        }
        List<String> pairs = new ArrayList<>();
        map.forEach((prefix, code) -> pairs.add(prefix + ":" + code));
        return String.join(",", pairs);
    }

    /** Prefix to status code, in the order given. */
    static Map<String, Integer> codes(Switch which, String text) {
        Map<String, Integer> codes = new LinkedHashMap<>();
        for (String pair : items(text)) {
            int colon = pair.lastIndexOf(':');
            int code = colon < 1 ? -1 : statusCode(pair.substring(colon + 1).trim());
            if (code < 0) {
                throw refused(which, text, "prefix:code pairs joined by commas, each code a status of 200 to 599");
            }
            codes.put(pair.substring(0, colon).trim(), code);
        }
        return codes;
    }

    private static int statusCode(String text) {
        boolean threeDigits = text.length() == 3 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int code = threeDigits ? Integer.parseInt(text) : -1;
        // Below 200 a client would wait for the answer proper.
        return code >= 200 && code <= 599 ? code : -1;
    }

    private static String join(Map<String, Integer> codes) {
        List<String> pairs = new ArrayList<>();
        codes.forEach((prefix, code) -> pairs.add(prefix + ":" + code));
        return String.join(",", pairs);
    }

    static List<String> items(String text) {
        List<String> items = new ArrayList<>();
        for (String item : text.split(",", -1)) {
            if (!item.isBlank()) {
                items.add(item.trim());
            }
        }
        return items;
    }

    private static String healthParams(Switch which, String text) {
        String expected = "max,min,factor with max at least 3000, min at least 500 and factor within 0 and 1";
        String[] parts = text.split(",", -1);
        try {
            int max = Integer.parseInt(parts[0]);
            int min = parts.length == 3 ? Integer.parseInt(parts[1]) : -1;
            double factor = parts.length == 3 ? Double.parseDouble(parts[2]) : -1;
            if (max < 3_000 || min < 500 || min > max || !(factor >= 0 && factor <= 1)) {
                throw refused(which, text, expected);
            }
            return max + "," + min + "," + factor;
        } catch (NumberFormatException e) {
            throw refused(which, text, expected);
        }
    }

    private static long bounded(Switch which, String text) {
        String expected = which.max() == Long.MAX_VALUE
                ? "a number of at least " + which.min()
                : "a number from " + which.min() + " to " + which.max();
        try {
            long value = Long.parseLong(text);
            if (value < which.min() || value > which.max()) {
                throw refused(which, text, expected);
            }
            return value;
        } catch (NumberFormatException e) {
            throw refused(which, text, expected);
        }
    }

    private static double positive(Switch which, String text) {
        try {
            double value = Double.parseDouble(text);
            if (value > 0 && value < Double.POSITIVE_INFINITY) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw refused(which, text, "a number above 0");
        }
        throw refused(which, text, "a number above 0");
    }

    private static IllegalArgumentException refused(Switch which, String text, String expected) {
        return new IllegalArgumentException("switch " + which.field() + " takes " + expected + ", current: " + text);
    }
}
