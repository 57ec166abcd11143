package io.muster.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.muster.member.NodeId;
import io.muster.member.channel.PeerMetrics;
import io.muster.member.channel.RefusalKind;
import io.muster.member.port.Lane;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The figures of the peer channel as meters named {@code muster_peer_…}. All series are there from the start, so that nothing is allocated when it counts. */
public final class ChannelMeters implements PeerMetrics {

    private final MeterRegistry registry;
    private final Map<Lane, Counter> framesSent;
    private final Map<Lane, Counter> framesReceived;
    private final Map<Lane, Counter> bytesSent;
    private final Map<Lane, Counter> bytesReceived;
    private final Map<Lane, Map<DropReason, Counter>> framesDropped = new EnumMap<>(Lane.class);

    /** Of the present channel: a node that changes its lookup at run time may build another. */
    private final Map<Lane, LongSupplier> inboxes = new ConcurrentHashMap<>();

    private final Counter bytesWritten;
    private final Counter bytesRead;
    private final Counter dialedOpened;
    private final Counter acceptedOpened;
    private final Counter dialedClosed;
    private final Counter acceptedClosed;
    private final Counter dialFailures;
    private final Map<RefusalKind, Counter> refusals = new EnumMap<>(RefusalKind.class);

    ChannelMeters(MeterRegistry registry) {
        this.registry = registry;
        framesSent = byLane("frames.sent", "Frames that went out to members.");
        framesReceived = byLane("frames.received", "Frames that came in from members.");
        bytesSent = byLane("sent.bytes", "Bytes of the frames that went out, before compression.");
        bytesReceived = byLane("received.bytes", "Bytes of the frames that came in, after decompression.");
        for (Lane lane : Lane.values()) {
            Map<DropReason, Counter> byReason = new EnumMap<>(DropReason.class);
            for (DropReason reason : DropReason.values()) {
                byReason.put(
                        reason,
                        counter(
                                "frames.dropped",
                                "Frames that were not sent, or not handed over.",
                                Tags.of("lane", label(lane), "reason", reason.label())));
            }
            framesDropped.put(lane, byReason);
            Supplier<Number> inbox = () -> inboxes.getOrDefault(lane, () -> 0).getAsLong();
            Gauge.builder("muster.peer.inbox.bytes", inbox)
                    .description("Frames that came in from members and wait to be handled.")
                    .tags(Tags.of("lane", label(lane)))
                    .register(registry);
        }
        bytesWritten = counter("written.bytes", "Bytes written to members, all overhead included.", Tags.empty());
        bytesRead = counter("read.bytes", "Bytes read from members, all overhead included.", Tags.empty());
        String opened = "Connections whose both ends have proven themselves.";
        dialedOpened = counter("connections.opened", opened, Tags.of("end", "dialed"));
        acceptedOpened = counter("connections.opened", opened, Tags.of("end", "accepted"));
        String closed = "Connections that ended.";
        dialedClosed = counter("connections.closed", closed, Tags.of("end", "dialed"));
        acceptedClosed = counter("connections.closed", closed, Tags.of("end", "accepted"));
        dialFailures = counter("dial.failures", "Attempts to reach a listed address that failed.", Tags.empty());
        for (RefusalKind kind : RefusalKind.values()) {
            refusals.put(
                    kind,
                    counter(
                            "refused",
                            "Connections that were closed for what came over them.",
                            Tags.of("reason", kind.label())));
        }
    }

    private Map<Lane, Counter> byLane(String name, String description) {
        Map<Lane, Counter> counters = new EnumMap<>(Lane.class);
        for (Lane lane : Lane.values()) {
            counters.put(lane, counter(name, description, Tags.of("lane", label(lane))));
        }
        return counters;
    }

    private Counter counter(String name, String description, Tags tags) {
        return Counter.builder("muster.peer." + name)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    static String label(Lane lane) {
        return lane.name().toLowerCase(Locale.ROOT);
    }

    private static <K extends Enum<K>> void add(Map<K, Counter> counters, K key, double amount) {
        Counter counter = counters.get(key);
        if (counter != null) {
            counter.increment(amount);
        }
    }

    @Override
    public void frameSent(Lane lane, int bytes) {
        add(framesSent, lane, 1);
        add(bytesSent, lane, bytes);
    }

    @Override
    public void frameReceived(Lane lane, int bytes) {
        add(framesReceived, lane, 1);
        add(bytesReceived, lane, bytes);
    }

    @Override
    public void frameDropped(Lane lane, NodeId peer, DropReason why) {
        add(framesDropped.getOrDefault(lane, Map.of()), why, 1);
    }

    @Override
    public void inbox(Lane lane, LongSupplier bytes) {
        inboxes.put(lane, bytes);
    }

    @Override
    public void bytesWritten(int bytes) {
        bytesWritten.increment(bytes);
    }

    @Override
    public void bytesRead(int bytes) {
        bytesRead.increment(bytes);
    }

    @Override
    public void connectionOpened(boolean dialed) {
        (dialed ? dialedOpened : acceptedOpened).increment();
    }

    @Override
    public void connectionClosed(boolean dialed) {
        (dialed ? dialedClosed : acceptedClosed).increment();
    }

    @Override
    public void dialFailed() {
        dialFailures.increment();
    }

    @Override
    public void refused(RefusalKind kind) {
        add(refusals, kind, 1);
    }
}
