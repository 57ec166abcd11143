package io.muster.distro;

import com.sun.management.OperatingSystemMXBean;
import io.muster.consistency.Change;
import io.muster.consistency.Datum;
import io.muster.consistency.Interest;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Mode;
import io.muster.consistency.Renewal;
import io.muster.distro.core.TextCodec;
import io.muster.member.NodeId;
import io.muster.member.NodeIdentity;
import io.muster.member.port.NoPeers;
import io.muster.member.port.Ports;
import io.muster.sim.FixedMembers;
import io.muster.sim.MemoryDisk;
import io.muster.sim.SeededRng;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Prints what a record costs (design §9): {@code java … EngineFigures [records] [per group]}, with the test class path and {@code -Xmx2g}.
 * The callers' ids, group names and values are held outside before the measurement, so the bytes are the engine's own share: key, datum,
 * version, session, index, digests.
 */
public final class EngineFigures {

    private static final int WINDOW = 2_000;
    private static final NodeId SELF = new NodeId(1, 1);
    private static final String VALUE = "the value is the caller's";

    private final String[] groups;
    private final String[] ids;
    private final ThreadTime time = new ThreadTime();
    private final DistroEngine<String> engine;

    private EngineFigures(int records, int perGroup) {
        groups = new String[records / perGroup];
        for (int i = 0; i < groups.length; i++) {
            groups[i] = "public##DEFAULT_GROUP@@service-" + i;
        }
        ids = new String[records];
        for (int i = 0; i < records; i++) {
            ids[i] = "10." + (i >> 16 & 255) + "." + (i >> 8 & 255) + "." + (i & 255) + "#8080#DEFAULT";
        }
        Ports ports = new Ports(
                time, new SeededRng(1), new NoPeers(), new MemoryDisk().open(time), FixedMembers.standalone(SELF));
        engine = new DistroEngine<>(
                DistroConfig.DEFAULTS, new TextCodec(), new NodeIdentity(SELF, 1), ports, DistroMetrics.NONE);
    }

    public static void main(String[] args) throws Exception {
        int records = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
        int perGroup = args.length > 1 ? Integer.parseInt(args[1]) : 10;
        new EngineFigures(records, perGroup).run();
    }

    /** The engine's own heap for each record. */
    static double heapBytesPerRecord(int records, int perGroup) throws Exception {
        EngineFigures figures = new EngineFigures(records, perGroup);
        await(figures.engine.start());
        long before = heapBytes();
        figures.registerAll();
        double bytes = (heapBytes() - before) / (double) records;
        if (figures.engine.status().records() != records) {
            throw new IllegalStateException("not all are held: " + figures.engine.status());
        }
        figures.time.close();
        return bytes;
    }

    private void run() throws Exception {
        await(engine.start());
        engine.listen(Interest.all(Mode.EPHEMERAL), events -> {});
        long before = heapBytes();
        print("first registrations", ids.length, this::registerAll);
        System.out.printf(
                "engine heap: %.1f bytes a record, of %d records in %d groups%n",
                (heapBytes() - before) / (double) ids.length, engine.status().records(), groups.length);
        print("registrations again, warm", ids.length, this::registerAll);
        print("registrations, each awaited", 100_000, this::registerOneByOne);
        print("renewals, one thread", 10 * ids.length, () -> renewAll(10));
        time.close();
    }

    private void registerAll() throws Exception {
        List<CompletionStage<?>> window = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            window.add(engine.apply(List.of(Change.put(key(i), VALUE, new Lease(15_000, 30_000)))));
            if (window.size() == WINDOW) {
                for (CompletionStage<?> stage : window) {
                    await(stage);
                }
                window.clear();
            }
        }
    }

    private void registerOneByOne() throws Exception {
        for (int i = 0; i < 100_000; i++) {
            Optional<Datum<String>> stored = await(
                            engine.apply(List.of(Change.put(key(i % ids.length), VALUE, new Lease(15_000, 30_000)))))
                    .get(0);
            if (stored.isEmpty()) {
                throw new IllegalStateException("not stored");
            }
        }
    }

    private void renewAll(int times) {
        for (int round = 0; round < times; round++) {
            for (int i = 0; i < ids.length; i++) {
                if (engine.renew(key(i)) != Renewal.RENEWED) {
                    throw new IllegalStateException("not renewed: " + key(i));
                }
            }
        }
    }

    private Key key(int i) {
        return Key.ephemeral(groups[i % groups.length], ids[i]);
    }

    private interface Work {
        void run() throws Exception;
    }

    private static void print(String what, int count, Work work) throws Exception {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long cpu = system.getProcessCpuTime();
        long start = System.nanoTime();
        work.run();
        double seconds = (System.nanoTime() - start) / 1e9;
        double cpuMicros = (system.getProcessCpuTime() - cpu) / 1e3 / count;
        System.out.printf("%s: %.0f/s, %.2f us of CPU each%n", what, count / seconds, cpuMicros);
    }

    /** After collections until the figure stands still. */
    private static long heapBytes() {
        long bytes = Long.MAX_VALUE;
        for (int i = 0; i < 6; i++) {
            System.gc();
            bytes = Math.min(
                    bytes,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return bytes;
    }

    private static <T> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
}
