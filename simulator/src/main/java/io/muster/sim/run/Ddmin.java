package io.muster.sim.run;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Delta debugging (Zeller and Hildebrandt, 2002): makes a list shorter as long as what is left still fails. */
final class Ddmin {

    private Ddmin() {}

    /**
     * @param fails whether the failure shows with these elements; false also when there is no time left to ask
     * @return a sub-list, in order, from which no single element can go, if the time sufficed
     */
    static <T> List<T> minimize(List<T> all, Predicate<List<T>> fails) {
        if (all.isEmpty() || fails.test(List.of())) {
            return List.of();
        }
        List<T> current = all;
        int parts = 2;
        while (current.size() >= 2) {
            List<T> shorter = withoutOnePart(current, parts, fails);
            if (shorter.size() < current.size()) {
                current = shorter;
                parts = Math.max(2, parts - 1);
            } else if (parts >= current.size()) {
                break;
            } else {
                parts = Math.min(current.size(), 2 * parts);
            }
        }
        return current;
    }

    private static <T> List<T> withoutOnePart(List<T> current, int parts, Predicate<List<T>> fails) {
        for (int part = 0; part < parts; part++) {
            int from = (int) ((long) current.size() * part / parts);
            int to = (int) ((long) current.size() * (part + 1) / parts);
            if (from == to) {
                continue;
            }
            List<T> rest = new ArrayList<>(current.subList(0, from));
            rest.addAll(current.subList(to, current.size()));
            if (fails.test(rest)) {
                return rest;
            }
        }
        return current;
    }
}
