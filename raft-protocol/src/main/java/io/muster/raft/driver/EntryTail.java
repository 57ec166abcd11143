package io.muster.raft.driver;

import io.muster.raft.core.log.LogEntry;
import io.muster.raft.wire.PayloadCodec;
import java.util.ArrayList;
import java.util.List;

/**
 * The entries that are not yet both applied and durable, with their payloads. Everything before is on disk and needed there only.
 *
 * <p>Invariant: holds {@code [firstIndex, endIndex)} without gaps.
 */
final class EntryTail {

    private static final int COMPACT_AT = 1024;

    private final List<LogEntry> entries = new ArrayList<>();

    /** Elements of the list before this one are dropped already. */
    private int head;

    private long firstIndex;

    /** Of all commands that are held. */
    private long bytes;

    EntryTail(long firstIndex) {
        this.firstIndex = firstIndex;
    }

    /** Adds an entry; from its index on what was there is replaced. */
    void add(LogEntry entry) {
        endAt(entry.index() - 1);
        if (entry.index() != endIndex()) {
            throw new IllegalArgumentException("entry " + entry.index() + " after " + (endIndex() - 1));
        }
        entries.add(entry);
        bytes += size(entry);
    }

    /** Drops what stands behind the index. */
    void endAt(long index) {
        while (endIndex() > index + 1 && endIndex() > firstIndex) {
            bytes -= size(entries.remove(entries.size() - 1));
        }
    }

    boolean holds(long index) {
        return index >= firstIndex && index < endIndex();
    }

    LogEntry get(long index) {
        if (!holds(index)) {
            throw new IllegalArgumentException(
                    "entry " + index + " is not in [" + firstIndex + ", " + endIndex() + ")");
        }
        return entries.get(head + (int) (index - firstIndex));
    }

    long firstIndex() {
        return firstIndex;
    }

    long endIndex() {
        return firstIndex + entries.size() - head;
    }

    long bytes() {
        return bytes;
    }

    private static int size(LogEntry entry) {
        return PayloadCodec.size(entry.payload());
    }

    /** Drops what stands up to the index. */
    void dropThrough(long index) {
        while (firstIndex <= index && head < entries.size()) {
            bytes -= size(entries.get(head));
            head++;
            firstIndex++;
        }
        if (head == entries.size() || head >= COMPACT_AT) {
            entries.subList(0, head).clear();
            head = 0;
        }
    }
}
