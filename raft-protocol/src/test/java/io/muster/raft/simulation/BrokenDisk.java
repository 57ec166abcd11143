package io.muster.raft.simulation;

import io.muster.member.port.Disk;
import io.muster.raft.engine.ForwardingDisk;
import java.util.function.Predicate;

/** Storage that does not do what it should with the disk. */
final class BrokenDisk extends ForwardingDisk {

    private final Predicate<String> unsynced;
    private final boolean syncsDirectories;
    private final boolean ignoresSyncErrors;
    private final boolean ignoresWriteErrors;

    private BrokenDisk(
            Disk disk,
            Predicate<String> unsynced,
            boolean syncsDirectories,
            boolean ignoresSyncErrors,
            boolean ignoresWriteErrors) {
        super(disk);
        this.unsynced = unsynced;
        this.syncsDirectories = syncsDirectories;
        this.ignoresSyncErrors = ignoresSyncErrors;
        this.ignoresWriteErrors = ignoresWriteErrors;
    }

    /** Files that the predicate names are never synced. */
    static Disk notSyncing(Disk disk, Predicate<String> files) {
        return new BrokenDisk(disk, files, true, false, false);
    }

    static Disk notSyncingDirectories(Disk disk) {
        return new BrokenDisk(disk, file -> false, false, false, false);
    }

    static Disk ignoringSyncErrors(Disk disk) {
        return new BrokenDisk(disk, file -> false, true, true, false);
    }

    static Disk ignoringWriteErrors(Disk disk) {
        return new BrokenDisk(disk, file -> false, true, false, true);
    }

    @Override
    public void sync(String file, Completion<Void> completion) {
        if (unsynced.test(file)) {
            skip(completion);
        } else {
            super.sync(file, ignoresSyncErrors ? ignoringErrors(completion) : completion);
        }
    }

    @Override
    public void write(String file, long offset, byte[] bytes, Completion<Void> completion) {
        super.write(file, offset, bytes, ignoresWriteErrors ? ignoringErrors(completion) : completion);
    }

    @Override
    public void syncDirectory(String directory, Completion<Void> completion) {
        if (syncsDirectories) {
            super.syncDirectory(directory, completion);
        } else {
            skip(completion);
        }
    }

    private static Completion<Void> ignoringErrors(Completion<Void> completion) {
        return Completion.of(done -> done(completion), error -> done(completion));
    }
}
