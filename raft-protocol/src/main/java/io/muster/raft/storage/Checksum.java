package io.muster.raft.storage;

import java.util.zip.CRC32C;

/** The checksum of records, headers, marks and chunks. An object of its own so that a test can see what happens without one. */
@FunctionalInterface
public interface Checksum {

    Checksum CRC32C = (bytes, offset, length) -> {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    };

    int of(byte[] bytes, int offset, int length);

    /** Whether the bytes bear the checksum that was stored with them. */
    default boolean matches(int stored, byte[] bytes, int offset, int length) {
        return stored == of(bytes, offset, length);
    }
}
