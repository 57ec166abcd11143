package io.muster.raft.core.progress;

import io.muster.raft.InvariantBroken;
import java.util.Optional;

/**
 * What a leader knows of one other member (Raft paper, Figure 2, "volatile state on leaders").
 *
 * <pre>
 *            an answer that the log matches            entries wanted that only a snapshot holds
 *   PROBE ------------------------------------> REPLICATE          (from both)
 *     ^  <------------------------------------                          |
 *     |        a refusal, or no answer in time                          v
 *     +------------------------------------------------------------ SNAPSHOT
 *                  installed, or given up
 * </pre>
 *
 * <p>In PROBE one message is on its way at most, until it is known where the logs match. In REPLICATE messages follow each other without waiting,
 * as far as the window goes; nextIndex runs ahead of what is acknowledged. In SNAPSHOT so do the pieces of a snapshot, and no entries.
 *
 * <p>Invariant: {@code 0 <= matchIndex < nextIndex}; matchIndex never decreases within a term.
 */
public final class Progress {

    /** How entries go to the member. */
    public enum State {
        PROBE,
        REPLICATE,
        SNAPSHOT
    }

    private final InFlight inFlight;
    private final CatchUp catchUp;
    private State state = State.PROBE;
    private long matchIndex;
    private long nextIndex;

    /** Whether the driver is at sending entries and has not said yet how many. */
    private boolean sending;

    /** Whether a probe is on its way. */
    private boolean probing;

    /** The last entry that the probe carries. */
    private long probedTo;

    /** Since when nothing new has come back; counts while something is on its way. */
    private long waitingSinceNanos;

    /** When the member last answered in this term; for a new one, when it was taken in. */
    private long contactNanos;

    /** Whether the member has ever answered in this term. */
    private boolean heard;

    /** The last leadership check that the member has confirmed. */
    private long confirmedRound;

    /** The highest commit index that it was told. */
    private long toldCommit;

    /** In SNAPSHOT only. */
    private Optional<SnapshotPieces> pieces = Optional.empty();

    /**
     * @param lastIndex of the leader's log; entries behind it are tried first
     * @param roundNanosMax see {@link CatchUp}
     */
    public Progress(long lastIndex, InFlight inFlight, long roundNanosMax, long nowNanos) {
        this.nextIndex = lastIndex + 1;
        this.inFlight = inFlight;
        this.contactNanos = nowNanos;
        this.catchUp = new CatchUp(roundNanosMax, lastIndex, nowNanos);
    }

    public State state() {
        return state;
    }

    public long matchIndex() {
        return matchIndex;
    }

    public long nextIndex() {
        return nextIndex;
    }

    public long contactNanos() {
        return contactNanos;
    }

    public long confirmedRound() {
        return confirmedRound;
    }

    public long toldCommit() {
        return toldCommit;
    }

    public InFlight inFlight() {
        return inFlight;
    }

    /** Of the snapshot that it is sent; 0 if it is sent none. */
    public long snapshotIndex() {
        return pieces.map(SnapshotPieces::index).orElse(0L);
    }

    /** Whether it is sent a snapshot and takes it: it has answered to a piece since the last loss. */
    public boolean takesSnapshot() {
        return pieces.filter(SnapshotPieces::areTaken).isPresent();
    }

    /** Where the next piece of the snapshot begins. */
    public long snapshotOffset() {
        return pieces.map(SnapshotPieces::nextOffset).orElse(0L);
    }

    public boolean isCaughtUp(long nowNanos) {
        return catchUp.isCaughtUp(nowNanos);
    }

    /** Whether the member has answered since the given time. */
    public boolean heardSince(long nanos) {
        return heard && contactNanos - nanos >= 0;
    }

    /** An answer of this term came. */
    public void contact(long nowNanos) {
        contactNanos = nowNanos;
        heard = true;
    }

    public void confirmed(long round) {
        confirmedRound = Math.max(confirmedRound, round);
    }

    public void told(long commitIndex) {
        toldCommit = Math.max(toldCommit, commitIndex);
    }

    public void appended(long lastIndex, long nowNanos) {
        catchUp.appended(lastIndex, nowNanos);
    }

    /** Whether entries may be sent now. */
    public boolean maySend() {
        return switch (state) {
            case PROBE -> !sending && !probing;
            case REPLICATE -> !sending && inFlight.hasRoom();
            case SNAPSHOT -> false;
        };
    }

    /** The driver is asked to send entries from nextIndex on. */
    public void sending() {
        sending = true;
    }

    /**
     * The driver has sent the entries in {@code (prevLogIndex, lastIndex]}, or could not send any.
     *
     * @param prevLogIndex what it was asked for; if the progress has moved since, the message counts as lost
     */
    public void sent(long prevLogIndex, long lastIndex, long bytes, long nowNanos) {
        sending = false;
        if (prevLogIndex + 1 != nextIndex || state == State.SNAPSHOT) {
            return;
        }
        if (inFlight.isEmpty()) {
            waitingSinceNanos = nowNanos;
        }
        if (state == State.REPLICATE && lastIndex > prevLogIndex) {
            inFlight.add(lastIndex, bytes);
            nextIndex = lastIndex + 1;
        } else {
            // Also where nothing could be sent: it is tried again when the resend timeout is over.
            toProbe();
            probing = true;
            probedTo = lastIndex;
        }
    }

    /** The member's log matches up to the index. */
    public void matches(long index, long lastIndex, long nowNanos) {
        boolean answered = inFlight.answeredTo(index);
        if (answered || index > matchIndex) {
            waitingSinceNanos = nowNanos;
        }
        matchIndex = Math.max(matchIndex, index);
        if (state == State.PROBE && index + 1 >= nextIndex && !tookNothing(index)) {
            state = State.REPLICATE;
            probing = false;
        }
        if (state == State.SNAPSHOT && matchIndex >= snapshotIndex()) {
            toProbe();
        }
        nextIndex = Math.max(nextIndex, matchIndex + 1);
        catchUp.matched(matchIndex, lastIndex, nowNanos);
        check();
    }

    /**
     * Whether the member's log matches where it was tried, but it had no room for the entries, as while its disk stands still. What follows would be refused for
     * that, and the refusals call for a probe again, as fast as the network goes: it is tried again when the resend timeout is over.
     */
    private boolean tookNothing(long index) {
        return probing && index == nextIndex - 1 && index < probedTo;
    }

    /**
     * The member's log does not match at an index. A late refusal, of something that has been settled since, changes nothing.
     *
     * @param refusedIndex where it was tried
     * @param worthTrying the index of the first entry to send next
     * @return whether the refusal counts
     */
    public boolean differs(long refusedIndex, long worthTrying) {
        boolean late = state == State.PROBE ? refusedIndex != nextIndex - 1 : refusedIndex <= matchIndex;
        if (late || state == State.SNAPSHOT) {
            return false;
        }
        toProbe();
        nextIndex = Math.max(matchIndex + 1, Math.min(worthTrying, refusedIndex));
        check();
        return true;
    }

    /** Whether something is on its way for so long that it counts as lost. */
    public boolean isOverdue(long resendNanos, long nowNanos) {
        boolean waits = probing || state == State.SNAPSHOT || !inFlight.isEmpty();
        return waits && nowNanos - waitingSinceNanos >= resendNanos;
    }

    /** What is on its way counts as lost. */
    public void lost(long nowNanos) {
        waitingSinceNanos = nowNanos;
        pieces.ifPresent(SnapshotPieces::lost);
        if (state == State.REPLICATE) {
            nextIndex = matchIndex + 1;
        }
        if (state != State.SNAPSHOT) {
            toProbe();
        }
    }

    /**
     * The entries that the member lacks are gone from the log: it gets a snapshot, from its beginning.
     *
     * @param windowBytesMax bound on the pieces on their way; one piece more than that may be
     */
    public void beginSnapshot(long index, long windowBytesMax, long nowNanos) {
        state = State.SNAPSHOT;
        inFlight.clear();
        probing = false;
        pieces = Optional.of(new SnapshotPieces(index, windowBytesMax));
        waitingSinceNanos = nowNanos;
    }

    /** Whether a piece of the snapshot may be sent now, that at {@link #snapshotOffset}. */
    public boolean maySendChunk() {
        return pieces.filter(SnapshotPieces::maySend).isPresent();
    }

    /** The driver is asked to send that piece. */
    public void sendingChunk() {
        pieces.orElseThrow().sending();
    }

    /** The driver has sent a piece. */
    public void chunkSent(long index, long offset, int bytes, boolean last, long nowNanos) {
        pieces.filter(one -> one.index() == index).ifPresent(one -> {
            if (one.onTheirWayBytes() == 0) {
                waitingSinceNanos = nowNanos;
            }
            one.sent(offset, bytes, last);
        });
    }

    /** The member says how much of the snapshot it has. */
    public void chunkStored(long index, long offset, long nowNanos) {
        if (pieces.filter(one -> one.index() == index && one.stored(offset)).isPresent()) {
            waitingSinceNanos = nowNanos;
        }
    }

    /** The snapshot cannot be had; what to send is thought over anew when the resend timeout is over. */
    public void snapshotGone(long index, long nowNanos) {
        if (state == State.SNAPSHOT && index == snapshotIndex()) {
            toProbe();
            probing = true;
            waitingSinceNanos = nowNanos;
        }
    }

    private void toProbe() {
        state = State.PROBE;
        probing = false;
        pieces = Optional.empty();
        inFlight.clear();
    }

    private void check() {
        if (matchIndex < 0 || matchIndex >= nextIndex) {
            throw new InvariantBroken("MatchBelowNext", "match " + matchIndex + ", next " + nextIndex);
        }
    }
}
