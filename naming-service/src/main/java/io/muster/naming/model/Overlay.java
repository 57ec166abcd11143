package io.muster.naming.model;

import java.util.Optional;

/**
 * An operator's word on an ephemeral instance: exactly the fields that were sent, kept by the persistent engine under
 * the instance's identity and laid over whatever its client registers (X12).
 */
public record Overlay(Optional<Double> weight, Optional<Boolean> enabled, Optional<MetadataEdit> metadata)
        implements RegistryRecord {

    public Overlay {
        weight = weight.map(Instance::checkedWeight);
    }

    public static Overlay ofMetadata(MetadataEdit edit) {
        return new Overlay(Optional.empty(), Optional.empty(), Optional.of(edit));
    }

    @Override
    public Kind kind() {
        return Kind.OVERLAY;
    }

    public boolean isEmpty() {
        return weight.isEmpty() && enabled.isEmpty() && metadata.isEmpty();
    }

    /** Field by field: what the later word does not mention stands as before. */
    public Overlay then(Overlay later) {
        Optional<MetadataEdit> merged = later.metadata.isEmpty()
                ? metadata
                : Optional.of(
                        metadata.map(mine -> mine.then(later.metadata.get())).orElseGet(later.metadata::get));
        return new Overlay(later.weight.or(() -> weight), later.enabled.or(() -> enabled), merged);
    }

    /** What readers are shown of an instance that this overlay lies on; never refused. */
    public Instance applyTo(Instance instance) {
        Metadata shown = metadata.map(edit -> edit.layOver(instance.metadata())).orElse(instance.metadata());
        return new Instance(
                instance.ip(),
                instance.port(),
                instance.cluster(),
                weight.orElse(instance.weight()),
                enabled.orElse(instance.enabled()),
                instance.healthy(),
                instance.ephemeral(),
                shown,
                instance.app(),
                instance.number());
    }
}
