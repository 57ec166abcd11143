package io.muster.sim;

import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.muster.member.port.Disk;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** {@link MemoryDisk} keeps the contract of the port. */
class MemoryDiskContractTest extends DiskContract {

    private final VirtualTime time = VirtualTime.shuffling(0, 1);
    private final Disk disk = new MemoryDisk().open(time);

    @Override
    Disk disk() {
        return disk;
    }

    @Override
    void runUntil(BooleanSupplier condition) {
        time.runUntil(condition, Duration.ofSeconds(1));
    }

    @Test
    void moreOperationsThanMayWait_areRefused() {
        for (int i = 0; i < Disk.OPERATIONS_MAX; i++) {
            disk.size("log", new Answer<>());
        }

        assertThatIllegalStateException().isThrownBy(() -> disk.size("log", new Answer<>()));
    }
}
