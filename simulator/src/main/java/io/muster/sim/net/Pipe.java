package io.muster.sim.net;

import io.muster.member.port.Lane;
import io.muster.sim.net.FrameChance.Use;
import io.muster.sim.net.NetworkCounters.Fate;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The frames on the way from one process to another. It dies with either: what was on the way to an incarnation that died is lost with it. A
 * receiver that stands still leaves its frames in here, so that a sender finds the queue full in the end.
 */
final class Pipe {

    private static final long REPLAY_AFTER_NANOS = 1_000_000_000;
    private static final long REPLAY_WITHIN_NANOS = 9_000_000_000L;

    private final SimNetwork network;
    private final Link link;
    private final @Nullable Connection connection;
    private final Endpoint from;
    private final Endpoint to;
    /** What travels on when the link is not clogged any more, in order. */
    private final Queue<Runnable> held = new ArrayDeque<>();

    private long lastArrivalNanos;
    private long healsSeen;
    private int queuedFrames;
    private long queuedBytes;

    /** @param connection that it is one direction of; null where frames need none */
    Pipe(SimNetwork network, Link link, @Nullable Connection connection, Endpoint from, Endpoint to) {
        this.network = network;
        this.link = link;
        this.connection = connection;
        this.from = from;
        this.to = to;
    }

    void send(Lane lane, byte[] frame) {
        long number = link.nextFrame();
        LinkQuality quality = link.quality();
        FrameChance chance = link.chance();
        if (link.isCut()) {
            network.lost(Fate.CUT, link, lane, frame);
            return;
        }
        if (chance.happens(quality.dropRate(), number, Use.DROP)) {
            network.lost(Fate.DROPPED, link, lane, frame);
            return;
        }
        byte[] carried = damaged(frame, number);
        if (!enter(lane, carried)) {
            return;
        }
        if (link.isClogged()) {
            network.count(Fate.CLOGGED);
            if (held.isEmpty()) {
                link.waitsHere(this);
            }
            held.add(() -> travel(lane, carried, link.quality().delayMinNanos(), false));
            return;
        }
        boolean overtakes = chance.happens(quality.reorderRate(), number, Use.REORDER);
        travel(lane, carried, link.drawDelayNanos(number, Use.DELAY), overtakes);
        if (chance.happens(quality.duplicateRate(), number, Use.DUPLICATE) && enter(lane, carried)) {
            network.count(Fate.DUPLICATED);
            travel(lane, carried, link.drawDelayNanos(number, Use.SECOND_DELAY), overtakes);
        }
        if (chance.happens(quality.replayRate(), number, Use.REPLAY) && enter(lane, carried)) {
            network.count(Fate.REPLAYED);
            long within = (long) (chance.uniform(number, Use.REPLAY_DELAY) * REPLAY_WITHIN_NANOS);
            arriveIn(REPLAY_AFTER_NANOS + within, lane, carried);
        }
    }

    /** The link is free again: what was held arrives at once, in order. */
    void burst() {
        for (Runnable next = held.poll(); next != null; next = held.poll()) {
            next.run();
        }
    }

    /** Takes a place in the queue, if there is one. */
    private boolean enter(Lane lane, byte[] frame) {
        LinkQuality quality = link.quality();
        if (queuedFrames >= quality.queueFramesMax() || queuedBytes + frame.length > quality.queueBytesMax()) {
            network.lost(Fate.QUEUE_FULL, link, lane, frame);
            return false;
        }
        queuedFrames++;
        queuedBytes += frame.length;
        return true;
    }

    private void travel(Lane lane, byte[] frame, long delayNanos, boolean overtakes) {
        long now = network.nowNanos();
        if (healsSeen != link.healCount()) {
            healsSeen = link.healCount();
            lastArrivalNanos = now;
        }
        long arrivalNanos = now + delayNanos;
        if (overtakes) {
            network.count(Fate.REORDERED);
        } else {
            arrivalNanos = Math.max(arrivalNanos, lastArrivalNanos + 1);
            lastArrivalNanos = arrivalNanos;
        }
        arriveIn(arrivalNanos - now, lane, frame);
    }

    private void arriveIn(long delayNanos, Lane lane, byte[] frame) {
        to.time().deliver(delayNanos, () -> arrive(lane, frame));
    }

    private void arrive(Lane lane, byte[] frame) {
        queuedFrames--;
        queuedBytes -= frame.length;
        if (link.isCut()) {
            network.lost(Fate.CUT, link, lane, frame);
        } else if (connection != null && !connection.openAt(to)) {
            network.lost(Fate.NO_CONNECTION, link, lane, frame);
        } else {
            to.receive(from.nodeId(), lane, frame);
        }
    }

    private byte[] damaged(byte[] frame, long number) {
        LinkQuality quality = link.quality();
        FrameChance chance = link.chance();
        byte[] result = frame;
        if (frame.length > 0 && chance.happens(quality.truncateRate(), number, Use.TRUNCATE)) {
            network.count(Fate.TRUNCATED);
            result = Arrays.copyOf(result, chance.below(frame.length, number, Use.TRUNCATE_TO));
        }
        if (result.length > 0 && chance.happens(quality.flipRate(), number, Use.FLIP)) {
            network.count(Fate.FLIPPED);
            int bit = chance.below(result.length * 8, number, Use.FLIP_BIT);
            result = result.clone();
            result[bit / 8] ^= (byte) (1 << bit % 8);
        }
        return result;
    }
}
