package io.muster.distro.sim.cluster;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeEvent;
import io.muster.consistency.Condition;
import io.muster.consistency.Datum;
import io.muster.consistency.Interest;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Mode;
import io.muster.consistency.Removal;
import io.muster.consistency.Renewal;
import io.muster.consistency.Version;
import io.muster.distro.DistroMetrics;
import io.muster.distro.core.CoreConfig;
import io.muster.distro.core.Counts;
import io.muster.distro.core.DistroCore;
import io.muster.distro.core.Peek;
import io.muster.distro.core.PeerStatus;
import io.muster.distro.core.TextCodec;
import io.muster.distro.driver.DistroDriver;
import io.muster.distro.driver.Watchdog;
import io.muster.distro.wire.MessageCodec;
import io.muster.member.MemberState;
import io.muster.member.NodeId;
import io.muster.member.port.Lane;
import io.muster.member.port.Ports;
import io.muster.sim.cluster.OracleMembers;
import io.muster.sim.cluster.SimCluster;
import io.muster.sim.cluster.SimMachine;
import io.muster.sim.cluster.SimProcess;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One process of the simulated cluster: the real driver, core and codec on its ports. */
final class SimServer {

    static final int QUEUED_CHANGES_MAX = 100_000;

    final SimProcess process;
    final long startedNanos;
    private final SimCluster cluster;
    private final OracleMembers members;
    private final DistroCore<String> core;
    private final DistroDriver<String> driver;
    private final EngineThread thread;
    private final CountedTimers timers;
    private final CountedTimers watchTimers;
    private final ClusterBug bug;
    private final int queuedChangesMax;

    private long bytesSent;

    /** Writes that were taken, and whose callers have not been told. */
    private int unanswered;

    private boolean stops;
    private boolean stopped;
    private int timersLeft;
    private @Nullable Throwable broken;

    SimServer(
            SimCluster cluster,
            SimProcess process,
            CoreConfig config,
            ClusterBug bug,
            Consumer<List<ChangeEvent<String>>> listener) {
        this(cluster, process, config, QUEUED_CHANGES_MAX, bug, OracleMembers.Lists.ALL, listener);
    }

    SimServer(
            SimCluster cluster,
            SimProcess process,
            CoreConfig config,
            int queuedChangesMax,
            ClusterBug bug,
            OracleMembers.Lists lists,
            Consumer<List<ChangeEvent<String>>> listener) {
        this.process = process;
        this.startedNanos = process.time().monoNanos();
        members = OracleMembers.of(cluster, process, lists);
        timers = new CountedTimers(process.time(), bug.cancelsTimers());
        watchTimers = new CountedTimers(process.time(), bug.cancelsTimers());
        thread = new EngineThread(timers);
        this.bug = bug;
        this.queuedChangesMax = queuedChangesMax;
        Ports ports = thread.on(process.ports(Lane.DISTRO, members));
        this.cluster = cluster;
        core = bug.rules()
                .core(
                        process.identity(),
                        config,
                        new TextCodec(),
                        process.time().wallMillis(),
                        process.time().monoNanos());
        driver = new DistroDriver<>(
                core,
                new MessageCodec<>(new TextCodec()),
                ports,
                bug.bound(queuedChangesMax),
                new Bytes(),
                this::broken);
        driver.listen(Interest.all(Mode.EPHEMERAL), listener::accept);
        if (bug.watches()) {
            new Watchdog(driver, watchTimers, members::selfLoaded).start();
        } else {
            driver.onLoaded(members::selfLoaded);
        }
        driver.start();
    }

    private void broken(Throwable cause) {
        broken = cause;
    }

    private final class Bytes implements DistroMetrics {
        @Override
        public void applied(int changes) {}

        @Override
        public void refused() {}

        @Override
        public void overloaded() {}

        @Override
        public void listenerFailed() {}

        @Override
        public void markerFailed() {}

        @Override
        public void stoodStill(long gapMillis) {}

        @Override
        public void frameSent(int bytes) {
            bytesSent += bytes;
        }
    }

    long bytesSent() {
        return bytesSent;
    }

    void leave() {
        driver.leave();
    }

    /**
     * In good order, and for good.
     *
     * @param then what the process does when its engine has stopped
     */
    void stop(Runnable then) {
        stops = true;
        driver.stop()
                .whenComplete((done, never) -> process.time().execute(() -> {
                    stopped = true;
                    timersLeft = timers.waiting() + watchTimers.waiting();
                    then.run();
                }));
    }

    /** Whether it has been told to. */
    boolean stops() {
        return stops;
    }

    boolean stopped() {
        return stopped;
    }

    /** Timers of the engine, and of what watches it, that waited when it had stopped. */
    int timersLeft() {
        return timersLeft;
    }

    /** What the engine says of changes that are not done. */
    int queuedChanges() {
        return driver.queuedChanges();
    }

    /** The same, as callers know it: each write of theirs is one change. */
    int unanswered() {
        return unanswered;
    }

    /** For changes that are not done. */
    int room() {
        return queuedChangesMax;
    }

    boolean isFull() {
        return unanswered >= queuedChangesMax;
    }

    EngineHeap heap() {
        return EngineHeap.of(driver);
    }

    /** Its engine hangs: the process lives on, and answers probes. */
    void hang() {
        thread.holdUp();
    }

    void goOn() {
        thread.goOn();
    }

    boolean hangs() {
        return thread.heldUp();
    }

    /** The machine from which a part of the snapshot is awaited. */
    Optional<Integer> loadSource() {
        return Peek.loadSource(core).flatMap(cluster::find).map(SimMachine::index);
    }

    /** NoCrash: the engine stops itself only when an invariant of its own is broken. */
    Optional<Throwable> failure() {
        return Optional.ofNullable(broken);
    }

    /** Whether a client that comes here is served. */
    boolean serves() {
        return !process.time().killed()
                && !process.time().paused()
                && driver.readiness().ready();
    }

    boolean ready() {
        return driver.readiness().ready();
    }

    CompletionStage<List<Optional<Datum<String>>>> put(Key key, String value, Lease lease, Condition condition) {
        return apply(Change.put(key, value, lease, condition));
    }

    /** An operator's change, which keeps the session. */
    CompletionStage<List<Optional<Datum<String>>>> edit(Key key, String value, Lease lease) {
        return apply(Change.edit(key, value, lease, Condition.PRESENT));
    }

    CompletionStage<List<Optional<Datum<String>>>> remove(Key key) {
        return apply(Change.remove(key, Removal.CLIENT));
    }

    private CompletionStage<List<Optional<Datum<String>>>> apply(Change<String> change) {
        CompletableFuture<List<Optional<Datum<String>>>> answer = new CompletableFuture<>();
        unanswered++;
        driver.apply(List.of(change)).whenComplete((done, error) -> {
            unanswered--;
            bug.answer(process.time(), answer, done, error);
        });
        return answer;
    }

    Renewal renew(Key key) {
        bug.beforeBeat(this, key);
        return driver.renew(key);
    }

    /** As if nobody remembered that the renewal of the key waits to be passed on. */
    void forgetThatItWaits(Key key) {
        Peek.forgetThatItWaits(driver.records(), key);
    }

    Optional<Datum<String>> get(Key key) {
        return driver.records().get(key);
    }

    /** Of whatever stands under the key, a tombstone as well. */
    Optional<Version> versionOf(Key key) {
        return Peek.versionOf(driver.records(), key);
    }

    List<Datum<String>> list() {
        List<Datum<String>> all = new ArrayList<>();
        driver.records().forEach(all::add);
        all.sort(Comparator.comparing(Datum::key));
        return all;
    }

    Optional<NodeId> responsibleFor(String group) {
        return driver.responsibility().memberFor(group);
    }

    /** Whether the view that this process has says that the member is alive and loaded. */
    boolean sees(NodeId id) {
        return id.equals(process.identity().nodeId())
                || members.view().members().stream()
                        .anyMatch(member -> member.nodeId().equals(Optional.of(id))
                                && member.loaded()
                                && (member.state() == MemberState.UP || member.state() == MemberState.SUSPICIOUS));
    }

    Counts counts() {
        return driver.counts();
    }

    List<PeerStatus> peers() {
        return driver.peers();
    }
}
