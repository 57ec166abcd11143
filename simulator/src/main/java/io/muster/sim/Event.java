package io.muster.sim;

import io.muster.member.port.Time;

/** Something that will happen on a node, ordered by (virtual time, tie-break, sequence number). */
record Event(VirtualTime clock, NodeTime node, long atNanos, long tieBreak, long sequence, Runnable task)
        implements Comparable<Event>, Time.Timer {

    @Override
    public int compareTo(Event other) {
        int byTime = Long.compare(atNanos, other.atNanos);
        if (byTime != 0) {
            return byTime;
        }
        int byTieBreak = Long.compare(tieBreak, other.tieBreak);
        return byTieBreak != 0 ? byTieBreak : Long.compare(sequence, other.sequence);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Event event && event.sequence == sequence;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(sequence);
    }

    @Override
    public void cancel() {
        clock.cancel(this);
    }
}
