package io.muster.distro.core;

import io.muster.consistency.Key;

/** What stands under a key in this node's memory. Its key never changes. */
abstract sealed class Entry<V> extends Timed permits LeasedRecord, Tombstone, EntryTable.Gap {

    abstract Key key();

    abstract Stamp stamp();
}
