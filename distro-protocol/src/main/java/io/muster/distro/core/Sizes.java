package io.muster.distro.core;

import io.muster.consistency.Key;

/** How many bytes things take in a frame, a little more rather than less, so that messages can be bounded while they are put together. */
final class Sizes {

    /** Bound on the bytes of one message; one record that is larger goes alone. */
    static final int MESSAGE_BYTES_MAX = 256 * 1024;

    /** The same towards a peer that did not answer of late: what is sent in vain must cost little (X17). */
    static final int PROBE_BYTES_MAX = 16 * 1024;

    private static final int VERSION_BYTES = 32;
    private static final int STAMP_BYTES = VERSION_BYTES + 9;
    private static final int OVERHEAD_BYTES = 24;
    private static final int KEY_BYTES = 8;

    /** {@link #ofEntry} is more. */
    static final int ENTRY_BYTES_MIN = KEY_BYTES + VERSION_BYTES + OVERHEAD_BYTES;

    private Sizes() {}

    static int ofKey(Key key) {
        return key.group().length() + key.id().length() + KEY_BYTES;
    }

    static int ofEntry(Entry<?> entry) {
        int valueBytes = entry instanceof LeasedRecord<?> record ? record.valueBytes() : 0;
        return ofKey(entry.key()) + VERSION_BYTES + OVERHEAD_BYTES + valueBytes;
    }

    static int ofLine(String id) {
        return id.length() + STAMP_BYTES + 4;
    }

    static int ofChange(Key key, int valueBytes) {
        return ofKey(key) + 2 * VERSION_BYTES + OVERHEAD_BYTES + valueBytes;
    }
}
