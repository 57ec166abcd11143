package io.muster.distro.core;

import io.muster.distro.core.Message.SnapshotChunk;
import io.muster.distro.core.Message.SnapshotNotReady;
import io.muster.distro.core.Message.SnapshotRequest;
import io.muster.member.NodeId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Whether this node counts as loaded (R49). It loads when it starts, and anew when it may hold what others have removed and forgotten: after it was away for
 * long, or was listed by nobody (design §5, "Start", "Tombstones"). Until it is loaded it takes no writes and no groups.
 */
final class Loading<V> {

    private final Records<V> records;
    private final Sessions<V> sessions;
    private final Asking<V> asking;
    private final Store<V> store;
    private final Verify<V> verify;
    private final ColdStart coldStart;
    private final Absence<V> absence;
    private final Rules rules;
    private final Runnable reassign;
    private final SnapshotLoad<V> load;
    private final SnapshotSource<V> snapshots;

    /** A node that was away for so long may have missed removals that nobody remembers by then. */
    private final long absenceNanos;

    private Peers peers = Peers.NONE;
    private boolean heldData;
    private boolean loaded;

    /** Loading not for the first time. */
    private boolean reloading;

    /** Loading anew as one that was cut off and ran on: what it holds is as good as what others hold, so who slept meanwhile may load it. */
    private boolean ranOn;

    /** @param reassign divides the groups anew; called whenever this node begins or ceases to count as loaded */
    Loading(
            CoreConfig config,
            Records<V> records,
            Sessions<V> sessions,
            Asking<V> asking,
            Store<V> store,
            Verify<V> verify,
            ColdStart coldStart,
            Absence<V> absence,
            Rules rules,
            Runnable reassign) {
        this.records = records;
        this.sessions = sessions;
        this.asking = asking;
        this.store = store;
        this.verify = verify;
        this.coldStart = coldStart;
        this.absence = absence;
        this.rules = rules;
        this.reassign = reassign;
        this.load = new SnapshotLoad<>(config.peers());
        this.snapshots = new SnapshotSource<>(records, absence);
        this.absenceNanos = TimeUnit.MILLISECONDS.toNanos(config.leases().tombstoneMinMillis() / 2);
    }

    boolean loaded() {
        return loaded;
    }

    /** Whether what this node holds may be shown to readers (R50). */
    boolean readable() {
        return loaded || (showsWhatItHeld() && !peers.shunned());
    }

    private boolean showsWhatItHeld() {
        return reloading && ranOn;
    }

    /** 0 to 1. */
    double progress() {
        return loaded ? 1 : load.progress();
    }

    /** The member from which a part of the snapshot is awaited. */
    Optional<NodeId> source() {
        return load.source();
    }

    /** How often another source had to be asked because one did not answer. */
    long retriesTotal() {
        return load.retriesTotal();
    }

    /** @param held whether this node is known to have held data before */
    void start(boolean held, Step<V> step) {
        heldData = held;
        load.begin(false, step);
        work(step);
        if (!loaded && !rules.waitsForLoad()) {
            loaded(SnapshotLoad.End.WAITED, step);
        }
    }

    /** These are the others from now on. */
    void members(Peers newPeers, Step<V> step) {
        peers = newPeers;
        if (loaded && peers.shunned()) {
            step.notice(new Notice.ListedByNobody());
            ranOn = false;
            anew(step);
        }
    }

    /** Goes on, with each tick and view. */
    void work(Step<V> step) {
        if (peers.listedOthers() > 0) {
            load.work(peers, step).ifPresent(how -> loaded(how, step));
        } else if (load.running()) {
            load.abandon();
            loaded(SnapshotLoad.End.NOBODY_LOADED, step);
        }
    }

    /** Answers a member that loads. */
    Message<V> answer(SnapshotRequest<V> asked, Step<V> step) {
        return loaded || (showsWhatItHeld() && asked.anew())
                ? snapshots.answer(asked, coldStart.millisLeft(step), step)
                : new SnapshotNotReady<>(asked.load(), warmUpMillisToCome());
    }

    /** For how long the lists of all may be short if nobody is found to load from; whoever loads beside this node must know (X13). */
    private long warmUpMillisToCome() {
        return reloading ? 0 : coldStart.millisToCome(heldData, load.warmUpMillis(SnapshotLoad.End.NOBODY_LOADED));
    }

    void chunk(NodeId from, SnapshotChunk<V> chunk, Step<V> step) {
        chunk.records().forEach(record -> store.merge(from, record, false, step));
        load.chunk(from, chunk, step).ifPresent(how -> loaded(how, step));
    }

    void notReady(NodeId from, SnapshotNotReady<V> answer, Step<V> step) {
        load.notReady(from, answer, step);
        work(step);
    }

    private void loaded(SnapshotLoad.End how, Step<V> step) {
        boolean complete = how == SnapshotLoad.End.COMPLETE;
        loaded = true;
        sessions.doubt(step);
        if (!reloading) {
            coldStart.loaded(heldData, complete && records.sessionCount() > 0, load.warmUpMillis(how), step);
        } else {
            confirm(complete, step);
        }
        reloading = false;
        if (peers.listedOthers() > 0) {
            step.notice(new Notice.Loaded(records.visibleCount(), complete));
        }
        reassign.run();
        peers.alive().forEach(verify::soon);
    }

    /** After a long absence: what no other member knows and no client renewed here has gone meanwhile, and been forgotten. */
    private void confirm(boolean complete, Step<V> step) {
        List<LeasedRecord<V>> doubtful = absence.end(records, step);
        if (complete && !doubtful.isEmpty()) {
            doubtful.forEach(record -> store.drop(record, step));
            step.notice(new Notice.UnconfirmedDropped(doubtful.size()));
        }
    }

    /** Lease time stood still just now. */
    void stoodStill(long nanos, Step<V> step) {
        wasAway(nanos, false, step);
    }

    /** A loaded member alive is heard: how long ago anybody was heard before is how long this node was cut off. */
    void heard(Step<V> step) {
        wasAway(step.nowNanos - verify.latestContactNanos(step), true, step);
    }

    /** @param hasRunOn whether it was merely cut off */
    private void wasAway(long nanos, boolean hasRunOn, Step<V> step) {
        if (loaded && isLong(nanos) && peers.listedOthers() > 0) {
            step.notice(new Notice.LoadsAnew(TimeUnit.NANOSECONDS.toMillis(nanos)));
            ranOn = hasRunOn;
            store.removedWhileAway(Math.max(nanos, step.nowNanos - verify.latestContactNanos(step)), step);
            anew(step);
        }
    }

    private void anew(Step<V> step) {
        loaded = false;
        reloading = true;
        absence.begin(records);
        asking.clear();
        reassign.run();
        load.begin(true, step);
    }

    private boolean isLong(long absentNanos) {
        return absentNanos >= absenceNanos && rules.reloadsAfterAbsence();
    }

    /**
     * Whether a message was under way for so long, in a link that stood still or in the buffers of a node that did, that what it tells may have been removed
     * since, and the removal be forgotten.
     */
    boolean tellsOldTimes(long sentAgoMillis) {
        return isLong(TimeUnit.MILLISECONDS.toNanos(sentAgoMillis));
    }

    /**
     * Whether what this node holds may be compared with what others hold. Not if it has heard of nobody for so long that it will load anew as soon as somebody alive
     * is heard: a member that does not count as alive here yet may know this node again already.
     */
    boolean mayCompare(Step<V> step) {
        return loaded && !(peers.listedOthers() > 0 && isLong(step.nowNanos - verify.latestContactNanos(step)));
    }
}
