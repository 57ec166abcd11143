package io.muster.raft.simulation;

import io.muster.member.port.Disk;
import io.muster.raft.engine.ForwardingDisk;
import java.util.Arrays;

/** A disk whose log segments never say how far they are durable: all damage in the last one looks like a torn tail. */
final class MarklessDisk extends ForwardingDisk {

    private static final int MARKS_OFFSET = 512;
    private static final int MARKS_END = 1536;

    MarklessDisk(Disk disk) {
        super(disk);
    }

    @Override
    public void read(String file, long offset, int length, Completion<byte[]> completion) {
        boolean marks = file.endsWith(".seg") && offset == 0;
        super.read(
                file,
                offset,
                length,
                marks ? Completion.of(bytes -> completion.done(withoutMarks(bytes)), completion::failed) : completion);
    }

    private static byte[] withoutMarks(byte[] bytes) {
        byte[] read = bytes.clone();
        Arrays.fill(read, Math.min(MARKS_OFFSET, read.length), Math.min(MARKS_END, read.length), (byte) 0);
        return read;
    }
}
