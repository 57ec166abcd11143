package io.muster.distro.core;

/**
 * The records and tombstones of one group: the unit of responsibility and of digests. Groups order by the hash of the name, unsigned; two
 * groups are equal only if they are the same.
 */
final class Group<V> implements Comparable<Group<?>> {

    final String name;
    final long nameHash;
    final EntryTable<V> entries = new EntryTable<>();

    /** Sum of {@link RecordDigest#ofRecord} over the visible records; written by the core, and read by others, who may be a moment late. */
    long digest;

    /** The same. */
    int visibleCount;

    /** Sessions among those that are visible. */
    int sessionCount;

    /** Of the sessions. */
    int unhealthyCount;

    /** Whether this node decides over the sessions in it; written by the core, read by renewing threads. */
    volatile boolean responsible;

    /** Lease time at which this node ceased to be responsible, {@link #NEVER} if it never was. */
    long lostNanos = NEVER;

    /** Lease time at which the former responsible member told the ages of its leases, {@link #NEVER} if none did. */
    long agesToldNanos = NEVER;

    static final long NEVER = Long.MIN_VALUE / 2;

    Group(String name, long nameHash) {
        this.name = name;
        this.nameHash = nameHash;
    }

    @Override
    public int compareTo(Group<?> other) {
        int byHash = Long.compareUnsigned(nameHash, other.nameHash);
        return byHash != 0 ? byHash : name.compareTo(other.name);
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(nameHash);
    }
}
