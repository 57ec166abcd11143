package io.muster.member.channel;

import io.muster.member.NodeId;
import io.muster.member.port.Lane;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Counts what a channel tells. */
final class CountingMetrics implements PeerMetrics {

    private final Map<RefusalKind, Long> refusals = new ConcurrentHashMap<>();
    private final Map<DropReason, Long> drops = new ConcurrentHashMap<>();
    private final Map<Lane, LongSupplier> inboxes = new ConcurrentHashMap<>();
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong open = new AtomicLong();

    @Override
    public void frameDropped(Lane lane, NodeId peer, DropReason why) {
        drops.merge(why, 1L, Long::sum);
    }

    @Override
    public void inbox(Lane lane, LongSupplier bytes) {
        inboxes.put(lane, bytes);
    }

    @Override
    public void bytesWritten(int bytes) {
        written.addAndGet(bytes);
    }

    @Override
    public void connectionOpened(boolean dialed) {
        open.incrementAndGet();
    }

    @Override
    public void connectionClosed(boolean dialed) {
        open.decrementAndGet();
    }

    @Override
    public void refused(RefusalKind kind) {
        refusals.merge(kind, 1L, Long::sum);
    }

    long refused(RefusalKind kind, int atLeast) {
        return Math.min(refusals.getOrDefault(kind, 0L), atLeast);
    }

    Map<RefusalKind, Long> refusals() {
        return Map.copyOf(refusals);
    }

    long drops(DropReason why) {
        return drops.getOrDefault(why, 0L);
    }

    long inboxBytes(Lane lane) {
        return inboxes.get(lane).getAsLong();
    }

    long bytesWritten() {
        return written.get();
    }

    long openConnections() {
        return open.get();
    }
}
