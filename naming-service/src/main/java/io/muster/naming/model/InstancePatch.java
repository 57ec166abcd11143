package io.muster.naming.model;

import java.util.Optional;

/**
 * The fields of an instance that a request gave; what it did not give is left alone by a patch, and takes the default
 * in a replacement.
 */
public record InstancePatch(
        Optional<Double> weight,
        Optional<Boolean> enabled,
        Optional<Boolean> healthy,
        Optional<Metadata> metadata,
        Optional<String> app) {

    public static final InstancePatch NOTHING =
            new InstancePatch(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    public InstancePatch {
        weight = weight.map(Instance::checkedWeight);
    }

    /** The instance with the given fields changed; metadata is replaced as a whole. */
    public Instance applyTo(Instance instance) {
        return new Instance(
                instance.ip(),
                instance.port(),
                instance.cluster(),
                weight.orElse(instance.weight()),
                enabled.orElse(instance.enabled()),
                healthy.orElse(instance.healthy()),
                instance.ephemeral(),
                metadata.orElse(instance.metadata()),
                app.orElse(instance.app()),
                instance.number(),
                instance.word());
    }

    /** The instance that a whole registration with these fields describes. */
    public Instance toInstance(InstanceKey key, boolean ephemeral) {
        return applyTo(Instance.of(key, ephemeral));
    }

    /** What of it outlives the client's session (X12). */
    public Overlay toOverlay() {
        return new Overlay(weight, enabled, metadata.map(MetadataEdit::replace));
    }

    /** The same without a word on health. */
    public InstancePatch withoutHealth() {
        return new InstancePatch(weight, enabled, Optional.empty(), metadata, app);
    }

    /** What of it goes into the record alone, until the client registers anew. */
    public InstancePatch withoutOverlay() {
        return new InstancePatch(Optional.empty(), Optional.empty(), healthy, Optional.empty(), app);
    }
}
