package io.muster.naming.registry;

import io.muster.consistency.Change;
import io.muster.consistency.Condition;
import io.muster.consistency.ConsistencyService;
import io.muster.consistency.Datum;
import io.muster.consistency.FormatInForce;
import io.muster.consistency.Key;
import io.muster.consistency.Removal;
import io.muster.naming.model.ClusterDefinition;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.InstanceKind;
import io.muster.naming.model.Keys;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.ServiceDefinition;
import io.muster.naming.model.ServiceName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What admins do to services and clusters (nacos-v1-http.md §4.1, §4.2), and who asks for services. A stored definition
 * <em>is</em> the declaration: such a service stays until an admin deletes it (X19); others exist by their instances
 * (docs/decisions/0030).
 */
public final class Services {

    private final ConsistencyService<RegistryRecord> consistency;
    private final ServiceIndex index;
    private final ConditionalWrites writes;
    private final AuditLog audit;
    private final FormatInForce format;
    private final InstanceKinds kinds;

    Services(
            ConsistencyService<RegistryRecord> consistency,
            ServiceIndex index,
            ConditionalWrites writes,
            AuditLog audit,
            FormatInForce format) {
        this.consistency = consistency;
        this.index = index;
        this.writes = writes;
        this.audit = audit;
        this.format = format;
        this.kinds = new InstanceKinds(index);
    }

    /** The service as it stands here. */
    public Optional<ServiceView> find(ServiceName service) {
        return index.find(service);
    }

    /**
     * Declares a service.
     *
     * @return fails with {@link RegistryException.AlreadyExists} if it is declared, or holds instances (as in Nacos;
     *     update it then)
     * @throws IllegalArgumentException if no service can bear the name, or for a kind of instance that nobody knows
     */
    public CompletionStage<Void> create(ServiceName service, ServiceDefinition definition, Caller caller) {
        service.requireLegal();
        InstanceKind.requireReadable(definition.metadata());
        Key key = Keys.service(service.keyGroup());
        return audited(
                caller,
                "create-service",
                service,
                definition,
                () -> writes.write(key, stored -> {
                    if (stored.isPresent() || hasInstances(service)) {
                        throw new RegistryException.AlreadyExists(
                                "specified service already exists, serviceName : " + service.grouped());
                    }
                    return List.of(Change.<RegistryRecord>put(key, definition, Condition.ABSENT));
                }));
    }

    /**
     * Replaces the definition of a service that exists, and declares it if nobody did.
     *
     * @return fails with {@link RegistryException.NotFound}, or with {@link RegistryException.StillInUse} if it is to
     *     hold one kind of instance only and holds the other
     * @throws IllegalArgumentException for a kind of instance that nobody knows
     */
    public CompletionStage<Void> update(ServiceName service, ServiceDefinition definition, Caller caller) {
        InstanceKind.requireReadable(definition.metadata());
        Key key = Keys.service(service.keyGroup());
        return audited(
                caller,
                "update-service",
                service,
                definition,
                () -> writes.write(key, stored -> {
                    if (stored.isEmpty() && !index.exists(service)) {
                        throw new RegistryException.NotFound("service " + service.grouped() + " not found!");
                    }
                    kinds.requireRoomFor(service, stored.map(datum -> (ServiceDefinition) datum.value()), definition);
                    return List.of(Change.<RegistryRecord>put(key, definition, ConditionalWrites.unchanged(stored)));
                }));
    }

    /**
     * Deletes a service with all that admins said of it, its clusters and the overlays of its instances.
     *
     * @return fails with {@link RegistryException.NotFound}, or with {@link RegistryException.StillInUse} while it
     *     holds instances
     */
    public CompletionStage<Void> delete(ServiceName service, Caller caller) {
        return audited(caller, "delete-service", service, "", () -> deleteAll(service));
    }

    private CompletionStage<Void> audited(
            Caller caller, String action, ServiceName service, Object detail, Supplier<CompletionStage<Void>> change) {
        return audit.audited(caller, action, service, detail, () -> declared(service), change);
    }

    /** All that admins said of the service, for the audit; what they said of its instances apart. */
    private String declared(ServiceName service) {
        ServiceEntry entry = index.entry(service);
        List<String> said = entry == null
                ? List.of()
                : entry.persistentData().stream()
                        .filter(datum -> datum.value().kind() == RegistryRecord.Kind.SERVICE
                                || datum.value().kind() == RegistryRecord.Kind.CLUSTER)
                        .map(datum -> datum.key().id() + "=" + datum.value())
                        .toList();
        return said.isEmpty() ? "nothing" : String.join(" ", said);
    }

    private CompletionStage<Void> deleteAll(ServiceName service) {
        ServiceEntry entry = index.entry(service);
        if (entry == null || !entry.exists()) {
            return CompletableFuture.failedFuture(
                    new RegistryException.NotFound("specified service not exist, serviceName : " + service.grouped()));
        }
        int instances = entry.instanceCount();
        if (instances > 0) {
            return CompletableFuture.failedFuture(new RegistryException.StillInUse("service " + service.grouped()
                    + " is not empty, can't be deleted: it has " + instances + " instances"));
        }
        List<Change<RegistryRecord>> removals = new ArrayList<>();
        for (Datum<RegistryRecord> datum : entry.persistentData()) {
            // An empty overlay holds off what was taken back: a record that has expired may come again with it.
            boolean holdsOff = datum.value() instanceof Overlay overlay && overlay.isEmpty();
            if (datum.value().kind() != RegistryRecord.Kind.INSTANCE && !holdsOff) {
                removals.add(Change.remove(datum.key(), Removal.OPERATOR));
            }
        }
        return applyInParts(removals).thenRun(() -> index.forgetEmpty(service));
    }

    /** The definition sorts last: a deletion that breaks off half-way leaves the service there, to be deleted again. */
    private CompletionStage<Void> applyInParts(List<Change<RegistryRecord>> changes) {
        CompletionStage<Void> done = CompletableFuture.completedFuture(null);
        for (int from = 0; from < changes.size(); from += ConsistencyService.BATCH_CHANGES_MAX) {
            List<Change<RegistryRecord>> part =
                    changes.subList(from, Math.min(from + ConsistencyService.BATCH_CHANGES_MAX, changes.size()));
            done = done.thenCompose(before -> consistency.apply(part)).thenAccept(after -> {});
        }
        return done;
    }

    /**
     * Describes a cluster of a service that exists, and declares the service if nobody did.
     *
     * @return fails with {@link RegistryException.NotFound}, or with {@link io.muster.consistency.ConsistencyException.NotReady} for a checker that not all
     *     members can read
     * @throws IllegalArgumentException if no cluster can bear the name
     */
    public CompletionStage<Void> putCluster(
            ServiceName service, String cluster, ClusterDefinition definition, Caller caller) {
        InstanceKey.requireCluster(cluster);
        Key serviceKey = Keys.service(service.keyGroup());
        Key clusterKey = Keys.cluster(service.keyGroup(), cluster);
        Function<Optional<Datum<RegistryRecord>>, List<Change<RegistryRecord>>> plan = stored -> {
            if (stored.isEmpty() && !index.exists(service)) {
                throw new RegistryException.NotFound("service not found:" + service.grouped());
            }
            format.refusalOf(definition.healthChecker().formatNeeded()).ifPresent(refusal -> {
                throw refusal;
            });
            Change<RegistryRecord> put = Change.put(clusterKey, definition);
            return stored.isPresent()
                    ? List.of(put)
                    : List.of(Change.put(serviceKey, ServiceDefinition.DEFAULT, Condition.ABSENT), put);
        };
        return audit.audited(
                caller,
                "put-cluster",
                service,
                cluster + " " + definition,
                () -> writes.standing(clusterKey),
                () -> writes.write(serviceKey, plan));
    }

    private boolean hasInstances(ServiceName service) {
        ServiceEntry entry = index.entry(service);
        return entry != null && entry.instanceCount() > 0;
    }
}
