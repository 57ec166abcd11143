package io.muster.raft.driver;

import io.muster.raft.RaftMetrics;
import io.muster.raft.core.Effect;
import io.muster.raft.core.HardState;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.message.PeerMessage.AppendEntriesReply;
import io.muster.raft.storage.RaftStorage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/** Gives the storage one batch at a time, and merges what comes meanwhile into the next (duties 3 and 4 of the driver). */
final class PersistQueue {

    /** Bound on the messages that wait for the disk (X17). */
    static final int HELD_MAX = 4096;

    private final RaftStorage storage;
    private final RaftMetrics metrics;
    private final long batchBytesMax;
    private final LongConsumer durable;
    private final ArrayDeque<Effect.Persist> waiting = new ArrayDeque<>();

    /** Sends that stand on what is not durable yet, in order. */
    private final ArrayDeque<Effect.Send> held = new ArrayDeque<>();

    /** Steps that need the log for themselves, in order. */
    private final ArrayDeque<Runnable> alone = new ArrayDeque<>();

    private boolean inFlight;

    /** Of the batch that is being written. */
    private long inFlightBytes;

    private long durableId;

    /** The last that was asked to be made durable. */
    private HardState lastState = HardState.INITIAL;

    /** Last index of the log as far as it is durable. */
    private long durableIndex;

    /** @param durable gets the id of the last persist of each batch, when it is durable */
    PersistQueue(RaftStorage storage, RaftMetrics metrics, long batchBytesMax, LongConsumer durable) {
        this.storage = storage;
        this.metrics = metrics;
        this.batchBytesMax = batchBytesMax;
        this.durable = durable;
    }

    /** The log was restored, and is durable up to its end. */
    void restored(HardState state, long lastIndex) {
        lastState = state;
        durableIndex = lastIndex;
    }

    /** Up to where the log here is durable. */
    long durableIndex() {
        return durableIndex;
    }

    boolean idle() {
        return !inFlight && waiting.isEmpty() && alone.isEmpty();
    }

    void add(Effect.Persist persist) {
        lastState = persist.hardState();
        waiting.add(persist);
    }

    /** Runs the step when all that was added before is durable; nothing else goes to the log until {@link #goOn}. */
    void whenDrained(Runnable step) {
        alone.add(step);
        flush();
    }

    /** The step is over. */
    void goOn() {
        inFlight = false;
        flush();
    }

    /**
     * As a step of its own: makes it durable that a snapshot takes the place of the log.
     *
     * @param then goes on with the step
     */
    void announceReset(long snapshotIndex, Runnable then) {
        storage.announceReset(lastState, snapshotIndex, (bytes, appendNanos, syncNanos) -> {
            metrics.batchStored(0, bytes, appendNanos, syncNanos);
            then.run();
        });
    }

    /** The log is empty behind the snapshot. */
    void resetTo(long snapshotIndex) {
        durableIndex = snapshotIndex;
    }

    /** Of all that is not durable yet. */
    long bytes() {
        return inFlightBytes
                + waiting.stream()
                        .mapToLong(persist -> RaftStorage.batchBytes(persist.entries()))
                        .sum();
    }

    /** Whether the message may go now; else it is held. While the disk does not answer, what is newer takes the place of what it makes superfluous. */
    boolean mayGo(Effect.Send send) {
        if (send.afterPersist() <= durableId) {
            return true;
        }
        held.removeIf(before -> isSuperfluous(before, send));
        held.add(send);
        if (held.size() > HELD_MAX) {
            // As if the network had lost it.
            held.remove();
        }
        return false;
    }

    /** A later answer of the same kind to the same member, which stands on the same write. One to a request that came otherwise than as a frame stays (R25). */
    private static boolean isSuperfluous(Effect.Send before, Effect.Send send) {
        boolean alike = before.to().equals(send.to()) && before.afterPersist() == send.afterPersist();
        return alike
                && before.message() instanceof AppendEntriesReply older
                && send.message() instanceof AppendEntriesReply newer
                && older.round() >= 0
                && older.success() == newer.success()
                && older.index() <= newer.index()
                && older.round() <= newer.round();
    }

    /** The messages that need not be held any more. */
    List<Effect.Send> released() {
        List<Effect.Send> free = new ArrayList<>();
        while (!held.isEmpty() && held.peek().afterPersist() <= durableId) {
            free.add(held.remove());
        }
        return free;
    }

    /** Starts the next batch, if none is on its way. */
    void flush() {
        if (inFlight) {
            return;
        }
        if (waiting.isEmpty()) {
            if (!alone.isEmpty()) {
                inFlight = true;
                alone.remove().run();
            }
            return;
        }
        Effect.Persist first = waiting.remove();
        if (RaftStorage.batchBytes(first.entries()) > batchBytesMax) {
            writeHead(first);
            return;
        }
        long id = first.id();
        HardState state = first.hardState();
        List<LogEntry> entries = first.entries();
        if (!waiting.isEmpty()) {
            entries = new ArrayList<>(entries);
            long bytes = RaftStorage.batchBytes(entries);
            while (!waiting.isEmpty()
                    && bytes + RaftStorage.batchBytes(waiting.peek().entries()) <= batchBytesMax) {
                Effect.Persist next = waiting.remove();
                bytes += RaftStorage.batchBytes(next.entries());
                entries.addAll(next.entries());
                state = next.hardState();
                id = next.id();
            }
        }
        write(id, state, entries);
    }

    /** A leader with longer segments than this node's may send more at once than a batch takes here. */
    private void writeHead(Effect.Persist persist) {
        List<LogEntry> head = new ArrayList<>();
        long bytes = RaftStorage.batchBytes(head);
        for (LogEntry entry : persist.entries()) {
            bytes += RaftStorage.batchBytes(List.of(entry));
            if (bytes > batchBytesMax && !head.isEmpty()) {
                break;
            }
            head.add(entry);
        }
        List<LogEntry> rest =
                persist.entries().subList(head.size(), persist.entries().size());
        if (rest.isEmpty()) {
            write(persist.id(), persist.hardState(), head);
        } else {
            waiting.addFirst(new Effect.Persist(persist.id(), persist.hardState(), rest));
            write(durableId, persist.hardState(), head);
        }
    }

    private void write(long id, HardState state, List<LogEntry> entries) {
        inFlight = true;
        inFlightBytes = RaftStorage.batchBytes(entries);
        int entryCount = entries.size();
        long before = durableIndex;
        for (LogEntry entry : entries) {
            // What an entry replaces is not durable any more, nor what stood behind it.
            durableIndex = Math.min(durableIndex, entry.index() - 1);
        }
        long lastIndex = entryCount == 0 ? before : entries.get(entryCount - 1).index();
        storage.append(state, entries, (bytes, appendNanos, syncNanos) -> {
            inFlight = false;
            inFlightBytes = 0;
            durableId = id;
            durableIndex = lastIndex;
            metrics.batchStored(entryCount, bytes, appendNanos, syncNanos);
            durable.accept(id);
        });
    }
}
