package io.muster.distro.core;

import io.muster.consistency.Datum;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** The digest of a content, computed from nothing each time: what the incremental one must equal. */
public final class DumbDigest {

    private DumbDigest() {}

    public static <V> long of(List<Datum<V>> visible, ToLongFunction<V> valueHash) {
        Map<String, Long> groups = new TreeMap<>();
        for (Datum<V> datum : visible) {
            long hash = RecordDigest.ofRecord(datum, valueHash.applyAsLong(datum.value()));
            groups.merge(datum.key().group(), hash, Long::sum);
        }
        DigestTree tree = new DigestTree();
        groups.forEach((name, digest) -> tree.changed(RecordDigest.ofName(name), 0, digest));
        return tree.root();
    }
}
