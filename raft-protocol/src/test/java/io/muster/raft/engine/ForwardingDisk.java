package io.muster.raft.engine;

import io.muster.member.port.Disk;
import java.util.List;

/** A disk that passes everything on; bugs are planted by overriding. */
public class ForwardingDisk implements Disk {

    protected final Disk disk;

    protected ForwardingDisk(Disk disk) {
        this.disk = disk;
    }

    @Override
    public void list(String directory, Completion<List<String>> completion) {
        disk.list(directory, completion);
    }

    @Override
    public void size(String file, Completion<Long> completion) {
        disk.size(file, completion);
    }

    @Override
    public void read(String file, long offset, int length, Completion<byte[]> completion) {
        disk.read(file, offset, length, completion);
    }

    @Override
    public void allocate(String file, long length, Completion<Void> completion) {
        disk.allocate(file, length, completion);
    }

    @Override
    public void write(String file, long offset, byte[] bytes, Completion<Void> completion) {
        disk.write(file, offset, bytes, completion);
    }

    @Override
    public void sync(String file, Completion<Void> completion) {
        disk.sync(file, completion);
    }

    @Override
    public void truncate(String file, long length, Completion<Void> completion) {
        disk.truncate(file, length, completion);
    }

    @Override
    public void rename(String from, String to, Completion<Void> completion) {
        disk.rename(from, to, completion);
    }

    @Override
    public void delete(String file, Completion<Void> completion) {
        disk.delete(file, completion);
    }

    @Override
    public void syncDirectory(String directory, Completion<Void> completion) {
        disk.syncDirectory(directory, completion);
    }

    /** Succeeds in its turn without doing anything. */
    protected void skip(Completion<Void> completion) {
        disk.size("nothing", Completion.of(size -> done(completion), completion::failed));
    }

    // Void has no value but null.
    @SuppressWarnings("NullAway")
    protected static void done(Completion<Void> completion) {
        completion.done(null);
    }
}
