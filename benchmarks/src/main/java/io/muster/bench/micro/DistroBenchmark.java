package io.muster.bench.micro;

import io.muster.consistency.Codec;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Mark;
import io.muster.consistency.Origin;
import io.muster.consistency.Renewal;
import io.muster.consistency.Version;
import io.muster.distro.core.CoreConfig;
import io.muster.distro.core.DistroCore;
import io.muster.distro.core.DistroRecord;
import io.muster.distro.core.Effects;
import io.muster.distro.core.Input;
import io.muster.member.NodeId;
import io.muster.member.NodeIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The Distro core with 100,000 records in 10,000 groups: what another member tells it, and renewals. Figures are per record. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx1g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DistroBenchmark {

    private static final int RECORDS = 100_000;
    private static final int RECORDS_PER_GROUP = 10;
    private static final int BATCH_RECORDS = 1_000;

    /** About what an instance without metadata takes. */
    private static final int VALUE_BYTES = 48;

    private static final Lease LEASE = new Lease(15_000, 30_000);
    private static final NodeId OTHER = new NodeId(2, 2);
    private static final Origin ORIGIN = new Origin(OTHER.high(), OTHER.low(), 1);

    private final DistroCore<byte[]> core =
            new DistroCore<>(new NodeIdentity(new NodeId(1, 1), 1), CoreConfig.DEFAULTS, new PlainBytes(), 1, 0);
    private final List<Key> keys = new ArrayList<>(RECORDS);
    private final byte[] value = new byte[VALUE_BYTES];
    private final Input<byte[]> knownBatch;
    private long nowNanos;
    private long clock = 1L << 32;
    private int next;

    /** All records stand, none is new to the core. */
    public DistroBenchmark() {
        core.on(new Input.Start<>(false), nowNanos);
        for (int i = 0; i < RECORDS; i++) {
            String group = "public##DEFAULT_GROUP@@service-" + i / RECORDS_PER_GROUP;
            keys.add(Key.ephemeral(group, "i/10.0." + i / 256 + "." + i % 256 + ":8080:DEFAULT"));
        }
        Input<byte[]> batch = freshBatch();
        for (int i = 0; i < RECORDS / BATCH_RECORDS; i++) {
            core.on(batch, nowNanos);
            batch = freshBatch();
        }
        core.on(batch, nowNanos);
        knownBatch = batch;
    }

    /** Records that are newer than what stands: each replaces its predecessor, sets its deadline and is told to the listeners. */
    @Benchmark
    @OperationsPerInvocation(BATCH_RECORDS)
    public Effects<byte[]> mergeNewer() {
        nowNanos++;
        return core.on(freshBatch(), nowNanos);
    }

    /** Records that stand already, as a second snapshot or a repair brings them: nothing changes. */
    @Benchmark
    @OperationsPerInvocation(BATCH_RECORDS)
    public Effects<byte[]> mergeKnown() {
        nowNanos++;
        return core.on(knownBatch, nowNanos);
    }

    /** A heartbeat: found by key, and its slot written. */
    @Benchmark
    public Renewal renew() {
        next = next + 1 == RECORDS ? 0 : next + 1;
        return core.records().renew(keys.get(next), nowNanos, key -> {
            throw new IllegalStateException("not healthy: " + key);
        });
    }

    /** Values that are their own encoding. */
    private static final class PlainBytes implements Codec<byte[]> {
        @Override
        public byte[] encode(byte[] value) {
            return value;
        }

        @Override
        public byte[] decode(byte[] bytes) {
            return bytes;
        }
    }

    private Input<byte[]> freshBatch() {
        List<DistroRecord<byte[]>> records = new ArrayList<>(BATCH_RECORDS);
        for (int i = 0; i < BATCH_RECORDS; i++) {
            Version version = new Version.Hybrid(clock++, ORIGIN);
            records.add(new DistroRecord.Held<>(new Datum<>(keys.get(next), version, Mark.HEALTHY, value), LEASE));
            next = next + 1 == RECORDS ? 0 : next + 1;
        }
        return new Input.Merge<>(OTHER, records);
    }
}
