package io.muster.raft.engine;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeEvent;
import io.muster.consistency.Datum;
import io.muster.consistency.Interest;
import io.muster.consistency.Mode;
import io.muster.consistency.Removal;
import io.muster.member.port.Disk;
import io.muster.raft.DamagedDataException;
import io.muster.raft.EngineFailure;
import io.muster.raft.RaftConfig;
import io.muster.raft.RaftRecovery;
import io.muster.raft.SmallDirectory;
import io.muster.raft.core.Machine;
import io.muster.sim.SeededRng;
import io.muster.sim.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * One seeded run of a standalone node: clients write while the process is killed, the power is cut, syncs fail and the disk fills up; after each
 * restart, and after each event, the {@link Ledger} must hold. Each kind of chance has a stream of its own.
 */
final class StandaloneSimulation {

    private static final int STEPS = 120;
    private static final int KEYS = 8;
    private static final int CHECKS_PER_MEASUREMENT = 8;
    private static final long DIRECTORY_BYTES_MAX = 2 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final VirtualTime clock;
    private final StandaloneNode node;
    private final Ledger ledger = new Ledger();
    private final RandomGenerator workload;
    private final RandomGenerator faults;
    private final RandomGenerator diskChance;
    private RaftEngine<String> engine;
    private int nextValue;
    private int restarts;
    private int checks;
    private long listenersBeganAt;

    StandaloneSimulation(long seed) {
        SeededRng seeds = new SeededRng(seed);
        clock = VirtualTime.shuffling(0, seed);
        workload = seeds.stream("workload");
        faults = seeds.stream("faults");
        diskChance = seeds.stream("disk-latency");
        RandomGenerator knobs = seeds.stream("config");
        RaftConfig config = SmallDirectory.ofBytes(DIRECTORY_BYTES_MAX)
                .withSnapshotEveryEntries(List.of(5, 40, 400).get(knobs.nextInt(3)));
        node = new StandaloneNode(clock, seed).config(config);
    }

    StandaloneSimulation diskBug(UnaryOperator<Disk> bug) {
        node.diskBug(bug);
        return this;
    }

    StandaloneSimulation coreBug(UnaryOperator<Machine> bug) {
        node.coreBug(bug);
        return this;
    }

    /** Runs to the end; gives what happened in numbers. */
    Result run() {
        restart();
        for (int step = 0; step < STEPS; step++) {
            for (int i = workload.nextInt(6); i > 0; i--) {
                write();
            }
            if (workload.nextInt(20) == 0) {
                engine.snapshot();
            }
            clock.advance(Duration.ofNanos(1_000L * workload.nextInt(8_000)));
            check();
            fault();
        }
        node.disk().heal();
        restartAfterCrash(faults.nextBoolean());
        return new Result(clock.trace().value() ^ node.disk().hash(), ledger.acknowledgedCount(), restarts);
    }

    /**
     * @param traceHash over all events and disk operations
     * @param acknowledged writes
     */
    record Result(long traceHash, long acknowledged, int restarts) {}

    // Clients.

    private void write() {
        String id = "k" + workload.nextInt(KEYS);
        boolean removes = workload.nextInt(6) == 0;
        String value = "v" + nextValue++ + "-" + "x".repeat(workload.nextInt(10) == 0 ? workload.nextInt(9_000) : 10);
        Change<String> change = removes
                ? Change.remove(StandaloneNode.key(id), Removal.OPERATOR)
                : Change.put(StandaloneNode.key(id), value);
        Ledger.Write write = ledger.begin(id, removes ? Optional.empty() : Optional.of(value));
        engine.apply(List.of(change)).whenComplete((standing, error) -> {
            if (error != null) {
                ledger.failed(write, error);
            } else {
                Optional<Datum<String>> stands = standing.get(0);
                ledger.acknowledged(
                        write, stands.map(datum -> datum.version().asLong()).orElse(0L));
            }
        });
    }

    // Faults.

    private void fault() {
        int drawn = faults.nextInt(100);
        if (drawn < 8) {
            restartAfterCrash(false);
        } else if (drawn < 16) {
            restartAfterCrash(true);
        } else if (drawn < 19) {
            node.disk().failSync(file -> true);
        } else if (drawn < 23) {
            long used = node.disk().files().stream()
                    .mapToLong(file -> node.disk().bytes(file).length)
                    .sum();
            node.disk().quota(used + faults.nextInt(100_000));
        } else if (drawn < 40) {
            node.disk().heal();
            drawLatency();
        }
    }

    private void drawLatency() {
        int micros = diskChance.nextInt(4) == 0 ? 20_000 : 1_000;
        node.disk().latency(operation -> Duration.ofNanos(1_000L * diskChance.nextInt(micros)));
    }

    private void restartAfterCrash(boolean powerLoss) {
        if (powerLoss) {
            node.losePower();
        } else {
            node.kill();
        }
        node.disk().heal();
        restart();
    }

    private void restart() {
        restarts++;
        node.failures().clear();
        engine = node.create();
        drawLatency();
        listenersBeganAt = Long.MAX_VALUE;
        engine.listen(Interest.all(Mode.PERSISTENT), this::told);
        CompletableFuture<RaftRecovery> start = engine.start().toCompletableFuture();
        if (faults.nextInt(10) == 0) {
            // It dies again while it is still starting, or nearly.
            clock.advance(Duration.ofNanos(1_000L * faults.nextInt(40_000)));
            restartAfterCrash(faults.nextBoolean());
            return;
        }
        clock.runUntil(start::isDone, PATIENCE);
        requireNoBrokenInvariant();
        RaftRecovery recovery = recoveryOf(start);
        if (recovery.warnings().stream().anyMatch(warning -> warning.contains("damaged"))) {
            throw new Violation("RecoveryFaithful", "nothing was damaged, and yet " + recovery.warnings());
        }
        clock.runUntil(
                () -> engine.readiness(Mode.PERSISTENT).ready()
                        || !node.failures().isEmpty(),
                PATIENCE);
        check();
        ledger.leads(engine.status().term());
        listenersBeganAt = 0;
        TreeMap<String, Map.Entry<Long, String>> state = new TreeMap<>();
        engine.forEach(
                Mode.PERSISTENT,
                datum -> state.put(datum.key().id(), Map.entry(datum.version().asLong(), datum.value())));
        ledger.restored(state);
    }

    private static RaftRecovery recoveryOf(CompletableFuture<RaftRecovery> start) {
        try {
            return start.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof DamagedDataException) {
                throw new Violation(
                        "RecoveryFaithful",
                        "a start was refused: " + e.getCause().getMessage());
            }
            throw e;
        }
    }

    // Checks.

    private void told(List<ChangeEvent<String>> events) {
        if (listenersBeganAt == 0) {
            events.forEach(ledger::heard);
        }
    }

    private void requireNoBrokenInvariant() {
        for (EngineFailure failure : node.failures()) {
            if (failure.kind() == EngineFailure.Kind.INVARIANT_BROKEN) {
                throw new Violation(failure.message().split(":", 2)[0], failure.message());
            }
        }
    }

    private void check() {
        requireNoBrokenInvariant();
        if (!node.failures().isEmpty()) {
            restartAfterCrash(faults.nextBoolean());
        }
        if (node.failures().isEmpty()) {
            ledger.digest(engine.status().appliedIndex(), engine.status().digest());
        }
        checks++;
        if (checks % CHECKS_PER_MEASUREMENT == 0) {
            measure();
        }
    }

    private void measure() {
        long bytes = node.disk().files().stream()
                .mapToLong(file -> node.disk().bytes(file).length)
                .sum();
        if (bytes > DIRECTORY_BYTES_MAX) {
            throw new Violation(
                    "DirectoryBound", bytes + " bytes in " + node.disk().files());
        }
    }
}
