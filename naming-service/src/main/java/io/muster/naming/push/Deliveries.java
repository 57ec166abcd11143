package io.muster.naming.push;

import io.muster.naming.registry.Timer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings lists to subscribers: at most one list of each is on its way, and one slot behind it holds only the newest. So
 * a subscriber never gets more than it acknowledges, and a silent one costs a few packets for each run of changes.
 *
 * <pre>
 * idle ──push──▶ on its way ──ack──▶ idle, or the waiting list goes out
 *                   │  ▲
 *            no ack │  │ sends again, the newest there is; longer and longer apart
 *                   └──┴──▶ after {@value #SENDS_MAX} sends: given up, the subscriber polls
 * </pre>
 *
 * <p>Confined to one thread. No I/O and no clock of its own.
 */
final class Deliveries {

    /** Of one packet run without an answer. Nacos sends twice, ten seconds apart. */
    static final int SENDS_MAX = 4;

    /** To the second send; doubles from there: a change is given up after 15 s. */
    static final long FIRST_PAUSE_MILLIS = 1_000;

    /** Puts a datagram on the wire; losing it is safe. */
    @FunctionalInterface
    interface Sender {
        void send(byte[] datagram, String host, int port);
    }

    private final Sender sender;
    private final Timer timer;
    private final LongSupplier nanoTime;
    private final PushStats stats;

    /** Only those with a list on its way; so bounded by the subscribers. */
    private final Map<Subscriber.Id, Delivery> deliveries = new HashMap<>();

    private final Map<Long, Delivery> byToken = new HashMap<>();

    /** Never used twice, and at most 2^53 − 1: clients in JavaScript read it as a double. */
    private long lastToken;

    /**
     * @param timer runs its tasks on the thread that owns this object
     * @param nanoTime monotonic
     * @param firstToken any, but higher than those of earlier runs, so that an old answer means nothing
     */
    Deliveries(Sender sender, Timer timer, LongSupplier nanoTime, long firstToken, PushStats stats) {
        this.sender = sender;
        this.timer = timer;
        this.nanoTime = nanoTime;
        this.lastToken = firstToken;
        this.stats = stats;
    }

    private static final class Delivery {
        private final Subscriber subscriber;
        private PushPacket packet;
        private long token;
        private int sends;
        private long firstSentNanos;
        private @Nullable PushPacket waiting;

        Delivery(Subscriber subscriber, PushPacket packet) {
            this.subscriber = subscriber;
            this.packet = packet;
        }
    }

    void push(Subscriber subscriber, PushPacket packet) {
        Delivery onItsWay = deliveries.get(subscriber.id());
        if (onItsWay != null) {
            onItsWay.waiting = packet;
        } else {
            begin(subscriber, packet);
        }
    }

    /** An answer; anything but the answer to what is on its way means nothing. */
    void acknowledged(String host, int port, long token) {
        Delivery delivery = byToken.get(token);
        if (delivery == null
                || delivery.subscriber.port() != port
                || !delivery.subscriber.host().equals(host)) {
            return;
        }
        stats.addAcknowledged(TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - delivery.firstSentNanos));
        PushPacket waiting = delivery.waiting;
        end(delivery);
        if (waiting != null) {
            begin(delivery.subscriber, waiting);
        }
    }

    int onTheirWay() {
        return deliveries.size();
    }

    private void begin(Subscriber subscriber, PushPacket packet) {
        Delivery delivery = new Delivery(subscriber, packet);
        deliveries.put(subscriber.id(), delivery);
        address(delivery);
        send(delivery);
    }

    /** Gives the delivery's list a token of its own. */
    private void address(Delivery delivery) {
        byToken.remove(delivery.token);
        delivery.token = ++lastToken;
        delivery.firstSentNanos = nanoTime.getAsLong();
        byToken.put(delivery.token, delivery);
        stats.addPushed();
    }

    private void send(Delivery delivery) {
        delivery.sends++;
        sender.send(delivery.packet.datagram(delivery.token), delivery.subscriber.host(), delivery.subscriber.port());
        timer.after(FIRST_PAUSE_MILLIS << (delivery.sends - 1), () -> unanswered(delivery));
    }

    private void unanswered(Delivery delivery) {
        if (byToken.get(delivery.token) != delivery) {
            return;
        }
        PushPacket waiting = delivery.waiting;
        if (delivery.sends == SENDS_MAX) {
            stats.addUnanswered(delivery.subscriber, delivery.sends);
            end(delivery);
        } else {
            if (waiting != null) {
                delivery.packet = waiting;
                delivery.waiting = null;
                address(delivery);
            } else {
                stats.addResent();
            }
            send(delivery);
        }
    }

    private void end(Delivery delivery) {
        byToken.remove(delivery.token);
        deliveries.remove(delivery.subscriber.id());
    }
}
