package io.muster.naming.registry;

import io.muster.consistency.Change;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Key;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Keys;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.RegistryRecord;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes an operator's words, one laid on the other field by field, so that two operators lose none of each other's.
 */
final class Overlays {

    private static final Logger LOG = LoggerFactory.getLogger(Overlays.class);

    private final ConditionalWrites writes;

    Overlays(ConditionalWrites writes) {
        this.writes = writes;
    }

    /**
     * @param instance the key of the ephemeral instance that it lies on
     * @return never fails for want of the persistent engine: the record has been changed, so the honest answer is
     *     {@link OverlayOutcome#PENDING}
     */
    CompletionStage<OverlayOutcome> add(Key instance, Overlay word) {
        Key key = Keys.overlay(instance.group(), InstanceKey.ofId(instance.id()));
        return writes.write(key, stored -> {
                    Overlay merged = stored.map(datum -> ((Overlay) datum.value()).then(word))
                            .orElse(word);
                    return List.of(Change.<RegistryRecord>put(key, merged, ConditionalWrites.unchanged(stored)));
                })
                .<CompletionStage<OverlayOutcome>>handle((done, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedFuture(OverlayOutcome.WRITTEN);
                    }
                    Throwable cause = ConditionalWrites.cause(failure);
                    if (cause instanceof ConsistencyException) {
                        LOG.warn("overlay of {} is not stored: {}", instance, cause.getMessage());
                        return CompletableFuture.completedFuture(OverlayOutcome.PENDING);
                    }
                    return CompletableFuture.failedFuture(cause);
                })
                .thenCompose(outcome -> outcome);
    }
}
