package io.muster.naming.registry;

import io.muster.consistency.Change;
import io.muster.consistency.Condition;
import io.muster.consistency.ConsistencyService;
import io.muster.consistency.Datum;
import io.muster.consistency.Removal;
import io.muster.naming.model.Keys;
import io.muster.naming.model.RegistryRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/**
 * Clears away what is stored of services that nobody declares any more and that have no instances: descriptions of
 * clusters whose service was deleted by half (X19). Declared services stay, empty or not. Undeclared ones that never
 * had anything but instances leave nothing behind. The leader's job.
 */
final class EmptyServices implements LeaderJob {

    /** Rounds for which a service must have been seen so. */
    static final int ROUNDS = 5;

    private static final Duration FIRST_AFTER = Duration.ofSeconds(50);
    private static final Duration EVERY = Duration.ofSeconds(30);

    /** Services looked at in one go: the timer's thread has other work. */
    private static final int LOOKS_MAX = 5_000;

    /** Services cleared in one round; the next one does the rest. */
    private static final int CLEARED_MAX = 100;

    private final ConsistencyService<RegistryRecord> consistency;
    private final ServiceIndex index;
    private final AuditLog audit;
    private final RegistryPorts ports;

    /** For how many rounds in turn each was found so. Only ever used by one round. */
    private Map<String, Integer> foundRounds = new HashMap<>();

    EmptyServices(
            ConsistencyService<RegistryRecord> consistency, ServiceIndex index, AuditLog audit, RegistryPorts ports) {
        this.consistency = consistency;
        this.index = index;
        this.audit = audit;
        this.ports = ports;
    }

    @Override
    public Duration firstAfter() {
        return FIRST_AFTER;
    }

    @Override
    public Duration every() {
        return EVERY;
    }

    @Override
    public CompletionStage<Void> round(BooleanSupplier leads) {
        return ServiceWalk.over(index, consistency, ports, leads, LOOKS_MAX, new Round(leads));
    }

    @Override
    public String toString() {
        return "clean-up of empty services";
    }

    private final class Round implements ServiceWalk.Visitor {
        private final BooleanSupplier leads;
        private final Map<String, Integer> found = new HashMap<>();
        private final List<ServiceEntry> due = new ArrayList<>();

        Round(BooleanSupplier leads) {
            this.leads = leads;
        }

        @Override
        public void blind() {
            foundRounds = new HashMap<>();
        }

        @Override
        public int visit(ServiceEntry entry) {
            if (entry.isLeftover()) {
                int rounds = 1 + foundRounds.getOrDefault(entry.keyGroup(), 0);
                found.put(entry.keyGroup(), rounds);
                if (rounds >= ROUNDS && due.size() < CLEARED_MAX) {
                    due.add(entry);
                }
            }
            return 1;
        }

        @Override
        public CompletionStage<Void> end() {
            foundRounds = found;
            return ServiceWalk.write(due, 1, leads, this::clear);
        }

        /** One step in the log, which an admin who declares the service at that moment defeats as a whole. */
        private CompletionStage<Void> clear(ServiceEntry entry) {
            List<Change<RegistryRecord>> removals = new ArrayList<>();
            removals.add(Change.remove(Keys.service(entry.keyGroup()), Removal.HOUSEKEEPING, Condition.ABSENT));
            for (Datum<RegistryRecord> datum : entry.persistentData()) {
                if (datum.value().kind() == RegistryRecord.Kind.CLUSTER
                        && removals.size() < ConsistencyService.BATCH_CHANGES_MAX) {
                    removals.add(
                            Change.remove(datum.key(), Removal.HOUSEKEEPING, Condition.versionIs(datum.version())));
                }
            }
            return audit.audited(
                    Caller.SERVER,
                    "clean-service",
                    entry.name(),
                    removals.size() - 1 + " clusters",
                    () -> entry.isLeftover() ? "clusters without a service" : "nothing",
                    () -> consistency.apply(removals).thenAccept(results -> {}));
        }
    }
}
