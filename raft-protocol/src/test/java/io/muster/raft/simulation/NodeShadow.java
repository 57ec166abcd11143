package io.muster.raft.simulation;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.core.Effect;
import io.muster.raft.core.HardState;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.LogView;
import io.muster.raft.core.snapshot.SnapshotHead;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;

/**
 * What one node was told to keep, and what it has said that it keeps, over all its lives. It forgets nothing that a snapshot covers; so it is the log
 * as it would be without snapshots.
 */
final class NodeShadow {

    /** An entry that is held: its term, and the hash over it and all before it. */
    record Held(long term, long chain, boolean command) {}

    /** A write that was begun and has not been reported as durable. */
    private record Pending(long id, HardState hardState, List<Long> indices, List<Held> entries) {}

    final NodeId id;
    final int machine;
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();
    private TreeMap<Long, Held> memory = new TreeMap<>();
    private TreeMap<Long, Held> durable = new TreeMap<>();
    private HardState durableState = HardState.INITIAL;

    /** Everything up to here is in the newest durable snapshot. */
    private long snapshotIndex;

    /** A received snapshot that may take the log's place at any moment from now on. */
    private Optional<Effect.LoadSnapshot> loading = Optional.empty();

    Optional<ClusterId> cluster = Optional.empty();

    /** Whether its state is known to be wrong, as memory lied. */
    boolean rotten;

    /** Highest index that this life has committed. */
    long commitIndex;

    NodeShadow(NodeId id, int machine) {
        this.id = id;
        this.machine = machine;
    }

    HardState durableState() {
        return durableState;
    }

    /** The newest state that it was told to keep. */
    HardState lastState() {
        return pending.isEmpty() ? durableState : pending.getLast().hardState;
    }

    long snapshotIndex() {
        return snapshotIndex;
    }

    long lastIndex() {
        return Math.max(snapshotIndex, memory.isEmpty() ? 0 : memory.lastKey());
    }

    Optional<Held> at(long index) {
        return Optional.ofNullable(memory.get(index));
    }

    /** Whether the entry would be there after a loss of power; what a snapshot covers was compared when it was made. */
    boolean holdsDurably(long index, long chain) {
        Held held = durable.get(index);
        return index <= snapshotIndex || (held != null && held.chain == chain);
    }

    /** Whether anything a client wrote is in it. */
    boolean hasCommands() {
        return durable.values().stream().anyMatch(Held::command);
    }

    // Writes.

    void begin(Effect.Persist persist, List<Held> entries) {
        List<Long> indices = persist.entries().stream().map(LogEntry::index).toList();
        pending.add(new Pending(persist.id(), persist.hardState(), indices, entries));
        put(memory, indices, entries);
    }

    void done(long id) {
        while (!pending.isEmpty() && pending.peek().id <= id) {
            Pending write = pending.remove();
            durableState = write.hardState;
            put(durable, write.indices, write.entries);
        }
    }

    /** It belongs to another cluster from now on. */
    void forget() {
        pending.clear();
        memory.clear();
        durable.clear();
        durableState = HardState.INITIAL;
        snapshotIndex = 0;
        loading = Optional.empty();
        cluster = Optional.empty();
        commitIndex = 0;
    }

    private static void put(NavigableMap<Long, Held> log, List<Long> indices, List<Held> entries) {
        for (int i = 0; i < indices.size(); i++) {
            log.tailMap(indices.get(i), true).clear();
            log.put(indices.get(i), entries.get(i));
        }
    }

    void snapshotSaved(long index) {
        snapshotIndex = Math.max(snapshotIndex, index);
    }

    /** It may be the first that a new member ever hears of its cluster. */
    void snapshotArrives(Effect.LoadSnapshot load) {
        cluster = cluster.or(() -> Optional.of(load.head().configuration().clusterId()));
        loading = Optional.of(load);
    }

    /** @param chains of what is committed, by index */
    void snapshotLoaded(LongUnaryOperator chains) {
        Effect.LoadSnapshot load = loading.orElseThrow();
        loading = Optional.empty();
        replace(memory, load, chains);
        replace(durable, load, chains);
        snapshotIndex = load.head().index();
    }

    private static void replace(NavigableMap<Long, Held> log, Effect.LoadSnapshot load, LongUnaryOperator chains) {
        SnapshotHead head = load.head();
        if (!load.logIsKept()) {
            log.clear();
        }
        log.put(head.index(), new Held(head.term(), chains.applyAsLong(head.index()), false));
    }

    // Restarts.

    /**
     * Takes up what a new life has restored. It must be what was durable, or that with a beginning of what was being written (IR14).
     *
     * @return what is wrong, if anything is
     */
    Optional<String> restart(HardState state, LogView log, LongUnaryOperator chains) {
        long durableLast = last(durable);
        long snapshotBefore = snapshotIndex;
        int writes = pending.size();
        boolean found = recovered(log, chains);
        pending.clear();
        loading = Optional.empty();
        durableState = state;
        commitIndex = Math.max(state.commitIndex(), log.snapshotIndex());
        return found
                ? Optional.empty()
                : Optional.of("restored " + log + ", which is neither what was durable, up to " + durableLast
                        + " with snapshot " + snapshotBefore + ", nor that with some of " + writes
                        + " writes under way");
    }

    /** What is wrong with a restored term and vote, if anything is (IR8). */
    Optional<String> wrongIn(HardState state) {
        boolean older = state.term() < durableState.term();
        boolean otherVote = state.term() == durableState.term()
                && durableState.votedFor().isPresent()
                && !state.votedFor().equals(durableState.votedFor());
        boolean unknown = !state.equals(durableState)
                && pending.stream().noneMatch(write -> sameVote(write.hardState, state))
                && !sameVote(durableState, state);
        return older || otherVote || unknown
                ? Optional.of("restored " + state + " where " + durableState + " was durable")
                : Optional.empty();
    }

    private static boolean sameVote(HardState one, HardState other) {
        return one.term() == other.term() && one.votedFor().equals(other.votedFor());
    }

    private boolean recovered(LogView log, LongUnaryOperator chains) {
        TreeMap<Long, Held> candidate = durable;
        List<Pending> writes = new ArrayList<>(pending);
        boolean found = matches(candidate, log);
        for (int i = 0; i < writes.size() && !found; i++) {
            Pending write = writes.get(i);
            for (int j = 0; j < write.indices.size() && !found; j++) {
                put(candidate, List.of(write.indices.get(j)), List.of(write.entries.get(j)));
                found = matches(candidate, log);
            }
        }
        if (!found && loading.isPresent() && loading.get().head().index() == log.snapshotIndex()) {
            replace(candidate, loading.get(), chains);
            found = matches(candidate, log);
        }
        if (loading.isPresent() && log.snapshotIndex() == loading.get().head().index()) {
            replace(candidate, loading.get(), chains);
        }
        snapshotIndex = log.snapshotIndex();
        durable = candidate;
        memory = new TreeMap<>(candidate);
        return found;
    }

    private static boolean matches(NavigableMap<Long, Held> candidate, LogView log) {
        if (Math.max(last(candidate), log.snapshotIndex()) != log.lastIndex()) {
            return false;
        }
        for (long index = log.lastIndex(); index > log.snapshotIndex(); index--) {
            Held held = candidate.get(index);
            if (held == null || held.term != log.termAt(index)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return "snapshot " + snapshotIndex + ", durable to " + last(durable) + ", in memory to " + last(memory) + ", "
                + pending.size() + " writes under way, "
                + loading.map(load -> "loading " + load.head().index()).orElse("not loading");
    }

    private static long last(NavigableMap<Long, Held> log) {
        return log.isEmpty() ? 0 : log.lastKey();
    }
}
