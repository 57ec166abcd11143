package io.muster.sim;

import io.muster.member.port.Disk;
import io.muster.member.port.FileDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** {@link FileDisk} keeps the contract of the port, so what runs on the disk in memory runs on it, too. */
class FileDiskContractTest extends DiskContract {

    private final TurnTime time = new TurnTime();
    private FileDisk disk;

    @BeforeEach
    void open(@TempDir Path root) throws IOException {
        disk = FileDisk.open(root, time, "test-disk");
    }

    @AfterEach
    void close() {
        disk.close();
    }

    @Override
    Disk disk() {
        return disk;
    }

    @Override
    void runUntil(BooleanSupplier condition) {
        time.runUntil(condition);
    }
}
