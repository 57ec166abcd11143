package io.muster.sim.example;

import io.muster.member.port.Disk;
import io.muster.member.port.Disk.Completion;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The registers of one replica as a file: written beside, synced, renamed, its directory synced. */
final class RegisterFile {

    static final String NAME = "registers";
    private static final String NEW_NAME = "registers.new";
    private static final int ENTRY_BYTES = Integer.BYTES + 3 * Long.BYTES;
    private static final int FILE_BYTES_MAX = 1 << 16;

    private final Disk disk;
    private final PlantedBug bug;
    private final Runnable whenRenamed;

    /** @param whenRenamed told when a file has its name, and nothing says yet that it keeps it */
    RegisterFile(Disk disk, PlantedBug bug, Runnable whenRenamed) {
        this.disk = disk;
        this.bug = bug;
        this.whenRenamed = whenRenamed;
    }

    /** Gives the registers, or empty if the file is damaged. */
    void load(Completion<Optional<Map<Integer, Stored>>> completion) {
        disk.size(NAME, Completion.of(size -> load(size, completion), completion::failed));
    }

    private void load(long size, Completion<Optional<Map<Integer, Stored>>> completion) {
        if (size < 0 || bug == PlantedBug.FORGETS_AT_RESTART) {
            completion.done(Optional.of(Map.of()));
        } else {
            disk.read(
                    NAME,
                    0,
                    FILE_BYTES_MAX,
                    Completion.of(
                            bytes -> completion.done(decode(bytes, bug != PlantedBug.CHECKSUM_SKIPPED)),
                            completion::failed));
        }
    }

    /** Durable when it completes. Each step waits for the one before it: a file whose sync failed must not get the name. */
    void save(Map<Integer, Stored> registers, Completion<Void> completion) {
        byte[] bytes = encode(registers);
        disk.write(NEW_NAME, 0, bytes, Completion.of(written -> sync(completion), completion::failed));
    }

    private void sync(Completion<Void> completion) {
        Runnable next = () -> rename(completion);
        disk.sync(
                NEW_NAME,
                Completion.of(
                        synced -> next.run(),
                        bug == PlantedBug.SYNC_ERROR_IGNORED ? error -> next.run() : completion::failed));
    }

    private void rename(Completion<Void> completion) {
        boolean last = bug == PlantedBug.DIRECTORY_NOT_SYNCED;
        disk.rename(
                NEW_NAME,
                NAME,
                last ? completion : Completion.of(renamed -> syncDirectory(completion), completion::failed));
    }

    private void syncDirectory(Completion<Void> completion) {
        whenRenamed.run();
        disk.syncDirectory("", completion);
    }

    static byte[] encode(Map<Integer, Stored> registers) {
        int bodyBytes = Integer.BYTES + registers.size() * ENTRY_BYTES;
        ByteBuffer file = ByteBuffer.allocate(bodyBytes + Integer.BYTES);
        file.putInt(registers.size());
        registers.forEach((key, stored) -> file.putInt(key)
                .putLong(stored.stamp().counter())
                .putLong(stored.stamp().origin())
                .putLong(stored.value()));
        file.putInt(RegisterMessage.checksum(file.array(), bodyBytes));
        return file.array();
    }

    static Optional<Map<Integer, Stored>> decode(byte[] bytes, boolean checked) {
        ByteBuffer file = ByteBuffer.wrap(bytes);
        int count = bytes.length < Integer.BYTES ? -1 : file.getInt();
        long bodyBytes = Integer.BYTES + (long) count * ENTRY_BYTES;
        if (count < 0 || bytes.length < bodyBytes + Integer.BYTES) {
            return Optional.empty();
        }
        if (checked && file.getInt((int) bodyBytes) != RegisterMessage.checksum(bytes, (int) bodyBytes)) {
            return Optional.empty();
        }
        Map<Integer, Stored> registers = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            int key = file.getInt();
            registers.put(key, new Stored(new Stamp(file.getLong(), file.getLong()), file.getLong()));
        }
        return Optional.of(registers);
    }
}
