package io.muster.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What an acceptance test measured, a line each: on standard output, and in {@code target/acceptance/NAME.txt}, where runs follow one another. */
final class Figures {

    private static final Path DIRECTORY = Path.of("target", "acceptance");

    private final String name;

    private Figures(String name) {
        this.name = name;
    }

    /** Of the tests of one class. */
    static Figures of(Class<?> test) {
        return new Figures(test.getSimpleName());
    }

    void print(String what, Object figure) {
        String line = "figure: " + name + ": " + what + ": " + figure;
        System.out.println(line);
        try {
            Files.createDirectories(DIRECTORY);
            Files.writeString(
                    DIRECTORY.resolve(name + ".txt"),
                    line + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Durations of the same thing, summed up. */
    record Distribution(List<Duration> sorted) {

        static Distribution of(List<Duration> durations) {
            List<Duration> sorted = new ArrayList<>(durations);
            sorted.sort(null);
            return new Distribution(List.copyOf(sorted));
        }

        /** The smallest that so many of a hundred do not exceed. */
        Duration percentile(int percent) {
            int rank = (sorted.size() * percent + 99) / 100;
            return sorted.get(Math.max(0, rank - 1));
        }

        Duration worst() {
            return sorted.get(sorted.size() - 1);
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d times: median %d ms, p90 %d ms, worst %d ms",
                    sorted.size(),
                    percentile(50).toMillis(),
                    percentile(90).toMillis(),
                    worst().toMillis());
        }
    }
}
