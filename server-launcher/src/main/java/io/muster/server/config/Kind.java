package io.muster.server.config;

import io.muster.member.MemberAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What values a setting takes, and how their text is read.
 *
 * @param label stands for the value in the help, e.g. {@code PORT}
 * @param allowed completes the sentence "takes …"
 * @param reader throws {@link IllegalArgumentException} for any text that is not allowed
 */
record Kind<T>(String label, String allowed, Function<String, T> reader) {

    private static final int PORT_MAX = 65_535;
    private static final Duration MILLIS_MAX = Duration.ofDays(365);

    static final Kind<String> TEXT = new Kind<>("TEXT", "any text", Function.identity());

    static final Kind<Integer> PORT = new Kind<>(
            "PORT", "a port from 1 to 65535, or 0 for any free one", text -> (int) number(text, 0, PORT_MAX));

    static final Kind<String> HOST = new Kind<>("HOST", "a host name or an IP address, without port", Kind::host);

    static final Kind<MemberAddress> ADDRESS =
            new Kind<>("HOST:PORT", "a host and a port from 1 to 65535, as host:port or [IPv6]:port", Kind::address);

    static final Kind<Path> PATH = new Kind<>("PATH", "a path in the file system", Kind::path);

    static final Kind<Boolean> SWITCH = new Kind<>("BOOL", "true or false", Kind::truth);

    static final Kind<Double> SHARE = new Kind<>("SHARE", "a number from 0 to 1", Kind::share);

    static final Kind<List<String>> LIST = new Kind<>("LIST", "names separated by commas", Kind::list);

    static Kind<Duration> millis(long min) {
        return millis(min, MILLIS_MAX.toMillis());
    }

    static Kind<Duration> millis(long min, long max) {
        return new Kind<>(
                "MS", "milliseconds from " + min + " to " + max, text -> Duration.ofMillis(number(text, min, max)));
    }

    static Kind<Integer> count(int min, int max) {
        return new Kind<>("N", "a whole number from " + min + " to " + max, text -> (int) number(text, min, max));
    }

    static Kind<Long> bytes(long min) {
        return new Kind<>("BYTES", "bytes, at least " + min, text -> number(text, min, Long.MAX_VALUE));
    }

    /** The constants of an enum, written in lower case with dashes. */
    static <E extends Enum<E>> Kind<E> oneOf(String label, Class<E> type) {
        String words = Arrays.stream(type.getEnumConstants()).map(Kind::word).collect(Collectors.joining(", "));
        return new Kind<>(
                label,
                "one of " + words,
                text -> Arrays.stream(type.getEnumConstants())
                        .filter(constant -> word(constant).equals(text))
                        .findFirst()
                        .orElseThrow(IllegalArgumentException::new));
    }

    /** How an enum's constant is written in a configuration. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static long number(String text, long min, long max) {
        long value = Long.parseLong(text);
        if (value < min || value > max) {
            throw new IllegalArgumentException();
        }
        return value;
    }

    private static String host(String text) {
        String bare = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
        boolean ipv6 = bare.chars().filter(c -> c == ':').count() >= 2;
        if (bare.chars().anyMatch(c -> c <= ' ' || c == '/' || c == '@' || (c == ':' && !ipv6))) {
            throw new IllegalArgumentException();
        }
        return bare;
    }

    /** Without a peer port; in lower case, as member lists are read. */
    private static MemberAddress address(String written) {
        String text = written.toLowerCase(Locale.ROOT);
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException();
        }
        MemberAddress address = new MemberAddress(
                host(text.substring(0, colon)), (int) number(text.substring(colon + 1), 1, PORT_MAX), 0);
        if (!text.equals(address.name())) {
            throw new IllegalArgumentException();
        }
        return address;
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Takes exactly the two words: a misspelt {@code ture} must not read as false. */
    private static boolean truth(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException();
        };
    }

    private static double share(String text) {
        double value = Double.parseDouble(text);
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException();
        }
        return value;
    }

    private static List<String> list(String text) {
        return Stream.of(text.split(","))
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .toList();
    }
}
