package io.muster.raft.simulation;

import io.muster.member.port.Disk;
import io.muster.raft.engine.ForwardingDisk;
import io.muster.raft.storage.Alone;

/** A disk that forgets that others vote in the group, each time the node reads where it belongs. */
final class LonelyDisk extends ForwardingDisk {

    LonelyDisk(Disk disk) {
        super(disk);
    }

    @Override
    public void read(String file, long offset, int length, Completion<byte[]> completion) {
        super.read(
                file,
                offset,
                length,
                file.contains("belonging")
                        ? Completion.of(bytes -> completion.done(Alone.in(bytes)), completion::failed)
                        : completion);
    }
}
