package io.muster.distro.sim;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeListener;
import io.muster.consistency.Datum;
import io.muster.consistency.Interest;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Mode;
import io.muster.consistency.Removal;
import io.muster.consistency.Renewal;
import io.muster.distro.DistroMetrics;
import io.muster.distro.core.CoreConfig;
import io.muster.distro.core.Counts;
import io.muster.distro.core.DistroCore;
import io.muster.distro.core.DistroRecord;
import io.muster.distro.core.GuardLimits;
import io.muster.distro.core.PeerLimits;
import io.muster.distro.core.RecordDigest;
import io.muster.distro.core.TextCodec;
import io.muster.distro.driver.DistroDriver;
import io.muster.distro.wire.MessageCodec;
import io.muster.member.NodeId;
import io.muster.member.port.Ports;
import io.muster.sim.SimNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;

/** One life of the server: the real driver and core on simulated ports. */
final class ServerProcess {

    private static final int QUEUED_CHANGES_MAX = 10_000;
    private static final NodeId PEER = new NodeId(9, 9);

    private final DistroDriver<String> driver;
    private final PlantedBug bug;

    ServerProcess(SimNode node, PlantedBug bug, ChangeListener<String> listener) {
        this.bug = bug;
        Ports ports = node.start();
        if (bug == PlantedBug.EXPIRY_BY_WALL_CLOCK) {
            ports = new Ports(new WallClockTime(ports.time()), ports.rng(), ports.net(), ports.disk(), ports.members());
        }
        TextCodec codec = new TextCodec();
        CoreConfig config =
                new CoreConfig(bug.leaseLimits(), GuardLimits.DEFAULTS, PeerLimits.DEFAULTS, bug.coldStartHoldMillis());
        DistroCore<String> core = bug.rules()
                .core(
                        node.identity(),
                        config,
                        bug == PlantedBug.DIGEST_WITHOUT_VALUE ? new ValuelessCodec() : codec,
                        ports.time().wallMillis(),
                        ports.time().monoNanos());
        driver = new DistroDriver<>(
                core, new MessageCodec<>(codec), ports, QUEUED_CHANGES_MAX, DistroMetrics.NONE, broken -> {});
        driver.listen(Interest.all(Mode.EPHEMERAL), listener);
        driver.start();
    }

    static long hash(String value) {
        return RecordDigest.ofValue(value.getBytes(StandardCharsets.UTF_8));
    }

    boolean ready() {
        return driver.readiness().ready();
    }

    boolean warmingUp() {
        return driver.counts().warmingUp();
    }

    boolean removalsHeld() {
        return driver.counts().removalsHeld();
    }

    /** What this life has seen, for the coverage marks of the simulation spec (§9). */
    Set<String> coverage() {
        Counts counts = driver.counts();
        Set<String> marks = new TreeSet<>();
        mark(marks, "marked unhealthy", counts.totals().unhealthy() > 0);
        mark(marks, "expired", counts.totals().expired() > 0);
        mark(
                marks,
                "expired and buried",
                counts.tombstones() > 0 && counts.totals().expired() > counts.expired());
        mark(marks, "revived", counts.totals().revived() > 0);
        mark(marks, "stale data refused", counts.totals().staleRefused() > 0);
        mark(marks, "expiry suspended", counts.removalsHeld());
        mark(marks, "cold start", counts.warmingUp());
        return marks;
    }

    private static void mark(Set<String> marks, String name, boolean seen) {
        if (seen) {
            marks.add(name);
        }
    }

    long digest() {
        return driver.counts().digest();
    }

    CompletionStage<List<Optional<Datum<String>>>> register(Key key, String value, Lease lease) {
        int times = bug == PlantedBug.LEASES_LAST_TWICE ? 2 : 1;
        Lease held = new Lease(times * lease.unhealthyAfterMillis(), times * lease.removeAfterMillis());
        return driver.apply(List.of(Change.put(key, value, held)));
    }

    CompletionStage<List<Optional<Datum<String>>>> deregister(Key key) {
        return driver.apply(List.of(Change.remove(key, Removal.CLIENT)));
    }

    Renewal beat(Key key) {
        return bug == PlantedBug.BEATS_ARE_LOST && driver.records().get(key).isPresent()
                ? Renewal.RENEWED
                : driver.renew(key);
    }

    /** Another member sends what it holds, which may be long out of date. */
    void syncedFromPeer(List<DistroRecord<String>> records) {
        driver.merge(PEER, records);
    }

    Optional<Datum<String>> get(Key key) {
        return driver.records().get(key);
    }

    List<Datum<String>> list() {
        List<Datum<String>> all = new ArrayList<>();
        driver.records().forEach(all::add);
        return all;
    }
}
