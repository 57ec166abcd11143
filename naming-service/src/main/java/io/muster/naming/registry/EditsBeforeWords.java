package io.muster.naming.registry;

import io.muster.consistency.Change;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Mark;
import io.muster.consistency.Removal;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Keys;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.ServiceName;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators do to ephemeral instances while not all members know of words in records (R32, decision 0034): as the builds do that don't. The record itself
 * is changed, as by a registration, and the fields sent go as an {@link Overlay} without a number to the persistent engine. What that does not take is not
 * stored later, and what was changed in the record stays until the client registers anew.
 */
final class EditsBeforeWords {

    private static final Logger LOG = LoggerFactory.getLogger(EditsBeforeWords.class);

    private final Leases leases;
    private final ConditionalWrites writes;

    EditsBeforeWords(Leases leases, ConditionalWrites writes) {
        this.leases = leases;
        this.writes = writes;
    }

    /** @return fails with {@link RegistryException.NotFound} */
    CompletionStage<OverlayOutcome> edit(
            ServiceName service, Key key, UnaryOperator<Instance> change, Overlay overlay) {
        CompletionStage<Void> record = writes.write(key, stored -> List.of(edited(service, key, stored, change)));
        return overlay.isEmpty()
                ? record.thenApply(done -> OverlayOutcome.NOT_NEEDED)
                : record.thenCompose(done -> add(key, overlay));
    }

    private Change<RegistryRecord> edited(
            ServiceName service, Key key, Optional<Datum<RegistryRecord>> stored, UnaryOperator<Instance> change) {
        Datum<RegistryRecord> datum = stored.orElseThrow(() -> new RegistryException.NotFound("instance not found"));
        Instance known = (Instance) datum.value();
        // A put begins a session; a silent instance must not look alive for it. Its next beat makes it so.
        Instance visible = known.withHealthy(known.healthy() && datum.mark() == Mark.HEALTHY);
        Instance edited = change.apply(visible);
        return Change.put(key, edited, leases.of(service, edited), ConditionalWrites.unchanged(stored));
    }

    private CompletionStage<OverlayOutcome> add(Key instance, Overlay overlay) {
        Key key = Keys.overlay(instance.group(), InstanceKey.ofId(instance.id()));
        return writes.write(key, stored -> {
                    Overlay merged = stored.map(datum -> ((Overlay) datum.value()).then(overlay))
                            .orElse(overlay);
                    return List.of(Change.<RegistryRecord>put(key, merged, ConditionalWrites.unchanged(stored)));
                })
                .<CompletionStage<OverlayOutcome>>handle((done, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedFuture(OverlayOutcome.WRITTEN);
                    }
                    Throwable cause = ConditionalWrites.cause(failure);
                    if (cause instanceof ConsistencyException) {
                        LOG.warn(
                                "overlay of {} is not stored, and will not be by itself: {}",
                                instance,
                                cause.getMessage());
                        return CompletableFuture.completedFuture(OverlayOutcome.NOT_STORED);
                    }
                    return CompletableFuture.failedFuture(cause);
                })
                .thenCompose(Function.identity());
    }

    /** @return fails with {@link RegistryException.NotFound} if none is stored, or as the persistent engine does */
    CompletionStage<OverlayOutcome> removeOverlay(Key instance) {
        InstanceKey identity = InstanceKey.ofId(instance.id());
        Key key = Keys.overlay(instance.group(), identity);
        return writes.write(key, stored -> {
                    if (stored.isEmpty()) {
                        throw Overlays.notFound(identity);
                    }
                    return List.of(Change.<RegistryRecord>remove(key, Removal.OPERATOR));
                })
                .thenApply(done -> OverlayOutcome.WRITTEN);
    }
}
