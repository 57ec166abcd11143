package io.muster.sim.linearizability;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Names of keys for a workload, such that no key gets more operations than a check can take: a key that is used up is
 * replaced by a fresh one. Any thread.
 */
public final class KeyRotation {

    /** What {@link LinearizabilityChecker} decides in milliseconds, even where a dozen clients write at once. */
    public static final int OPERATIONS_PER_KEY_MAX = 300;

    private final String prefix;
    private final int operationsPerKeyMax;

    /** Operations begun so far on all keys that each slot has had. */
    private final long[] operationCounts;

    /** @param slots how many keys are in use at a time */
    public KeyRotation(String prefix, int slots) {
        this(prefix, slots, OPERATIONS_PER_KEY_MAX);
    }

    public KeyRotation(String prefix, int slots, int operationsPerKeyMax) {
        if (slots < 1 || operationsPerKeyMax < 1) {
            throw new IllegalArgumentException(
                    "slots " + slots + " and operations per key " + operationsPerKeyMax + " must be at least 1");
        }
        this.prefix = prefix;
        this.operationsPerKeyMax = operationsPerKeyMax;
        this.operationCounts = new long[slots];
    }

    public int slots() {
        return operationCounts.length;
    }

    /**
     * The key in this slot for one more operation. A request that is repeated is one operation: repeat it with the key
     * that it has.
     */
    public synchronized String take(int slot) {
        return name(slot, operationCounts[slot]++);
    }

    /** The keys in use, one a slot, without counting an operation. */
    public synchronized List<String> current() {
        return IntStream.range(0, operationCounts.length)
                .mapToObj(slot -> name(slot, operationCounts[slot]))
                .toList();
    }

    private String name(int slot, long operationCount) {
        return prefix + slot + "." + operationCount / operationsPerKeyMax;
    }
}
