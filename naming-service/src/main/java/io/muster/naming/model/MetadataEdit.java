package io.muster.naming.model;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A change of metadata that can be laid over whatever metadata there is: replace all, or put some keys and drop others.
 *
 * @param replaces whether it replaces all; {@code removed} is empty then
 * @param put the whole of the metadata, or the keys put
 * @param removed the keys dropped, ascending; none of them is put
 */
public record MetadataEdit(boolean replaces, Metadata put, List<String> removed) {

    public MetadataEdit {
        TreeSet<String> sorted = new TreeSet<>(removed);
        sorted.removeIf(key -> put.get(key).isPresent());
        if (replaces) {
            sorted.clear();
        }
        if (sorted.size() > Limits.METADATA_ENTRIES_MAX) {
            throw new IllegalArgumentException("metadata edit drops " + sorted.size() + " keys, at most "
                    + Limits.METADATA_ENTRIES_MAX + " are allowed");
        }
        sorted.forEach(key -> Limits.text("metadata key", key, Limits.METADATA_KEY_BYTES_MAX));
        removed = List.copyOf(sorted);
    }

    public static MetadataEdit replace(Metadata with) {
        return new MetadataEdit(true, with, List.of());
    }

    public static MetadataEdit put(Metadata put) {
        return new MetadataEdit(false, put, List.of());
    }

    public static MetadataEdit remove(Collection<String> keys) {
        return new MetadataEdit(false, Metadata.EMPTY, List.copyOf(keys));
    }

    /**
     * What is to be stored after the edit.
     *
     * @throws IllegalArgumentException if that is beyond the bounds of {@link Limits}
     */
    public Metadata applyTo(Metadata metadata) {
        return replaces ? put : metadata.without(removed).with(put);
    }

    /** What is to be shown where the edit lies over it: never refused, since a reader can't help it. */
    public Metadata layOver(Metadata metadata) {
        return replaces ? put : metadata.without(removed).under(put);
    }

    /** What of it a later edit leaves standing; empty if nothing. */
    public Optional<MetadataEdit> without(MetadataEdit later) {
        if (later.replaces) {
            return Optional.empty();
        }
        TreeSet<String> touched = new TreeSet<>(later.removed);
        touched.addAll(later.put.toMap().keySet());
        TreeSet<String> dropped = new TreeSet<>(removed);
        dropped.removeAll(touched);
        MetadataEdit left = new MetadataEdit(replaces, put.without(touched), List.copyOf(dropped));
        return left.replaces || !left.put.isEmpty() || !left.removed.isEmpty() ? Optional.of(left) : Optional.empty();
    }

    /** One edit that does what this one does and then the other. */
    public MetadataEdit then(MetadataEdit next) {
        if (next.replaces || replaces) {
            return replace(next.applyTo(put));
        }
        TreeSet<String> dropped = new TreeSet<>(removed);
        dropped.addAll(next.removed);
        return new MetadataEdit(false, next.applyTo(put), List.copyOf(dropped));
    }
}
