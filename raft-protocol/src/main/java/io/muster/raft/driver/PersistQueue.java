package io.muster.raft.driver;

import io.muster.raft.RaftMetrics;
import io.muster.raft.core.Effect;
import io.muster.raft.core.HardState;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.storage.RaftStorage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/** Gives the storage one batch at a time, and merges what comes meanwhile into the next (duties 3 and 4 of the driver). */
final class PersistQueue {

    private final RaftStorage storage;
    private final RaftMetrics metrics;
    private final long batchBytesMax;
    private final LongConsumer durable;
    private final ArrayDeque<Effect.Persist> waiting = new ArrayDeque<>();

    /** Sends that stand on what is not durable yet, in order. */
    private final ArrayDeque<Effect.Send> held = new ArrayDeque<>();

    private boolean inFlight;
    private long durableId;

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
    void restored(long lastIndex) {
        durableIndex = lastIndex;
    }

    /** Up to where the log here is durable. */
    long durableIndex() {
        return durableIndex;
    }

    boolean idle() {
        return !inFlight && waiting.isEmpty();
    }

    void add(Effect.Persist persist) {
        waiting.add(persist);
    }

    /** Whether the message may go now; else it is held. */
    boolean mayGo(Effect.Send send) {
        if (send.afterPersist() <= durableId) {
            return true;
        }
        held.add(send);
        return false;
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
        if (inFlight || waiting.isEmpty()) {
            return;
        }
        Effect.Persist first = waiting.remove();
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
        inFlight = true;
        int entryCount = entries.size();
        long lastId = id;
        long firstIndex = entryCount == 0 ? durableIndex + 1 : entries.get(0).index();
        long lastIndex =
                entryCount == 0 ? durableIndex : entries.get(entryCount - 1).index();
        durableIndex = Math.min(durableIndex, firstIndex - 1);
        storage.append(state, entries, (bytes, appendNanos, syncNanos) -> {
            inFlight = false;
            durableId = lastId;
            durableIndex = lastIndex;
            metrics.batchStored(entryCount, bytes, appendNanos, syncNanos);
            durable.accept(lastId);
        });
    }
}
