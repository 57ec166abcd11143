package io.muster.simulation.health;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeEvent;
import io.muster.consistency.Condition;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Mark;
import io.muster.consistency.Version;
import io.muster.naming.model.RegistryRecord;
import io.muster.sim.cluster.SimCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * What a Raft group does, without how: one log, in which whoever leads puts batches while a majority is with it, and of which each machine has
 * applied a part, for good. It knows the truth about the network, a little late.
 */
final class GroupModel {

    private static final Duration LOOK = Duration.ofMillis(50);
    private static final int LOOKS_UNTIL_DEPOSED = 20;
    private static final int LOOKS_UNTIL_ELECTED = 40;

    /** One committed batch. */
    record Entry(List<Change<RegistryRecord>> changes, String by) {}

    private final SimCluster cluster;
    private final RandomGenerator random;
    private final List<Entry> log = new ArrayList<>();

    /** What the whole log makes. */
    private final Map<Key, Datum<RegistryRecord>> committed = new TreeMap<>();

    private final List<Copy> copies = new ArrayList<>();
    private int leader = -1;
    private int looksWithout;
    private int looksWithNobody;

    /** What one machine has applied; outlives its processes. */
    final class Copy {
        final int machine;
        final TreeMap<Key, Datum<RegistryRecord>> data = new TreeMap<>();
        int applied;
        Consumer<List<ChangeEvent<RegistryRecord>>> listener = events -> {};
        Consumer<Boolean> leads = now -> {};

        private Copy(int machine) {
            this.machine = machine;
        }

        /** A process that ended hears nothing any more. */
        void forgetProcess() {
            listener = events -> {};
            leads = now -> {};
        }

        boolean isLeader() {
            return leader == machine;
        }
    }

    GroupModel(SimCluster cluster) {
        this.cluster = cluster;
        this.random = cluster.seeds().stream("group");
        for (int i = 0; i < cluster.size(); i++) {
            copies.add(new Copy(i));
        }
        cluster.clock().after(LOOK, this::look);
    }

    /** Stands before anything runs. */
    void install(Key key, RegistryRecord value) {
        commit(List.of(Change.put(key, value)), "");
        copies.forEach(copy -> copy.listener = events -> {});
        copies.forEach(this::applyAll);
    }

    Copy copy(int machine) {
        return copies.get(machine);
    }

    int committedCount() {
        return log.size();
    }

    /** Whether the machine reaches whoever leads, and that has a majority. */
    boolean reachesLeader(int machine) {
        return leader >= 0 && hasMajority(leader) && (machine == leader || linked(machine, leader));
    }

    /** How many machines this one could have a round trip with, itself included. */
    int reachable(int machine) {
        return 1
                + (int) cluster.machines().stream()
                        .filter(other -> other.index() != machine && linked(machine, other.index()))
                        .count();
    }

    private boolean linked(int one, int other) {
        return cluster.machine(other).awake() && cluster.network().connected(one, other);
    }

    private boolean hasMajority(int machine) {
        return cluster.machine(machine).awake() && reachable(machine) * 2 > cluster.size();
    }

    private void look() {
        cluster.clock().after(LOOK, this::look);
        boolean lost = leader >= 0 && !hasMajority(leader);
        looksWithout = lost ? looksWithout + 1 : 0;
        if (leader >= 0
                && (looksWithout >= LOOKS_UNTIL_DEPOSED
                        || !cluster.machine(leader).running())) {
            lead(-1);
        }
        looksWithNobody = leader < 0 ? looksWithNobody + 1 : 0;
        if (looksWithNobody >= LOOKS_UNTIL_ELECTED) {
            cluster.machines().stream()
                    .map(machine -> machine.index())
                    .filter(this::hasMajority)
                    .findFirst()
                    .ifPresent(this::lead);
        }
        for (Copy copy : copies) {
            if (cluster.machine(copy.machine).awake() && reachesLeader(copy.machine)) {
                cluster.machine(copy.machine)
                        .process()
                        .ifPresent(process -> process.time().deliver(delayNanos(), () -> applyAll(copy)));
            }
        }
    }

    private void lead(int next) {
        int before = leader;
        leader = next;
        looksWithNobody = 0;
        if (before >= 0) {
            tell(before, false);
        }
        if (next >= 0) {
            tell(next, true);
        }
    }

    private void tell(int machine, boolean now) {
        cluster.machine(machine)
                .process()
                .ifPresent(process ->
                        process.time().execute(() -> copies.get(machine).leads.accept(now && leader == machine)));
    }

    private long delayNanos() {
        return Duration.ofMillis(1 + random.nextInt(5)).toNanos();
    }

    /** A way there and back to the leader, and its to a majority. */
    long roundTripNanos() {
        return Duration.ofMillis(2 + random.nextInt(15)).toNanos();
    }

    /**
     * Puts a batch into the log, if its conditions hold.
     *
     * @return the key of a change whose condition does not hold
     */
    Optional<Change<RegistryRecord>> commit(List<Change<RegistryRecord>> changes, String by) {
        for (Change<RegistryRecord> change : changes) {
            if (!holds(change)) {
                return Optional.of(change);
            }
        }
        log.add(new Entry(List.copyOf(changes), by));
        carryOut(committed, log.size(), new ArrayList<>());
        return Optional.empty();
    }

    private boolean holds(Change<RegistryRecord> change) {
        Datum<RegistryRecord> stored = committed.get(change.key());
        if (change.condition() instanceof Condition.VersionIs is) {
            return stored != null && stored.version().equals(is.version());
        }
        if (change.condition() instanceof Condition.Absent) {
            return stored == null;
        }
        return change.condition() instanceof Condition.Always || stored != null;
    }

    /** Brings a copy up to the end of the log. */
    void applyAll(Copy copy) {
        List<ChangeEvent<RegistryRecord>> events = new ArrayList<>();
        while (copy.applied < log.size()) {
            copy.applied++;
            carryOut(copy.data, copy.applied, events);
        }
        if (!events.isEmpty()) {
            copy.listener.accept(events);
        }
    }

    private void carryOut(Map<Key, Datum<RegistryRecord>> data, int index, List<ChangeEvent<RegistryRecord>> events) {
        Entry entry = log.get(index - 1);
        Version version = new Version.LogIndex(index);
        for (Change<RegistryRecord> change : entry.changes()) {
            if (change instanceof Change.Put<RegistryRecord> put) {
                Datum<RegistryRecord> datum = new Datum<>(put.key(), version, Mark.HEALTHY, put.value());
                data.put(put.key(), datum);
                events.add(new ChangeEvent.Stored<>(datum));
            } else if (change instanceof Change.Remove<RegistryRecord> remove) {
                Datum<RegistryRecord> last = data.remove(remove.key());
                if (last != null) {
                    events.add(new ChangeEvent.Removed<>(last, version, remove.cause(), entry.by()));
                }
            }
        }
    }
}
