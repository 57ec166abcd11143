package io.muster.raft.engine;

import io.muster.consistency.ChangeEvent;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The observer of a simulated node: what its clients were promised and what its listeners heard, over all incarnations, and whether it all fits
 * together.
 */
final class Ledger {

    /** A write as its client sees it; a removal has no value. Values are unique. */
    static final class Write {
        final String key;
        final Optional<String> value;
        boolean refused;

        /** Rises with each acknowledgement, and those come in log order; 0 if it was not acknowledged. */
        long acknowledgement;

        /** Log index of an acknowledged put. */
        long index;

        Write(String key, Optional<String> value) {
            this.key = key;
            this.value = value;
        }
    }

    private final List<Write> writes = new ArrayList<>();

    /** Log index → what listeners heard of it, in any incarnation. */
    private final TreeMap<Long, String> heard = new TreeMap<>();

    /** Value → the one index at which it was applied. */
    private final Map<String, Long> appliedAt = new HashMap<>();

    /** Applied index → digest, over all incarnations. */
    private final TreeMap<Long, String> digests = new TreeMap<>();

    private final Set<String> refusedValues = new HashSet<>();
    private final Set<Long> termsLed = new HashSet<>();
    private long lastIndexThisIncarnation;
    private long acknowledgedCount;

    Write begin(String key, Optional<String> value) {
        Write write = new Write(key, value);
        writes.add(write);
        return write;
    }

    void acknowledged(Write write, long index) {
        acknowledgedCount++;
        write.acknowledgement = acknowledgedCount;
        write.index = index;
    }

    void failed(Write write, Throwable error) {
        if (!(error instanceof ConsistencyException refusal)) {
            throw new Violation("NoCrash", "a write failed with " + error);
        }
        if (refusal.outcome() == Outcome.NOT_DONE) {
            write.refused = true;
            write.value.ifPresent(refusedValues::add);
        }
    }

    /** A new incarnation begins to lead. */
    void leads(long term) {
        if (!termsLed.add(term)) {
            throw new Violation("VoteOnce", "term " + term + " is led by two incarnations");
        }
        lastIndexThisIncarnation = 0;
    }

    /** A live event of an incarnation, replays apart. */
    void heard(ChangeEvent<String> event) {
        long index = event.version().asLong();
        String what = event.key().id()
                + (event instanceof ChangeEvent.Stored<String> stored
                        ? "=" + stored.datum().value()
                        : " removed");
        String before = heard.put(index, what);
        if (before != null && !before.equals(what)) {
            throw new Violation("StateMachineSafety", "index " + index + " was " + before + " and is " + what);
        }
        if (index < lastIndexThisIncarnation) {
            throw new Violation("StateMachineSafety", "index " + index + " after " + lastIndexThisIncarnation);
        }
        lastIndexThisIncarnation = index;
        if (event instanceof ChangeEvent.Stored<String> stored) {
            visible(stored.datum().value(), index);
        }
    }

    private void visible(String value, long index) {
        if (refusedValues.contains(value)) {
            throw new Violation("RefusedNeverReadable", value + " was refused and stands at " + index);
        }
        Long before = appliedAt.putIfAbsent(value, index);
        if (before != null && before != index) {
            throw new Violation("ExactlyOnce", value + " took effect at " + before + " and at " + index);
        }
    }

    void digest(long appliedIndex, String digest) {
        String before = digests.putIfAbsent(appliedIndex, digest);
        if (before != null && !before.equals(digest)) {
            throw new Violation(
                    "SnapshotFaithful", "the digest at " + appliedIndex + " was " + before + " and is " + digest);
        }
    }

    /** What a fresh incarnation shows: key → (version, value). */
    void restored(Map<String, Map.Entry<Long, String>> state) {
        state.forEach((key, datum) -> visible(datum.getValue(), datum.getKey()));
        Map<String, Write> lastAcknowledged = new HashMap<>();
        for (Write write : writes) {
            if (write.acknowledgement > 0) {
                lastAcknowledged.merge(write.key, write, (a, b) -> a.acknowledgement >= b.acknowledgement ? a : b);
            }
        }
        lastAcknowledged.forEach((key, last) -> check(last, Optional.ofNullable(state.get(key))));
    }

    private void check(Write last, Optional<Map.Entry<Long, String>> found) {
        boolean asAcknowledged = found.map(Map.Entry::getValue).equals(last.value)
                && (found.isEmpty() || found.get().getKey() == last.index);
        boolean byUnknownWrite = writes.stream()
                .filter(each -> each.acknowledgement == 0 && !each.refused && each.key.equals(last.key))
                .anyMatch(each -> each.value.equals(found.map(Map.Entry::getValue)));
        boolean newer = found.isEmpty() || found.get().getKey() > last.index;
        if (!asAcknowledged && !(byUnknownWrite && newer)) {
            throw new Violation(
                    "AckIsDurable",
                    last.key + " was acknowledged as " + last.value + " at " + last.index + ", and is " + found);
        }
    }

    long acknowledgedCount() {
        return acknowledgedCount;
    }
}
