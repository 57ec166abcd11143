package io.muster.sim;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * The bytes of one file, as written and as synced. For each sector that was changed since the last sync the synced content is kept beside,
 * so that a loss of power can bring it back.
 */
final class MemoryFile {

    /** The unit that a disk writes whole or not at all, torn sectors apart. */
    static final int SECTOR_BYTES = 512;

    /** As read back; zero beyond {@code length}. */
    private byte[] bytes = new byte[0];

    private int length;
    private int syncedLength;

    /** Sector → its synced content, for the sectors changed since the last sync. */
    private final TreeMap<Integer, byte[]> dirty = new TreeMap<>();

    /** Sector → its synced content, for the sectors that a failed sync gave up: they count as clean and are not on disk. */
    private final TreeMap<Integer, byte[]> abandoned = new TreeMap<>();

    int length() {
        return length;
    }

    byte[] read(long offset, int count) {
        int from = (int) Math.min(offset, length);
        int to = (int) Math.min((long) from + count, length);
        return Arrays.copyOfRange(bytes, from, to);
    }

    /** Writes the first {@code count} bytes of the data. */
    void write(long offset, byte[] data, int count) {
        if (count == 0) {
            return;
        }
        int from = Math.toIntExact(offset);
        int to = Math.addExact(from, count);
        reserve(to);
        rememberSectors(from, to);
        System.arraycopy(data, 0, bytes, from, count);
        length = Math.max(length, to);
    }

    void extend(long toLength) {
        int to = Math.toIntExact(toLength);
        reserve(to);
        length = Math.max(length, to);
    }

    void truncate(long toLength) {
        if (toLength >= length) {
            return;
        }
        int to = (int) toLength;
        rememberSectors(to, length);
        Arrays.fill(bytes, to, length, (byte) 0);
        length = to;
    }

    void sync() {
        dirty.clear();
        syncedLength = length;
    }

    /** After a failed sync each dirty sector reads back old or new by coin, and later syncs take it for clean. */
    void failSync(RandomGenerator random) {
        dirty.forEach((sector, synced) -> {
            if (random.nextBoolean()) {
                restore(sector, synced, 0);
            }
            abandoned.put(sector, synced);
        });
        dirty.clear();
    }

    /** Each changed sector is kept, lost or torn by coin; so is the length. What remains is durable. */
    void losePower(RandomGenerator random) {
        int keptLength = length == syncedLength ? length : drawLength(random);
        reserve(Math.max(length, keptLength));
        dirty.forEach((sector, synced) -> {
            boolean wasCut = (long) sector * SECTOR_BYTES >= length;
            switch (wasCut ? 1 : random.nextInt(3)) {
                case 0 -> {} // kept
                case 1 -> restore(sector, synced, 0);
                default -> restore(sector, synced, 1 + random.nextInt(SECTOR_BYTES - 1));
            }
        });
        abandoned.forEach((sector, synced) -> restore(sector, synced, 0));
        Arrays.fill(bytes, keptLength, bytes.length, (byte) 0);
        length = keptLength;
        dirty.clear();
        abandoned.clear();
        syncedLength = length;
    }

    /** What was synced is what remains. */
    void loseUnsynced() {
        bytes = syncedBytes();
        length = syncedLength;
        dirty.clear();
        abandoned.clear();
    }

    void flipBit(long offset, int bit) {
        if (offset < 0 || offset >= length || bit < 0 || bit > 7) {
            throw new IllegalArgumentException("no bit " + bit + " at " + offset + " of " + length + " bytes");
        }
        int mask = 1 << bit;
        int sector = (int) offset / SECTOR_BYTES;
        bytes[(int) offset] ^= (byte) mask;
        for (Map<Integer, byte[]> kept : List.of(dirty, abandoned)) {
            byte[] synced = kept.get(sector);
            if (synced != null) {
                synced[(int) offset % SECTOR_BYTES] ^= (byte) mask;
            }
        }
    }

    /** What would be read after a loss of power that keeps nothing unsynced. */
    byte[] syncedBytes() {
        MemoryFile copy = new MemoryFile();
        copy.bytes = Arrays.copyOf(bytes, Math.max(bytes.length, syncedLength));
        dirty.forEach((sector, synced) -> copy.restore(sector, synced, 0));
        abandoned.forEach((sector, synced) -> copy.restore(sector, synced, 0));
        return Arrays.copyOf(copy.bytes, syncedLength);
    }

    byte[] bytes() {
        return Arrays.copyOf(bytes, length);
    }

    private int drawLength(RandomGenerator random) {
        int shorter = Math.min(length, syncedLength);
        int longer = Math.max(length, syncedLength);
        return switch (random.nextInt(3)) {
            case 0 -> shorter;
            case 1 -> longer;
            default -> shorter + random.nextInt(longer - shorter);
        };
    }

    private void rememberSectors(int from, int to) {
        for (int sector = from / SECTOR_BYTES; sector <= (to - 1) / SECTOR_BYTES; sector++) {
            if (!dirty.containsKey(sector)) {
                byte[] lost = abandoned.remove(sector);
                dirty.put(sector, lost != null ? lost : sector(sector));
            }
        }
    }

    private byte[] sector(int sector) {
        byte[] content = new byte[SECTOR_BYTES];
        int from = sector * SECTOR_BYTES;
        int there = Math.min(SECTOR_BYTES, bytes.length - from);
        if (there > 0) {
            System.arraycopy(bytes, from, content, 0, there);
        }
        return content;
    }

    /** Puts the synced content back from {@code skip} on; what stands before it stays. */
    private void restore(int sector, byte[] synced, int skip) {
        int from = sector * SECTOR_BYTES + skip;
        int count = Math.min(SECTOR_BYTES - skip, bytes.length - from);
        if (count > 0) {
            System.arraycopy(synced, skip, bytes, from, count);
        }
    }

    private void reserve(int capacity) {
        if (capacity > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(capacity, Math.min(bytes.length * 2, 1 << 30)));
        }
    }
}
