package io.muster.raft.storage;

import static io.muster.raft.storage.StoredLog.FIRST_SEGMENT;
import static io.muster.raft.storage.StoredLog.NODE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.DamagedDataException;
import io.muster.raft.DataGivenUpException;
import io.muster.raft.DataSetAsideException;
import io.muster.raft.SmallDirectory;
import io.muster.raft.core.HardState;
import io.muster.raft.core.founding.Promise;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.Payload;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.wire.ByteWriter;
import io.muster.sim.MemoryDisk;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** What a node knows of itself beside its log: it outlives rot, and tells of a log that is gone (design §4, "Identity", "Storage"). */
class BelongingTest {

    private static final String BESIDE_LOG = "raft/belonging";
    private static final String BESIDE_ID = "raft-belonging";
    private static final Duration STEP = Duration.ofNanos(37_000);
    private static final ClusterId CLUSTER = new ClusterId(7, 8);
    private static final Belonging MEMBER = Belonging.NOWHERE
            .in(CLUSTER)
            .promised(Optional.of(new Promise(new NodeId(1, 2), 3)))
            .amongOthers(true);

    private final MemoryDisk disk = new MemoryDisk();
    private final StoredLog log = new StoredLog(disk);

    private Belonging storedMember() {
        log.open();
        log.append("a", "b");
        log.await(log.storage().store(MEMBER.withLogOf(NODE)));
        log.kill();
        return log.storage().belonging();
    }

    @Test
    void rotInEitherFile_costsNothing_andIsMended() {
        for (String rotten : List.of(BESIDE_LOG, BESIDE_ID)) {
            Belonging before = storedMember();
            disk.flipBit(rotten, 20, 3);

            assertThat(log.open().warnings()).anyMatch(warning -> warning.contains(rotten));
            assertThat(log.storage().belonging()).isEqualTo(before);
            log.kill();

            assertThat(log.open().warnings()).isEmpty();
            log.kill();
        }
    }

    /** Design §4, "Storage": no human is needed, though nobody knows any more what was promised. */
    @Test
    void rotInBothFiles_setsTheDataOfAMemberAside() {
        Configuration group = new Configuration(CLUSTER, List.of(NODE, new NodeId(2, 2)));
        log.open();
        log.await(log.storing(
                new HardState(1, Optional.empty(), 0), List.of(new LogEntry(1, 1, new Payload.Members(group)))));
        log.kill();
        rotBoth();

        assertThatThrownBy(log::open).isInstanceOf(DataSetAsideException.class).hasMessageContaining("belonging");

        assertThat(log.storage().belonging().clusterId()).contains(CLUSTER);
        assertThat(log.storage().belonging().setAside()).contains(NODE);
    }

    @Test
    void rotInBothFiles_keepsASoleVoterFromStarting() {
        log.open();
        log.append("a");
        log.kill();
        rotBoth();
        byte[] segment = disk.bytes(FIRST_SEGMENT);

        assertThatThrownBy(log::open)
                .isInstanceOf(DamagedDataException.class)
                .hasMessageContaining("belonging")
                .hasMessageContaining("Restore the data directory");
        assertThat(disk.bytes(FIRST_SEGMENT)).isEqualTo(segment);
    }

    private void rotBoth() {
        disk.flipBit(BESIDE_LOG, 20, 3);
        disk.flipBit(BESIDE_ID, 20, 3);
    }

    /** A torn write of one file leaves what both said before, which is all that anybody was told of. */
    @Test
    void whatIsBeingStored_isThereWhole_orNotAtAll_afterALossOfPower() {
        for (int micros = 0; micros < 400; micros += 10) {
            MemoryDisk victim = new MemoryDisk();
            victim.latency(STEP);
            StoredLog node = new StoredLog(victim);
            node.open();
            node.append("a");
            Belonging before = node.storage().belonging();
            Belonging next = before.in(CLUSTER).amongOthers(true);
            boolean[] told = {false};
            node.storage().store(next).thenRun(() -> told[0] = true);
            node.clock().advance(Duration.ofNanos(micros * 1_000L));
            boolean was = told[0];
            node.kill();
            victim.powerLoss();
            node.open();

            assertThat(node.storage().belonging()).isIn(was ? List.of(next) : List.of(before, next));
            assertThat(node.storage().storedBelonging())
                    .isEqualTo(node.storage().belonging());
        }
    }

    /** A log that is gone is not a new one: what was voted and acknowledged is missing. */
    @Test
    void lostLog_keepsASoleVoterFromStarting() {
        log.open();
        log.append("a").snapshot("state").append("b");
        log.kill();
        disk.files().stream()
                .filter(file -> file.startsWith("raft/") && !file.equals(BESIDE_LOG))
                .forEach(disk::remove);

        assertThatThrownBy(log::open)
                .isInstanceOf(DamagedDataException.class)
                .hasMessageContaining("it is gone")
                .hasMessageContaining("Restore the data directory");
    }

    @Test
    void lostDirectory_keepsASoleVoterFromStarting() {
        log.open();
        log.append("a");
        log.kill();
        disk.files().stream().filter(file -> file.startsWith("raft/")).forEach(disk::remove);

        assertThatThrownBy(log::open).isInstanceOf(DamagedDataException.class).hasMessageContaining("it is gone");
    }

    @Test
    void lostDirectory_ofAMember_endsItsId() {
        storedMember();
        disk.files().stream().filter(file -> file.startsWith("raft/")).forEach(disk::remove);

        assertThatThrownBy(log::open).isInstanceOf(DataSetAsideException.class).hasMessageContaining("it is gone");
        assertThatThrownBy(log::open).isInstanceOf(DataSetAsideException.class);

        StoredLog next = new StoredLog(disk, SmallDirectory.ofBytes(2 << 20), new NodeId(9, 9), Checksum.CRC32C);
        assertThat(next.open().log().lastIndex()).isZero();
        assertThat(next.storage().belonging().clusterId()).contains(CLUSTER);
        assertThat(next.storage().belonging().setAside()).contains(NODE);
    }

    /** The other way round: who dies at its very first start has lost nothing. */
    @Test
    void deathAtTheFirstStart_isNoLoss() {
        for (int micros = 0; micros < 1_000; micros += 10) {
            for (boolean power : List.of(true, false)) {
                MemoryDisk victim = new MemoryDisk();
                StoredLog node = new StoredLog(victim);
                node.open();
                victim.latency(STEP);
                CompletableFuture<Void> first = node.appending(1, "a");
                node.clock().advance(Duration.ofNanos(micros * 1_000L));
                boolean acknowledged = first.isDone();
                node.kill();
                if (power) {
                    victim.powerLoss();
                }

                long last = node.open().log().lastIndex();
                assertThat(last).isBetween(acknowledged ? 1L : 0L, 1L);
            }
        }
    }

    /** Nothing was there yet that anybody could have been told of. */
    @Test
    void lossOfPowerAtTheVeryFirstStart_isNoLoss() {
        for (int step = 0; step < 20; step++) {
            for (long coins = 0; coins < 50; coins++) {
                MemoryDisk victim = new MemoryDisk(new Random(coins));
                victim.latency(STEP);
                StoredLog node = new StoredLog(victim);
                node.openFor(STEP.multipliedBy(step));
                node.kill();
                victim.powerLoss();

                assertThat(node.open().log().lastIndex()).isZero();
            }
        }
    }

    /** However often it is tried: a start whose sync fails leaves what reads well and is not durable. */
    @Test
    void lossOfPowerAfterFirstStartsThatCouldNotSync_isNoLoss() {
        for (String failing : List.of(BESIDE_LOG, BESIDE_ID, "")) {
            for (int starts = 1; starts <= 3; starts++) {
                for (long coins = 0; coins < 200; coins++) {
                    MemoryDisk victim = new MemoryDisk(new Random(coins));
                    victim.failSync(file -> file.endsWith(failing));
                    for (int start = 0; start < starts; start++) {
                        StoredLog dying = new StoredLog(victim);
                        assertThatThrownBy(dying::open).hasMessageContaining("sync");
                        dying.kill();
                    }
                    victim.heal();
                    victim.powerLoss();

                    assertThat(new StoredLog(victim).open().log().lastIndex()).isZero();
                }
            }
        }
    }

    /** What a killed process left may read well and not be durable: a loss of power after that does not tear both files. */
    @Test
    void killAndThenLossOfPower_leaveOneFileWhole() {
        for (int killedAtStep = 0; killedAtStep < 6; killedAtStep++) {
            for (int lostAtStep = 0; lostAtStep < 5; lostAtStep++) {
                for (long coins = 0; coins < 100; coins++) {
                    MemoryDisk victim = new MemoryDisk(new Random(coins));
                    StoredLog node = new StoredLog(victim);
                    node.open();
                    node.append("a");
                    Belonging before = node.storage().belonging();
                    Belonging next = before.in(CLUSTER).amongOthers(true);
                    Belonging afterNext = next.in(new ClusterId(9, 9));
                    victim.latency(STEP);
                    node.storage().store(next);
                    node.clock().advance(STEP.multipliedBy(killedAtStep));
                    node.kill();
                    node.open();
                    node.storage().store(afterNext);
                    node.clock().advance(STEP.multipliedBy(lostAtStep));
                    node.kill();
                    victim.powerLoss();

                    node.open();
                    assertThat(node.storage().belonging()).isIn(before, next, afterNext);
                }
            }
        }
    }

    /** Nor does one while the torn one is written anew. */
    @Test
    void lossOfPowerWhileMending_leavesOneFileWhole() {
        for (String rotten : List.of(BESIDE_LOG, BESIDE_ID)) {
            for (int step = 0; step < 12; step++) {
                for (long coins = 0; coins < 400; coins++) {
                    MemoryDisk victim = new MemoryDisk(new Random(coins));
                    StoredLog node = new StoredLog(victim);
                    node.open();
                    node.append("a");
                    Belonging before = node.storage().belonging();
                    node.kill();
                    victim.flipBit(rotten, 20, 3);
                    victim.latency(STEP);
                    node.openFor(STEP.multipliedBy(step));
                    node.kill();
                    victim.powerLoss();

                    node.open();
                    assertThat(node.storage().belonging()).isEqualTo(before);
                }
            }
        }
    }

    /** R32: what the version before stored is read, and its log counts from now on. */
    @Test
    void theFormatBefore_isRead() {
        log.open();
        log.append("a", "b");
        log.kill();
        ByteWriter former = new ByteWriter(128)
                .putLong(0x4d55535445524245L)
                .putInt(1)
                .putByte(1)
                .putClusterId(CLUSTER)
                .putByte(0)
                .putNodeId(new NodeId(0, 0))
                .putLong(0)
                .putByte(1)
                .putNodeId(new NodeId(5, 5))
                .putByte(0)
                .putByte(1);
        CRC32C crc = new CRC32C();
        crc.update(former.toBytes());
        disk.put(BESIDE_LOG, former.putInt((int) crc.getValue()).toBytes());
        disk.remove(BESIDE_ID);

        log.open();
        assertThat(log.storage().belonging())
                .isEqualTo(Belonging.NOWHERE
                        .in(CLUSTER)
                        .setAside(new NodeId(5, 5))
                        .amongOthers(true)
                        .withLogOf(NODE));
        log.kill();
        disk.files().stream().filter(file -> file.startsWith("raft/")).forEach(disk::remove);
        assertThatThrownBy(log::open).isInstanceOf(DataSetAsideException.class);
    }

    /** A node that leaves a cluster in which it counted never comes back under its id, however that is interrupted. */
    @Test
    void givingUp_endsTheId_alsoWhenItIsInterrupted() {
        for (int micros = 0; micros < 1_000; micros += 20) {
            MemoryDisk victim = new MemoryDisk();
            victim.latency(STEP);
            victim.put("node.id", new byte[] {1});
            StoredLog node = new StoredLog(victim);
            node.open();
            node.append("a", "b");
            node.storage().stop();
            byte[] before = victim.syncedBytes(BESIDE_LOG);
            node.storage().giveUpFor(CLUSTER);
            node.clock().advance(Duration.ofNanos(micros * 1_000L));
            boolean begun = !Arrays.equals(before, victim.syncedBytes(BESIDE_LOG));
            node.kill();
            if (!begun) {
                continue;
            }

            assertThatThrownBy(node::open).isInstanceOf(DataGivenUpException.class);
            assertThatThrownBy(node::open).isInstanceOf(DataGivenUpException.class);
            assertThat(victim.files()).doesNotContain("node.id").noneMatch(file -> file.endsWith(".seg"));
            StoredLog next = new StoredLog(victim, SmallDirectory.ofBytes(2 << 20), new NodeId(9, 9), Checksum.CRC32C);
            assertThat(next.open().log().lastIndex()).isZero();
            assertThat(next.storage().belonging().clusterId()).contains(CLUSTER);
        }
    }
}
