package io.muster.bench.process;

import java.util.List;
import java.util.Locale;

/** Median of repeated measurements, and their extremes: how far the median can be trusted. */
public record Spread(double median, double least, double most) {

    /**
     * @param values at least one
     */
    public static Spread of(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int count = sorted.size();
        double median = (sorted.get((count - 1) / 2) + sorted.get(count / 2)) / 2;
        return new Spread(median, sorted.get(0), sorted.get(count - 1));
    }

    /** As {@code 9.1 (8.8 to 9.4)}. */
    public String text(int decimals) {
        String number = "%." + decimals + "f";
        return String.format(Locale.ROOT, number + " (" + number + " to " + number + ")", median, least, most);
    }
}
