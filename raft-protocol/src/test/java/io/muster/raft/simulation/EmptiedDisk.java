package io.muster.raft.simulation;

import io.muster.member.port.Disk;
import io.muster.raft.engine.ForwardingDisk;
import java.util.List;

/** A disk that a process finds empty, if it is so unlucky: the files are gone, the node's name is not. */
final class EmptiedDisk extends ForwardingDisk {

    private static final String DIRECTORY = "raft";

    /** Lies beside the node's name, and would tell that there was something. */
    private static final String WITNESS = "raft-belonging";

    private boolean empties;

    EmptiedDisk(Disk disk, boolean empties) {
        super(disk);
        this.empties = empties;
    }

    @Override
    public void list(String directory, Completion<List<String>> completion) {
        emptied(() -> super.list(directory, completion));
    }

    @Override
    public void size(String file, Completion<Long> completion) {
        emptied(() -> super.size(file, completion));
    }

    @Override
    public void read(String file, long offset, int length, Completion<byte[]> completion) {
        emptied(() -> super.read(file, offset, length, completion));
    }

    private void emptied(Runnable look) {
        if (!empties) {
            look.run();
            return;
        }
        empties = false;
        super.list(
                DIRECTORY,
                Completion.of(
                        names -> {
                            names.forEach(name ->
                                    super.delete(DIRECTORY + "/" + name, Completion.of(done -> {}, error -> {})));
                            super.delete(WITNESS, Completion.of(done -> {}, error -> {}));
                            look.run();
                        },
                        error -> look.run()));
    }
}
