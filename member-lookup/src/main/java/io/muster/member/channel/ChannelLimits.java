package io.muster.member.channel;

import io.muster.member.port.Lane;
import java.time.Duration;

/**
 * Every bound of the peer channel.
 *
 * @param frames sizes of what is sent and taken
 * @param health bounds of {@link Lane#HEALTH}, for each peer
 * @param raft bounds of {@link Lane#RAFT}, for each peer
 * @param distro bounds of {@link Lane#DISTRO}, for each peer
 * @param inboxBytesMax for each lane, over all peers: frames that were received and that the driver has not handled yet; one peer may hold as much
 *     as is left free. Further ones are dropped. Low: bursts of a healing cluster are lost and repeated. High: memory that a driver standing still may cost
 * @param waits how long is waited for what
 * @param backOff how soon an address is dialled again
 * @param unprovenMax connections accepted from whoever has not proven the secret yet; beyond, the oldest of the host with the most is
 *     closed: an honest peer is done in milliseconds
 * @param acceptedPerPeerMax connections that one node id may hold to this node, one for each spelling of an address; a further one closes
 *     the oldest
 * @param copiedIds how node ids of two processes are dealt with
 * @param refusalLog how often strangers are named in the log
 */
public record ChannelLimits(
        Frames frames,
        LaneLimits health,
        LaneLimits raft,
        LaneLimits distro,
        long inboxBytesMax,
        Waits waits,
        BackOff backOff,
        int unprovenMax,
        int acceptedPerPeerMax,
        CopiedIdLimits copiedIds,
        RefusalLogLimits refusalLog) {

    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;

    public ChannelLimits {
        requirePositive("inboxBytesMax", inboxBytesMax);
        requirePositive("unprovenMax", unprovenMax);
        requirePositive("acceptedPerPeerMax", acceptedPerPeerMax);
    }

    /** For production. */
    public static ChannelLimits defaults() {
        return new ChannelLimits(
                new Frames(16 * MIB, 64 * KIB, 8 * KIB, 128 * KIB, 256 * KIB),
                new LaneLimits(256 * KIB, Duration.ofSeconds(2)),
                new LaneLimits(32L * MIB, Duration.ofSeconds(5)),
                new LaneLimits(32L * MIB, Duration.ofSeconds(5)),
                64L * MIB,
                new Waits(
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(1)),
                // Half a second at most: what a cut kept apart is to be equal within two seconds of its end.
                new BackOff(Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofSeconds(5)),
                128,
                8,
                new CopiedIdLimits(Duration.ofSeconds(30), 1024),
                new RefusalLogLimits(Duration.ofSeconds(60), 256));
    }

    /** The bounds of one lane towards one peer. */
    public LaneLimits lane(Lane lane) {
        return switch (lane) {
            case HEALTH -> health;
            case RAFT -> raft;
            case DISTRO -> distro;
        };
    }

    public ChannelLimits withFrames(Frames changed) {
        return new ChannelLimits(
                changed,
                health,
                raft,
                distro,
                inboxBytesMax,
                waits,
                backOff,
                unprovenMax,
                acceptedPerPeerMax,
                copiedIds,
                refusalLog);
    }

    /** Other bounds for the lanes; those of one lane for each. */
    public ChannelLimits withLanes(LaneLimits forHealth, LaneLimits forRaft, LaneLimits forDistro) {
        return new ChannelLimits(
                frames,
                forHealth,
                forRaft,
                forDistro,
                inboxBytesMax,
                waits,
                backOff,
                unprovenMax,
                acceptedPerPeerMax,
                copiedIds,
                refusalLog);
    }

    public ChannelLimits withInboxBytesMax(long changed) {
        return new ChannelLimits(
                frames,
                health,
                raft,
                distro,
                changed,
                waits,
                backOff,
                unprovenMax,
                acceptedPerPeerMax,
                copiedIds,
                refusalLog);
    }

    public ChannelLimits withWaits(Waits changed) {
        return new ChannelLimits(
                frames,
                health,
                raft,
                distro,
                inboxBytesMax,
                changed,
                backOff,
                unprovenMax,
                acceptedPerPeerMax,
                copiedIds,
                refusalLog);
    }

    public ChannelLimits withUnprovenMax(int changed) {
        return new ChannelLimits(
                frames,
                health,
                raft,
                distro,
                inboxBytesMax,
                waits,
                backOff,
                changed,
                acceptedPerPeerMax,
                copiedIds,
                refusalLog);
    }

    public ChannelLimits withCopiedIds(CopiedIdLimits changed) {
        return new ChannelLimits(
                frames,
                health,
                raft,
                distro,
                inboxBytesMax,
                waits,
                backOff,
                unprovenMax,
                acceptedPerPeerMax,
                changed,
                refusalLog);
    }

    /**
     * Sizes in bytes.
     *
     * @param frameBytesMax the largest frame that a driver may send, and that is taken from a peer
     * @param fragmentBytesMax a larger frame travels in pieces of this size, between which urgent frames of other lanes find their place. Low:
     *     more overhead. High: a heartbeat waits longer, and the event loop is held longer to compress one
     * @param compressBytesMin fragments of at least this size are compressed if that makes them smaller (R26). Low: the batches of a busy
     *     Raft leader pay a millisecond for each 64 KiB to save a network that has room. High: more bytes on the wire
     * @param writeQueueBytes what may wait in a socket's write queue in this process before sending pauses
     * @param socketBufferBytes the kernel's send buffer. Low: throughput over distance suffers (this much in flight in a round trip).
     *     High: a heartbeat waits behind it on a slow link
     */
    public record Frames(
            int frameBytesMax, int fragmentBytesMax, int compressBytesMin, int writeQueueBytes, int socketBufferBytes) {

        public Frames {
            requirePositive("frameBytesMax", frameBytesMax);
            requirePositive("fragmentBytesMax", fragmentBytesMax);
            if (fragmentBytesMax > WireFrame.PAYLOAD_BYTES_MAX) {
                throw new IllegalArgumentException(
                        "fragmentBytesMax is at most " + WireFrame.PAYLOAD_BYTES_MAX + ": " + fragmentBytesMax);
            }
            requirePositive("compressBytesMin", compressBytesMin);
            requirePositive("writeQueueBytes", writeQueueBytes);
            requirePositive("socketBufferBytes", socketBufferBytes);
        }
    }

    /**
     * Bounds of one lane towards one peer.
     *
     * @param queueBytesMax frames that wait to be sent; a further one is dropped
     * @param ageMax a frame that has waited longer, to be sent or to be handled, is dropped: whoever sent it has given up or repeated it
     */
    public record LaneLimits(long queueBytesMax, Duration ageMax) {

        public LaneLimits {
            requirePositive("queueBytesMax", queueBytesMax);
            requirePositive("ageMax", ageMax);
        }
    }

    /**
     * How long is waited.
     *
     * @param connect for a TCP connection
     * @param handshake for the proof of the secret and the identity, from the connection on
     * @param ping a connection over which nothing was sent for this long carries a ping
     * @param silence a connection over which nothing arrived for this long is closed; time that this process itself stood still does not count.
     *     At least three times {@code ping}
     * @param stall a connection whose peer takes no bytes for this long is closed
     * @param flush what was written before an orderly close has this long to go out
     */
    public record Waits(
            Duration connect, Duration handshake, Duration ping, Duration silence, Duration stall, Duration flush) {

        public Waits {
            requirePositive("connect", connect);
            requirePositive("handshake", handshake);
            requirePositive("ping", ping);
            requirePositive("stall", stall);
            requirePositive("flush", flush);
            if (silence.compareTo(ping.multipliedBy(3)) < 0) {
                throw new IllegalArgumentException(
                        "silence must be at least three times ping: " + silence + ", " + ping);
            }
        }
    }

    /**
     * When an address is dialled again: after {@code first}, then twice as long each time up to {@code max}; a random part of up to half is
     * taken off, so that nodes do not dial in step.
     *
     * @param stable a connection that lasted this long makes the next wait {@code first} again
     */
    public record BackOff(Duration first, Duration max, Duration stable) {

        public BackOff {
            requirePositive("first", first);
            requirePositive("stable", stable);
            if (max.compareTo(first) < 0) {
                throw new IllegalArgumentException("the longest back-off is below the first: " + max + ", " + first);
            }
        }
    }

    /**
     * How node ids that two live processes claim, so that a data directory was copied, are dealt with.
     *
     * @param quarantine every process of such an id is refused until all but one have stayed away for this long. Several times the longest
     *     back-off, so that who lives turns up in it. High: after the copy is gone the original stays out for longer
     * @param nodesMax node ids whose runs are remembered; beyond, those that were not met for the longest time are forgotten
     */
    public record CopiedIdLimits(Duration quarantine, int nodesMax) {

        public CopiedIdLimits {
            requirePositive("quarantine", quarantine);
            requirePositive("nodesMax", nodesMax);
        }
    }

    /**
     * How the log names refusals: one line a period for each address and reason.
     *
     * @param entriesMax addresses and reasons that are remembered; beyond, refusals are counted only
     */
    public record RefusalLogLimits(Duration period, int entriesMax) {

        public RefusalLogLimits {
            requirePositive("period", period);
            requirePositive("entriesMax", entriesMax);
        }
    }

    private static void requirePositive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be positive: " + value);
        }
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(name + " must be positive: " + value);
        }
    }
}
