package io.muster.raft.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A follower's linearizable reads that the leader was asked about. The answer to a request answers all that came before it, too, so where answers stay
 * away it is enough to ask for the newest again: one message in a resend timeout, however many wait.
 */
final class ForwardedReads {

    private final int waitingMax;

    /** At most {@code waitingMax}. */
    private final TreeSet<Long> waiting = new TreeSet<>();

    private long lastAskedNanos;

    ForwardedReads(int waitingMax) {
        this.waitingMax = waitingMax;
    }

    boolean isFull() {
        return waiting.size() >= waitingMax;
    }

    /** @param request higher than all before */
    void asked(long request, long nowNanos) {
        waiting.add(request);
        lastAskedNanos = nowNanos;
    }

    /** The request to ask again, if no answer has come in time; it counts as asked now. */
    Optional<Long> overdue(long resendNanos, long nowNanos) {
        if (waiting.isEmpty() || nowNanos - lastAskedNanos < resendNanos) {
            return Optional.empty();
        }
        lastAskedNanos = nowNanos;
        return Optional.of(waiting.last());
    }

    /** The requests that the answer to this one answers; they wait no longer. */
    List<Long> answered(long request) {
        List<Long> answered = new ArrayList<>(waiting.headSet(request, true));
        answered.forEach(waiting::remove);
        return answered;
    }

    /** All that wait, which wait no longer. */
    List<Long> takeAll() {
        List<Long> all = new ArrayList<>(waiting);
        waiting.clear();
        return all;
    }
}
