package io.muster.raft.engine;

import io.muster.consistency.Change;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Mode;
import io.muster.consistency.Removal;
import io.muster.member.port.Disk;
import io.muster.member.port.Ports;
import io.muster.raft.EngineFailure;
import io.muster.raft.RaftConfig;
import io.muster.raft.RaftMetrics;
import io.muster.raft.RaftRecovery;
import io.muster.raft.SmallDirectory;
import io.muster.raft.Texts;
import io.muster.raft.core.Machine;
import io.muster.raft.driver.Seams;
import io.muster.sim.MemoryDisk;
import io.muster.sim.SeededRng;
import io.muster.sim.SimNode;
import io.muster.sim.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/** One standalone engine on a simulated machine, for tests to read like a story. */
public final class StandaloneNode {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final VirtualTime clock;
    private final SimNode machine;
    private final List<EngineFailure> failures = new ArrayList<>();
    private RaftConfig config = SmallDirectory.ofBytes(4 << 20);
    private RaftMetrics metrics = RaftMetrics.NONE;
    private UnaryOperator<Disk> diskBug = UnaryOperator.identity();
    private UnaryOperator<Machine> coreBug = UnaryOperator.identity();
    private RaftEngine<String> engine;

    public StandaloneNode() {
        this(new VirtualTime(0), 1);
    }

    public StandaloneNode(VirtualTime clock, long seed) {
        this.clock = clock;
        this.machine = new SimNode(clock, new SeededRng(seed), "n1");
    }

    // Set-up.

    public StandaloneNode config(RaftConfig newConfig) {
        config = newConfig;
        return this;
    }

    public StandaloneNode metrics(RaftMetrics newMetrics) {
        metrics = newMetrics;
        return this;
    }

    /** Plants a bug between engine and disk. */
    public StandaloneNode diskBug(UnaryOperator<Disk> bug) {
        diskBug = bug;
        return this;
    }

    /** Plants a bug between driver and core. */
    public StandaloneNode coreBug(UnaryOperator<Machine> bug) {
        coreBug = bug;
        return this;
    }

    // Life.

    /** Makes the next incarnation's engine without starting it. */
    public RaftEngine<String> create() {
        Ports ports = machine.start();
        Ports seen = new Ports(ports.time(), ports.rng(), ports.net(), diskBug.apply(ports.disk()), ports.members());
        engine = new RaftEngine<>(
                config, Texts.CODEC, machine.identity(), seen, metrics, failures::add, Seams.around(coreBug));
        return engine;
    }

    /** Starts a new incarnation and waits until it serves. */
    public RaftRecovery start() {
        create();
        RaftRecovery recovery = await(engine.start());
        clock.runUntil(() -> engine.readiness(Mode.PERSISTENT).ready(), PATIENCE);
        clock.runUntilIdle();
        return recovery;
    }

    public void kill() {
        machine.crash();
    }

    public void losePower() {
        machine.losePower();
    }

    public RaftRecovery killAndRestart() {
        kill();
        return start();
    }

    // Use.

    public CompletableFuture<List<Optional<Datum<String>>>> putting(String id, String value) {
        return engine.apply(List.of(Change.put(key(id), value))).toCompletableFuture();
    }

    public Datum<String> put(String id, String value) {
        return await(engine.put(key(id), value));
    }

    public void remove(String id) {
        await(engine.remove(key(id), Removal.OPERATOR));
    }

    public Optional<String> get(String id) {
        return engine.get(key(id)).map(Datum::value);
    }

    /** Lets time pass until the stage is done, and gives its result. */
    public <T> T await(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        clock.runUntil(future::isDone, PATIENCE);
        return future.join();
    }

    /** Lets time pass until the stage is done, and gives its failure, unwrapped. */
    public Throwable awaitFailure(CompletionStage<?> stage) {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        stage.whenComplete(
                (result, error) -> failure.complete(error == null ? new AssertionError("succeeded") : error));
        Throwable error = await(failure);
        return error.getCause() == null ? error : error.getCause();
    }

    public RaftEngine<String> engine() {
        return engine;
    }

    public MemoryDisk disk() {
        return machine.disk();
    }

    public SimNode machine() {
        return machine;
    }

    public VirtualTime clock() {
        return clock;
    }

    /** Why engines stopped themselves, all incarnations together. */
    public List<EngineFailure> failures() {
        return failures;
    }

    public static Key key(String id) {
        return Key.persistent("group", id);
    }
}
