package io.muster.raft.core;

import io.muster.member.NodeId;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * A leader's linearizable reads that wait for a round of heartbeats to confirm its leadership (dissertation §6.4). Only a round that begins after a
 * read came confirms it. One round is on its way at a time; reads that come meanwhile share the next one. A round whose messages are lost is overtaken
 * by the next heartbeat, which carries the newest number.
 */
final class ReadRounds {

    /**
     * A read.
     *
     * @param from the follower that asks; empty for this node
     * @param index up to where it must be applied
     * @param round that must be confirmed
     */
    record Read(Optional<NodeId> from, long session, long request, long index, long round) {}

    private final int waitingMax;
    private final Rules rules;

    /** By rising round. */
    private final ArrayDeque<Read> waiting = new ArrayDeque<>();

    /** The last round that began; rising within a term. */
    private long begun;

    ReadRounds(int waitingMax, Rules rules) {
        this.waitingMax = waitingMax;
        this.rules = rules;
    }

    long begun() {
        return begun;
    }

    boolean isFull() {
        return waiting.size() >= waitingMax;
    }

    void add(Optional<NodeId> from, long session, long request, long index) {
        waiting.add(new Read(from, session, request, index, begun + 1));
    }

    /** Begins the next round if a read waits for it; true if it did. */
    boolean beginIfWanted() {
        if (waiting.isEmpty() || waiting.getLast().round <= begun) {
            return false;
        }
        begun++;
        return true;
    }

    /** Takes the next read that is confirmed. */
    Optional<Read> takeConfirmed(long confirmedRound) {
        Read head = waiting.peek();
        if (head == null || !rules.readIsConfirmed(head.round, confirmedRound)) {
            return Optional.empty();
        }
        return Optional.of(waiting.remove());
    }

    /** Takes the next read, confirmed or not. */
    Optional<Read> takeAny() {
        return Optional.ofNullable(waiting.poll());
    }
}
