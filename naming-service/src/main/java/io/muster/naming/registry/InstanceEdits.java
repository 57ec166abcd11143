package io.muster.naming.registry;

import io.muster.consistency.Change;
import io.muster.consistency.Condition;
import io.muster.consistency.ConsistencyService;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Mode;
import io.muster.consistency.Removal;
import io.muster.naming.model.HeartbeatSettings;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.InstancePatch;
import io.muster.naming.model.Keys;
import io.muster.naming.model.MetadataEdit;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.ServiceName;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/**
 * What operators do to single instances: PUT, PATCH, and taking their word back (nacos-v1-http.md §3.1; X12). A change
 * of a known ephemeral instance goes into its record at once, by the ephemeral engine, and then as an {@link Overlay}
 * of exactly the fields sent to the persistent engine.
 */
public final class InstanceEdits {

    private final ConsistencyService<RegistryRecord> consistency;
    private final ServiceIndex index;
    private final Registrations registrations;
    private final Leases leases;
    private final ConditionalWrites writes;
    private final Overlays overlays;
    private final AuditLog audit;

    InstanceEdits(
            ConsistencyService<RegistryRecord> consistency,
            ServiceIndex index,
            Registrations registrations,
            Leases leases,
            ConditionalWrites writes,
            Overlays overlays,
            AuditLog audit) {
        this.consistency = consistency;
        this.index = index;
        this.registrations = registrations;
        this.leases = leases;
        this.writes = writes;
        this.overlays = overlays;
        this.audit = audit;
    }

    /**
     * Replaces an instance: what is not given takes its default, as in a registration; the health of a known instance
     * stays. An unknown one is registered, unless it must exist.
     *
     * @param mustExist whether the client is one that expects a refusal for an unknown instance (Java from 1.0.0 on)
     * @return fails with {@link RegistryException.NotFound}
     * @throws IllegalArgumentException as {@link Registrations#register} does
     */
    public CompletionStage<OverlayOutcome> update(
            ServiceName service,
            InstanceKey instance,
            boolean ephemeral,
            InstancePatch given,
            boolean mustExist,
            Caller caller) {
        service.requireLegal();
        given.metadata().ifPresent(HeartbeatSettings::requireReadable);
        Instance wanted = given.toInstance(instance, ephemeral);
        Key key = Keys.instance(registrations.keyGroup(service), instance, ephemeral);
        CompletionStage<OverlayOutcome> change;
        if (consistency.get(key).isPresent()) {
            change = edit(
                    service,
                    key,
                    known -> wanted.withHealthy(known.healthy()).withNumber(known.number()),
                    given.toOverlay());
        } else if (mustExist) {
            change = CompletableFuture.failedFuture(unknown(service, wanted));
        } else {
            change =
                    registrations.store(service, wanted, Condition.ALWAYS).thenApply(done -> OverlayOutcome.NOT_NEEDED);
        }
        return audit.audited(caller, "update-instance", service, wanted, change);
    }

    private RegistryException unknown(ServiceName service, Instance wanted) {
        return new RegistryException.NotFound(
                index.exists(service)
                        ? "instance not exist: " + wanted.key().wireForm() + "_" + wanted.weight() + "_"
                                + wanted.healthy() + "_false_" + wanted.cluster()
                        : "service not found, namespace: " + service.namespaceId() + ", service: " + service.grouped());
    }

    /**
     * Changes only what is given; metadata is replaced as a whole. The ephemeral instance is meant if both kinds bear
     * the identity.
     *
     * @return fails with {@link RegistryException.NotFound}
     */
    public CompletionStage<OverlayOutcome> patch(
            ServiceName service, InstanceKey instance, InstancePatch given, Caller caller) {
        given.metadata().ifPresent(HeartbeatSettings::requireReadable);
        String keyGroup = registrations.keyGroup(service);
        Key ephemeralKey = Keys.instance(keyGroup, instance, true);
        Key key = consistency.get(ephemeralKey).isPresent() ? ephemeralKey : Keys.instance(keyGroup, instance, false);
        return audit.audited(
                caller,
                "patch-instance",
                service,
                instance + " " + given,
                edit(service, key, given::applyTo, given.toOverlay()));
    }

    /** Edits the metadata of one instance, without a line of audit: the batch that it is part of writes that. */
    CompletionStage<OverlayOutcome> editMetadata(
            ServiceName service, InstanceKey instance, boolean ephemeral, MetadataEdit edit) {
        return edit(
                service,
                Keys.instance(registrations.keyGroup(service), instance, ephemeral),
                known -> {
                    Instance edited = known.withMetadata(edit.applyTo(known.metadata()));
                    HeartbeatSettings.requireReadable(edited.metadata());
                    return edited;
                },
                Overlay.ofMetadata(edit));
    }

    /**
     * Takes the operator's word on an instance back. What PUT or PATCH changed of its record stays until its client
     * registers it anew: from then on the client's word alone counts.
     *
     * @return fails with {@link RegistryException.NotFound} if there is none
     */
    public CompletionStage<Void> removeOverlay(ServiceName service, InstanceKey instance, Caller caller) {
        Key key = Keys.overlay(registrations.keyGroup(service), instance);
        return audit.audited(caller, "remove-overlay", service, instance, writes.write(key, stored -> {
            if (stored.isEmpty()) {
                throw new RegistryException.NotFound("no overlay found: " + instance.wireForm());
            }
            return List.of(Change.remove(key, Removal.OPERATOR));
        }));
    }

    private CompletionStage<OverlayOutcome> edit(
            ServiceName service, Key key, UnaryOperator<Instance> change, Overlay overlay) {
        CompletionStage<Void> record = writes.write(key, stored -> List.of(edited(service, key, stored, change)));
        return key.mode() == Mode.PERSISTENT || overlay.isEmpty()
                ? record.thenApply(done -> OverlayOutcome.NOT_NEEDED)
                : record.thenCompose(done -> overlays.add(key, overlay));
    }

    private Change<RegistryRecord> edited(
            ServiceName service, Key key, Optional<Datum<RegistryRecord>> stored, UnaryOperator<Instance> change) {
        Datum<RegistryRecord> datum = stored.orElseThrow(() -> new RegistryException.NotFound("instance not found"));
        Instance known = (Instance) datum.value();
        // A put starts a session anew; an edit must not make a silent instance look alive. Its next beat does.
        Instance visible = known.withHealthy(known.healthy() && Registrations.isLive(datum));
        Instance edited = change.apply(visible);
        Condition unchanged = ConditionalWrites.unchanged(stored);
        return edited.ephemeral()
                ? Change.put(key, edited, leases.of(service, edited), unchanged)
                : Change.put(key, edited, unchanged);
    }
}
