package io.muster.distro.core;

/** The records and tombstones of one group: the unit of responsibility and of digests. */
final class Group<V> {

    final String name;
    final long nameHash;
    final EntryTable<V> entries = new EntryTable<>();

    /** Sum of {@link RecordDigest#ofRecord} over the visible records. */
    long digest;

    int visibleCount;

    /** Whether this node decides over the sessions in it. */
    boolean responsible;

    Group(String name, long nameHash) {
        this.name = name;
        this.nameHash = nameHash;
    }
}
