package io.muster.naming.model;

import java.util.Optional;

/**
 * An operator's word on an ephemeral instance: exactly the fields that were sent, laid over whatever its client
 * registers (X12). It stands in two places. The persistent engine keeps all of them merged, under the instance's
 * identity; until it has, the instance's own record carries the word ({@link Instance#word()}).
 *
 * @param resets whether it takes back everything said before it; of a word only, what is stored never does
 * @param said the latest word in it
 * @param absentSinceWallMillis since when no instance is known that it lies on, as the leader noted it; 0 for none
 */
public record Overlay(
        Optional<Double> weight,
        Optional<Boolean> enabled,
        Optional<MetadataEdit> metadata,
        boolean resets,
        WordStamp said,
        long absentSinceWallMillis)
        implements RegistryRecord {

    public Overlay {
        weight = weight.map(Instance::checkedWeight);
        if (absentSinceWallMillis < 0) {
            throw new IllegalArgumentException("absent since before 1970: " + absentSinceWallMillis);
        }
    }

    /** Fields alone. */
    public Overlay(Optional<Double> weight, Optional<Boolean> enabled, Optional<MetadataEdit> metadata) {
        this(weight, enabled, metadata, false, WordStamp.NONE, 0);
    }

    public static Overlay ofMetadata(MetadataEdit edit) {
        return new Overlay(Optional.empty(), Optional.empty(), Optional.of(edit));
    }

    /** The word that takes all others back. */
    public static Overlay reset() {
        return new Overlay(Optional.empty(), Optional.empty(), Optional.empty(), true, WordStamp.NONE, 0);
    }

    @Override
    public Kind kind() {
        return Kind.OVERLAY;
    }

    /** Whether it changes no instance. */
    public boolean isEmpty() {
        return weight.isEmpty() && enabled.isEmpty() && metadata.isEmpty();
    }

    public Overlay saidAs(WordStamp stamp) {
        return new Overlay(weight, enabled, metadata, resets, stamp, absentSinceWallMillis);
    }

    public Overlay absentSince(long wallMillis) {
        return new Overlay(weight, enabled, metadata, resets, said, wallMillis);
    }

    /**
     * Field by field: what the later word does not mention stands as before, unless it takes that back.
     *
     * @throws IllegalArgumentException if the metadata of both is beyond the bounds of {@link Limits}
     */
    public Overlay then(Overlay later) {
        if (later.resets) {
            return later;
        }
        Optional<MetadataEdit> merged = later.metadata.isEmpty()
                ? metadata
                : Optional.of(
                        metadata.map(mine -> mine.then(later.metadata.get())).orElseGet(later.metadata::get));
        return new Overlay(
                later.weight.or(() -> weight),
                later.enabled.or(() -> enabled),
                merged,
                resets,
                later.said,
                later.absentSinceWallMillis);
    }

    /** As the persistent engine keeps it: what was taken back is gone, so nothing is left to take back. */
    public Overlay stored() {
        return resets ? new Overlay(weight, enabled, metadata, false, said, absentSinceWallMillis) : this;
    }

    /** What readers are shown of an instance that this overlay lies on; never refused. */
    public Instance applyTo(Instance instance) {
        return new Instance(
                instance.ip(),
                instance.port(),
                instance.cluster(),
                weight.orElse(instance.weight()),
                enabled.orElse(instance.enabled()),
                instance.healthy(),
                instance.ephemeral(),
                layOver(instance.metadata()),
                instance.app(),
                instance.number(),
                instance.word());
    }

    /** What readers are shown of an instance's metadata; never refused. */
    public Metadata layOver(Metadata registered) {
        return metadata.map(edit -> edit.layOver(registered)).orElse(registered);
    }
}
