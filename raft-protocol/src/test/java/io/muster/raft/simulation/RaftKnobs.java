package io.muster.raft.simulation;

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
    static final String DIGEST_EVERY = "raft.digestEveryEntries";

    /** So that ten times the longest election timeout, twice this, fits the phase in which the core must make progress (IL1). */
    private static final long ELECTION_MILLIS_MAX = 500;

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long DIRECTORY_BYTES = 4 << 20;
    private static final int IN_FLIGHT_BYTES_MAX = 1 << 20;
    private static final int READS_WAITING_MAX = 1_000;

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
        knobs.put(DIGEST_EVERY, logarithmic(random, 8, StateDigest.EVERY));
        return knobs;
    }

    private static long logarithmic(RandomGenerator random, long min, long max) {
        return (long) (min * StrictMath.exp(StrictMath.log((double) max / min) * random.nextDouble()));
    }

    static RaftConfig config(SimRun run) {
        return SmallDirectory.ofBytes(DIRECTORY_BYTES)
                .withTimes((int) run.knob(HEARTBEAT), (int) run.knob(ELECTION), (int) run.knob(WRITE_TIMEOUT))
                .withSnapshotEveryEntries((int) run.knob(SNAPSHOT_EVERY))
                .withFoundsItself(false);
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
                READS_WAITING_MAX);
    }
}
