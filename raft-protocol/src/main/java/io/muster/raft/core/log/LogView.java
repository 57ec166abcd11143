package io.muster.raft.core.log;

import io.muster.raft.InvariantBroken;
import java.util.ArrayList;
import java.util.List;

/**
 * The log as a sequence of terms: which index has which term. Entries of one term stand together, so it holds one number pair for each term
 * and not for each entry.
 *
 * <p>Invariant: {@code snapshotIndex <= lastIndex}; runs start at rising indices with rising terms, the first at {@code snapshotIndex + 1}
 * if there is any entry.
 */
public final class LogView {

    private long snapshotIndex;
    private long snapshotTerm;
    private long lastIndex;

    /** Rising in both fields. */
    private final List<Run> runs = new ArrayList<>();

    private record Run(long firstIndex, long term) {}

    /** A log that begins after the snapshot; 0 and 0 for none. */
    public LogView(long snapshotIndex, long snapshotTerm) {
        this.snapshotIndex = snapshotIndex;
        this.snapshotTerm = snapshotTerm;
        this.lastIndex = snapshotIndex;
    }

    /** First index that the log holds, or would hold. */
    public long firstIndex() {
        return snapshotIndex + 1;
    }

    public long lastIndex() {
        return lastIndex;
    }

    public long lastTerm() {
        return runs.isEmpty() ? snapshotTerm : runs.get(runs.size() - 1).term;
    }

    public long snapshotIndex() {
        return snapshotIndex;
    }

    /** Whether the term at the index is known: it is in the log, or the last of the snapshot. */
    public boolean knows(long index) {
        return index >= snapshotIndex && index <= lastIndex;
    }

    /**
     * The term at a known index; index 0 has term 0.
     *
     * @throws IllegalArgumentException if it is not known
     */
    public long termAt(long index) {
        if (!knows(index)) {
            throw new IllegalArgumentException("index " + index + " is not in " + this);
        }
        for (int i = runs.size() - 1; i >= 0; i--) {
            if (runs.get(i).firstIndex <= index) {
                return runs.get(i).term;
            }
        }
        return snapshotTerm;
    }

    /** Whether the given last entry is at least as up to date as this log's (Raft paper §5.4.1): by term first, then by length. */
    public boolean isCoveredBy(long otherLastIndex, long otherLastTerm) {
        return otherLastTerm != lastTerm() ? otherLastTerm > lastTerm() : otherLastIndex >= lastIndex;
    }

    /** The first index that is known to have the same term as the known index: where a conflict hint points (Raft paper §5.3). */
    public long firstIndexOfTermAt(long index) {
        long term = termAt(index);
        long first = index;
        for (int i = runs.size() - 1; i >= 0 && runs.get(i).term >= term; i--) {
            if (runs.get(i).term == term) {
                first = runs.get(i).firstIndex;
            }
        }
        return Math.min(first, index);
    }

    /** The last index with the term; 0 if none is known. */
    public long lastIndexOfTerm(long term) {
        long behind = lastIndex + 1;
        for (int i = runs.size() - 1; i >= 0; i--) {
            if (runs.get(i).term == term) {
                return behind - 1;
            }
            behind = runs.get(i).firstIndex;
        }
        return snapshotIndex > 0 && snapshotTerm == term ? snapshotIndex : 0;
    }

    /** Adds entries of one term at the end. */
    public void append(long term, long count) {
        if (term < lastTerm()) {
            throw new InvariantBroken("TermsRiseAlongTheLog", "term " + term + " after " + this);
        }
        if (count > 0 && (runs.isEmpty() || term != lastTerm())) {
            runs.add(new Run(lastIndex + 1, term));
        }
        lastIndex += count;
    }

    /** Drops the entries from the index on. */
    public void truncateFrom(long index) {
        if (index <= snapshotIndex) {
            throw new InvariantBroken("CommittedNeverLost", "truncation from " + index + " of " + this);
        }
        while (!runs.isEmpty() && runs.get(runs.size() - 1).firstIndex >= index) {
            runs.remove(runs.size() - 1);
        }
        lastIndex = Math.min(lastIndex, index - 1);
    }

    /** Forgets the entries up to the index, which a snapshot now covers. */
    public void compactTo(long index) {
        if (index <= snapshotIndex) {
            return;
        }
        long term = termAt(index);
        while (runs.size() > 1 && runs.get(1).firstIndex <= index + 1) {
            runs.remove(0);
        }
        if (index == lastIndex) {
            runs.clear();
        } else {
            runs.set(0, new Run(index + 1, runs.get(0).term));
        }
        snapshotIndex = index;
        snapshotTerm = term;
    }

    /** A snapshot takes the place of everything. */
    public void reset(long index, long term) {
        runs.clear();
        snapshotIndex = index;
        snapshotTerm = term;
        lastIndex = index;
    }

    @Override
    public String toString() {
        return "log(" + snapshotIndex + ", " + lastIndex + "], last term " + lastTerm();
    }
}
