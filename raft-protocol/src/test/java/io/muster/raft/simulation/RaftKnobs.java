package io.muster.raft.simulation;

import io.muster.consistency.FormatInForce;
import io.muster.raft.RaftConfig;
import io.muster.raft.SmallDirectory;
import io.muster.raft.core.CoreLimits;
import io.muster.raft.core.CoreTiming;
import io.muster.raft.core.digest.StateDigest;
import io.muster.sim.run.SimRun;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** The settings of a run. Each time is drawn by itself, since one safety device masks another ({@code spec/simulation.md} §2). */
final class RaftKnobs {

    /** Milliseconds, all four. */
    static final String ELECTION = "raft.electionMillis";

    static final String STEP_DOWN = "raft.stepDownMillis";
    static final String HEARTBEAT = "raft.heartbeatMillis";
    static final String RESEND = "raft.resendMillis";

    static final String WRITE_TIMEOUT = "raft.writeTimeoutMillis";
    static final String SNAPSHOT_EVERY = "raft.snapshotEveryEntries";
    static final String MESSAGE_BYTES = "raft.messageBytesMax";
    static final String IN_FLIGHT = "raft.inFlightMessagesMax";
    static final String CHUNK_BYTES = "raft.chunkBytesMax";
    static final String SNAPSHOT_WINDOW = "raft.snapshotWindowBytes";
    static final String DIGEST_EVERY = "raft.digestEveryEntries";

    /** The machines that begin as the version before, as bits; plans that are older than this have none. */
    static final String OLDER = "raft.older";

    /** The newest format that the version before reads: with builds of three formats about, the one before need not be the first. */
    static final String OLDER_READS = "raft.olderReads";

    /** So that ten times the longest election timeout, twice this, fits the phase in which the core must make progress (IL1). */
    private static final long ELECTION_MILLIS_MAX = 500;

    /** More than a plan has. */
    private static final int MACHINES_DRAWN = 10;

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long DIRECTORY_BYTES = 4 << 20;
    private static final int IN_FLIGHT_BYTES_MAX = 1 << 20;
    private static final int READS_WAITING_MAX = 1_000;

    /** What plans have that are older than the setting. */
    private static final long ONE_PIECE = 1;

    private RaftKnobs() {}

    static SortedMap<String, Long> draw(RandomGenerator random) {
        SortedMap<String, Long> knobs = new TreeMap<>();
        long election = logarithmic(random, 100, ELECTION_MILLIS_MAX);
        knobs.put(ELECTION, election);
        long heartbeat = logarithmic(random, 10, election / 2);
        knobs.put(HEARTBEAT, heartbeat);
        // No setting gives less than two heartbeats; within one no leader lasts, and long snapshots never arrive.
        knobs.put(STEP_DOWN, Math.max(2 * heartbeat, logarithmic(random, 100, 3_000)));
        knobs.put(RESEND, logarithmic(random, 20, 500));
        knobs.put(WRITE_TIMEOUT, logarithmic(random, 1_000, 5_000));
        knobs.put(SNAPSHOT_EVERY, List.of(5L, 20L, 100L, 1_000L).get(random.nextInt(4)));
        knobs.put(MESSAGE_BYTES, logarithmic(random, 300, 100_000));
        knobs.put(IN_FLIGHT, logarithmic(random, 4, 64));
        knobs.put(CHUNK_BYTES, logarithmic(random, 100, 100_000));
        knobs.put(SNAPSHOT_WINDOW, logarithmic(random, 100, 1_000_000));
        knobs.put(DIGEST_EVERY, logarithmic(random, 8, StateDigest.EVERY));
        if (versionsDiffer()) {
            knobs.put(OLDER, random.nextBoolean() ? 0L : random.nextLong(1L << MACHINES_DRAWN));
            knobs.put(OLDER_READS, random.nextLong(FormatInForce.FIRST, FormatInForce.NEWEST));
        }
        return knobs;
    }

    private static long logarithmic(RandomGenerator random, long min, long max) {
        return (long) (min * StrictMath.exp(StrictMath.log((double) max / min) * random.nextDouble()));
    }

    /** Whether nodes run as different versions (R32): where {@code -Dsim.versions=true} asks for it. */
    static boolean versionsDiffer() {
        return Boolean.getBoolean("sim.versions");
    }

    /** The newest format that the machine's first process reads. */
    static int formatMax(SimRun run, int machine) {
        long older = run.plan().knobs().getOrDefault(OLDER, 0L);
        long reads = run.plan().knobs().getOrDefault(OLDER_READS, (long) FormatInForce.FIRST);
        return ((older >> machine) & 1) == 1 ? (int) reads : FormatInForce.NEWEST;
    }

    /** @param formatMax of the process's version */
    static RaftConfig config(SimRun run, int formatMax) {
        return SmallDirectory.ofBytes(DIRECTORY_BYTES)
                .withTimes((int) run.knob(HEARTBEAT), (int) run.knob(ELECTION), (int) run.knob(WRITE_TIMEOUT))
                .withSnapshotEveryEntries((int) run.knob(SNAPSHOT_EVERY))
                .withFoundsItself(false)
                .withFormatMax(formatMax);
    }

    /** Plans that are older than this setting have what production has. */
    static long digestEvery(SimRun run) {
        return run.plan().knobs().getOrDefault(DIGEST_EVERY, StateDigest.EVERY);
    }

    static CoreTiming timing(SimRun run) {
        return new CoreTiming(
                run.knob(HEARTBEAT) * NANOS_PER_MILLI,
                run.knob(ELECTION) * NANOS_PER_MILLI,
                run.knob(STEP_DOWN) * NANOS_PER_MILLI,
                run.knob(RESEND) * NANOS_PER_MILLI);
    }

    static CoreLimits limits(SimRun run) {
        return new CoreLimits(
                (int) run.knob(IN_FLIGHT),
                IN_FLIGHT_BYTES_MAX,
                (int) run.knob(MESSAGE_BYTES),
                (int) run.knob(CHUNK_BYTES),
                run.plan().knobs().getOrDefault(SNAPSHOT_WINDOW, ONE_PIECE),
                READS_WAITING_MAX);
    }
}
