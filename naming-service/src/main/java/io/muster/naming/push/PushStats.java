package io.muster.naming.push;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What became of pushes since the start or the last reset. Written by the push context, read by any thread. */
public final class PushStats {

    private final LongAdder pushed = new LongAdder();
    private final LongAdder resent = new LongAdder();
    private final LongAdder acknowledged = new LongAdder();
    private final LongAdder unanswered = new LongAdder();
    private final LongAdder tooBig = new LongAdder();
    private final LongAdder costMillis = new LongAdder();
    private final AtomicLong costMillisMax = new AtomicLong();
    private final FailedPushes failed = new FailedPushes();

    void addPushed() {
        pushed.increment();
    }

    void addResent() {
        resent.increment();
    }

    void addAcknowledged(long millis) {
        acknowledged.increment();
        costMillis.add(millis);
        costMillisMax.accumulateAndGet(millis, Math::max);
    }

    void addUnanswered(Subscriber subscriber, int sends) {
        unanswered.increment();
        failed.add(new FailedPushes.Entry(subscriber.service(), subscriber.host(), subscriber.port(), sends));
    }

    void addTooBig(int subscribers) {
        tooBig.add(subscribers);
    }

    /** Lists sent out, each subscriber's counted, repetitions not. */
    public long pushed() {
        return pushed.sum();
    }

    /** Repetitions of a packet. */
    public long resent() {
        return resent.sum();
    }

    public long acknowledged() {
        return acknowledged.sum();
    }

    /** Given up without an answer; the subscriber polls. */
    public long unanswered() {
        return unanswered.sum();
    }

    /** Those given up last. */
    public FailedPushes failed() {
        return failed;
    }

    /** Lists that no datagram holds, each subscriber's counted. */
    public long tooBig() {
        return tooBig.sum();
    }

    /** From first sending to acknowledgement; 0 if there was none. */
    public double averageCostMillis() {
        long answers = acknowledged();
        return answers == 0 ? 0 : (double) costMillis.sum() / answers;
    }

    public long maxCostMillis() {
        return costMillisMax.get();
    }

    public void reset() {
        pushed.reset();
        resent.reset();
        acknowledged.reset();
        unanswered.reset();
        failed.clear();
        tooBig.reset();
        costMillis.reset();
        costMillisMax.set(0);
    }
}
