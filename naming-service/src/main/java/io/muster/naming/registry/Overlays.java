package io.muster.naming.registry;

import io.muster.consistency.Change;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Keys;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.RegistryRecord;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes an operator's words, one laid on the other field by field, so that two operators lose none of each other's. A
 * word has a number, so whoever writes it, and however often, it is stored once and never over a later one.
 */
final class Overlays {

    private static final Logger LOG = LoggerFactory.getLogger(Overlays.class);

    private final ConditionalWrites writes;

    Overlays(ConditionalWrites writes) {
        this.writes = writes;
    }

    /**
     * @param instance the key of the ephemeral instance that it lies on
     * @return never fails for want of the persistent engine: the instance's record carries the word, so the honest
     *     answer is {@link OverlayOutcome#PENDING}
     */
    CompletionStage<OverlayOutcome> add(Key instance, Overlay word) {
        return write(instance, word)
                .<CompletionStage<OverlayOutcome>>handle((done, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedFuture(OverlayOutcome.WRITTEN);
                    }
                    Throwable cause = ConditionalWrites.cause(failure);
                    if (cause instanceof ConsistencyException) {
                        LOG.warn("overlay of {} is not stored yet: {}", instance, cause.getMessage());
                        return CompletableFuture.completedFuture(OverlayOutcome.PENDING);
                    }
                    return CompletableFuture.failedFuture(cause);
                })
                .thenCompose(outcome -> outcome);
    }

    /**
     * Stores the word, unless it is stored or a later one is. What takes all back leaves an empty overlay, which is later
     * than what was taken back: a record that has expired, or that stands beyond a cut, may bear that yet and come again
     * ({@link OverlayAgeing} clears the empty ones away).
     */
    CompletionStage<Void> write(Key instance, Overlay word) {
        Key key = keyOf(instance);
        return writes.write(key, stored -> {
            Optional<Overlay> before = overlay(stored);
            Optional<Overlay> open = Laid.open(before, word);
            if (open.isEmpty()) {
                return List.of();
            }
            Overlay after = before.map(overlay -> overlay.then(open.get()))
                    .orElseGet(open::get)
                    .stored();
            return List.of(Change.<RegistryRecord>put(key, after, ConditionalWrites.unchanged(stored)));
        });
    }

    /**
     * Stores what is said of an instance that is not registered at the moment: no record is there to bear it. It is said upon whatever is stored at that moment,
     * so that nothing later than it can hide it.
     *
     * @param open a word on it that other nodes may have heard of and would still write
     * @param said what to say upon that; may throw a {@link RegistryException}
     */
    CompletionStage<Void> writeOfAbsent(Key instance, Optional<Overlay> open, Function<Laid, Overlay> said) {
        Key key = keyOf(instance);
        return writes.write(key, stored -> {
            Optional<Overlay> before = overlay(stored);
            Overlay word = said.apply(Laid.of(before, open));
            Overlay after =
                    before.map(overlay -> overlay.then(word)).orElse(word).stored();
            return List.of(Change.<RegistryRecord>put(key, after, ConditionalWrites.unchanged(stored)));
        });
    }

    static RegistryException notFound(InstanceKey instance) {
        return new RegistryException.NotFound("no overlay found: " + instance.wireForm());
    }

    private static Optional<Overlay> overlay(Optional<Datum<RegistryRecord>> stored) {
        return stored.map(datum -> (Overlay) datum.value());
    }

    private static Key keyOf(Key instance) {
        return Keys.overlay(instance.group(), InstanceKey.ofId(instance.id()));
    }
}
