package io.muster.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.ConsistencyException.NotReady;
import io.muster.consistency.Mode;
import io.muster.member.port.Disk;
import io.muster.member.port.DiskException;
import io.muster.raft.DamagedDataException;
import io.muster.raft.EngineFailure;
import io.muster.raft.RaftMetrics;
import io.muster.raft.RaftStatus;
import io.muster.raft.SmallDirectory;
import io.muster.raft.storage.RaftStorage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Full disks, full directories, and disks that fail at any call. */
class LimitsTest {

    private static final long BOUND = 4 << 20;

    private final StandaloneNode node = new StandaloneNode();

    private long used() {
        return node.disk().files().stream()
                .mapToLong(file -> node.disk().bytes(file).length)
                .sum();
    }

    /** X20: several times the bound is written, and the directory stays under it at every step. */
    @Test
    void directory_staysUnderItsBound_howeverMuchIsWritten() {
        long bound = 8 << 20;
        node.config(SmallDirectory.ofBytes(bound).withSnapshotEveryEntries(100_000));
        node.start();
        String value = "v".repeat(2_000);
        long most = 0;
        for (int i = 0; i < 400; i++) {
            List<CompletableFuture<?>> writes = new ArrayList<>();
            for (int j = 0; j < 60; j++) {
                writes.add(node.putting("k" + (i * 60 + j) % 200, value + (i * 60 + j)));
            }
            node.await(CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new)));
            if (i % 5 == 0) {
                most = Math.max(most, used());
            }
        }

        assertThat(most).isLessThanOrEqualTo(bound);
        node.clock().advance(Duration.ofSeconds(1));
        node.put("last", "1");
        assertThat(node.engine().status().bytesOnDisk()).isEqualTo(used());
        assertThat(node.engine().status().snapshotIndex())
                .as("snapshots were taken early")
                .isPositive();
        node.killAndRestart();
        assertThat(node.get("k199")).contains(value + 23_999);
        assertThat(node.engine().group(Mode.PERSISTENT, "group")).hasSize(201);
    }

    /** One snapshot a so many entries, however many are written while it is being saved. */
    @Test
    void snapshots_areTakenAsOftenAsConfigured() {
        List<Long> saved = new ArrayList<>();
        node.config(SmallDirectory.ofBytes(8 << 20).withSnapshotEveryEntries(1_000))
                .metrics(new RaftMetrics() {
                    @Override
                    public void snapshotSaved(long index, long bytes, long nanos) {
                        saved.add(index);
                    }
                });
        node.start();
        node.disk().latency(Duration.ofMillis(1));
        for (int i = 0; i < 500; i++) {
            List<CompletableFuture<?>> writes = new ArrayList<>();
            for (int j = 0; j < 10; j++) {
                writes.add(node.putting("k" + j, "v" + i));
            }
            node.await(CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new)));
        }

        assertThat(saved).hasSizeBetween(4, 5);
    }

    /** X20: what would not fit is refused and says why; what shrinks the state is taken, and then there is room again. */
    @Test
    void stateThatDoesNotFit_isRefused_andRemovalsMakeRoom() {
        node.config(SmallDirectory.ofBytes(BOUND));
        node.start();
        String value = "v".repeat(10_000);
        int stored = 0;
        Throwable refusal = null;
        while (refusal == null && stored < 1_000) {
            CompletableFuture<?> write = node.putting("k" + stored, value);
            node.clock().runUntil(write::isDone, Duration.ofSeconds(10));
            if (write.isCompletedExceptionally()) {
                refusal = node.awaitFailure(write);
            } else {
                stored++;
            }
        }

        assertThat(refusal).isInstanceOf(NotReady.class).hasMessageContaining("server.data-dir-max-bytes");
        assertThat(stored).isBetween(100, 250);
        assertThat(used()).isLessThanOrEqualTo(BOUND);
        node.remove("k0");
        node.put("k0", value);
        node.killAndRestart();
        assertThat(node.engine().group(Mode.PERSISTENT, "group")).hasSize(stored);
    }

    /** Design §4: writes are refused with a clear error, reads go on, and service resumes by itself when there is room. */
    @Test
    void fullDisk_refusesWrites_andResumesByItself() {
        node.start();
        node.put("before", "1");
        node.disk().quota(used());
        Throwable refusal = null;
        int stored = 0;
        while (refusal == null && stored < 1_000) {
            CompletableFuture<?> write = node.putting("k" + stored, "v".repeat(5_000));
            node.clock().runUntil(write::isDone, Duration.ofSeconds(10));
            if (write.isCompletedExceptionally()) {
                refusal = node.awaitFailure(write);
            } else {
                stored++;
            }
        }

        assertThat(refusal).isInstanceOf(NotReady.class).hasMessageContaining("the disk is full");
        assertThat(node.get("before")).contains("1");
        assertThat(node.engine().status().reason()).contains("the disk is full");
        assertThat(node.engine().readiness(Mode.PERSISTENT).ready())
                .as("reads are served")
                .isTrue();
        assertThat(node.failures()).isEmpty();

        node.disk().heal();
        node.clock().advance(Duration.ofSeconds(2));
        node.put("after", "2");
        assertThat(node.engine().status().reason()).isEqualTo("serves");
        node.killAndRestart();
        assertThat(node.engine().group(Mode.PERSISTENT, "group")).hasSize(stored + 2);
    }

    /** Design §4: the reserved room lets a node on a full disk start, elect itself and serve reads. */
    @Test
    void fullDisk_doesNotKeepANodeFromStarting() {
        node.start();
        node.disk().quota(used());
        boolean full = false;
        for (int i = 0; i < 1_000 && !full; i++) {
            CompletableFuture<?> write = node.putting("k" + i, "v".repeat(5_000));
            node.clock().runUntil(write::isDone, Duration.ofSeconds(10));
            full = write.isCompletedExceptionally();
        }
        assertThat(full).isTrue();

        node.killAndRestart();
        assertThat(node.await(node.engine().getLinearizable(StandaloneNode.key("k0"))))
                .isPresent();
        assertThat(node.awaitFailure(node.putting("more", "v".repeat(20_000)))).isInstanceOf(NotReady.class);
    }

    /** A snapshot that meets a full disk is given up, and the node goes on. */
    @Test
    void fullDisk_givesUpASnapshot_andAnOperatorIsTold() {
        node.start();
        node.put("a", "v".repeat(10_000));
        node.disk().quota(used() + 1_000);

        Throwable error = node.awaitFailure(node.engine().snapshot());

        assertThat(error).isInstanceOf(NotReady.class).hasMessageContaining("no room for the snapshot");
        node.put("b", "1");
        node.disk().heal();
        node.await(node.engine().snapshot());
        assertThat(node.engine().status().snapshotIndex()).isPositive();
    }

    /** Every failing call: whichever operation fails, the node stops or refuses to start, and nothing acknowledged is lost. */
    @Test
    void everyFailingCall_losesNothingAcknowledged() {
        int operations = countOperations();
        assertThat(operations).isGreaterThan(60);
        for (int failing = 1; failing <= operations; failing++) {
            StandaloneNode victim = new StandaloneNode();
            Map<String, String> acknowledged = new TreeMap<>();
            FailingOnce disk = new FailingOnce(failing, DiskException.Kind.FAILED);
            scenario(victim, disk, acknowledged);

            boolean stopped =
                    victim.failures().stream().anyMatch(failure -> failure.kind() == EngineFailure.Kind.STORAGE_FAILED);
            boolean refused = victim.engine().status().state() == RaftStatus.State.FAILED;
            assertThat(stopped || refused)
                    .as("operation %d (%s)", failing, disk.failed)
                    .isTrue();
            victim.diskBug(UnaryOperator.identity());
            victim.killAndRestart();
            int at = failing;
            acknowledged.forEach((id, value) -> assertThat(victim.get(id))
                    .as("operation %d (%s)", at, disk.failed)
                    .contains(value));
        }
    }

    /** Every call that meets a full disk for a moment: the node goes on by itself, at most a snapshot later. */
    @Test
    void everyCallThatFindsNoRoomOnce_isGotOver() {
        int operations = countOperations();
        for (int failing = 1; failing <= operations; failing++) {
            StandaloneNode victim = new StandaloneNode();
            Map<String, String> acknowledged = new TreeMap<>();
            FailingOnce disk = new FailingOnce(failing, DiskException.Kind.FULL);
            scenario(victim, disk, acknowledged);
            if (!disk.failed.startsWith("write") && !disk.failed.startsWith("allocate")) {
                continue; // Only these can meet a full disk.
            }
            victim.clock().advance(Duration.ofSeconds(3));

            assertThat(victim.failures())
                    .as("operation %d (%s)", failing, disk.failed)
                    .isEmpty();
            victim.put("after", "wards");
            acknowledged.put("after", "wards");
            victim.diskBug(UnaryOperator.identity());
            victim.killAndRestart();
            acknowledged.forEach((id, value) -> assertThat(victim.get(id)).contains(value));
        }
    }

    private int countOperations() {
        FailingOnce disk = new FailingOnce(Integer.MAX_VALUE, DiskException.Kind.FAILED);
        scenario(new StandaloneNode(), disk, new TreeMap<>());
        return disk.count;
    }

    /** A start, writes over several segments, and two snapshots. */
    private static void scenario(StandaloneNode victim, FailingOnce disk, Map<String, String> acknowledged) {
        victim.config(SmallDirectory.ofBytes(2 << 20)).diskBug(disk::around);
        RaftEngine<String> engine = victim.create();
        CompletableFuture<?> start = engine.start().toCompletableFuture();
        victim.clock().runUntil(start::isDone, Duration.ofSeconds(10));
        for (int i = 0; i < 12; i++) {
            String id = "k" + i;
            String value = "v".repeat(9_000) + i;
            CompletableFuture<?> write = victim.putting(id, value);
            victim.clock().runUntil(write::isDone, Duration.ofSeconds(10));
            if (!write.isCompletedExceptionally()) {
                acknowledged.put(id, value);
            }
            if (i == 3 || i == 9) {
                CompletableFuture<Void> snapshot = engine.snapshot().toCompletableFuture();
                victim.clock().runUntil(snapshot::isDone, Duration.ofSeconds(30));
            }
        }
        victim.clock().runUntilIdle();
    }

    /** Lets one operation fail, by its number; the disk carries it out in part at most. */
    private static final class FailingOnce {
        private final int failing;
        private final DiskException.Kind kind;
        private int count;
        private String failed = "";

        FailingOnce(int failing, DiskException.Kind kind) {
            this.failing = failing;
            this.kind = kind;
        }

        private boolean fails(String operation) {
            count++;
            if (count == failing) {
                failed = operation;
            }
            return count == failing;
        }

        Disk around(Disk disk) {
            return new ForwardingDisk(disk) {
                private <T> void fail(String operation, String file, Completion<T> completion) {
                    DiskException error = new DiskException(kind, operation, file, "planted");
                    disk.size("nothing", Completion.of(size -> completion.failed(error), completion::failed));
                }

                @Override
                public void list(String directory, Completion<List<String>> completion) {
                    if (fails("list " + directory)) {
                        fail("list", directory, completion);
                    } else {
                        super.list(directory, completion);
                    }
                }

                @Override
                public void allocate(String file, long length, Completion<Void> completion) {
                    if (fails("allocate " + file)) {
                        fail("allocate", file, completion);
                    } else {
                        super.allocate(file, length, completion);
                    }
                }

                @Override
                public void write(String file, long offset, byte[] bytes, Completion<Void> completion) {
                    if (fails("write " + file)) {
                        fail("write", file, completion);
                    } else {
                        super.write(file, offset, bytes, completion);
                    }
                }

                @Override
                public void sync(String file, Completion<Void> completion) {
                    if (fails("sync " + file)) {
                        fail("sync", file, completion);
                    } else {
                        super.sync(file, completion);
                    }
                }

                @Override
                public void rename(String from, String to, Completion<Void> completion) {
                    if (fails("rename " + from)) {
                        fail("rename", from, completion);
                    } else {
                        super.rename(from, to, completion);
                    }
                }

                @Override
                public void delete(String file, Completion<Void> completion) {
                    if (fails("delete " + file)) {
                        fail("delete", file, completion);
                    } else {
                        super.delete(file, completion);
                    }
                }

                @Override
                public void syncDirectory(String directory, Completion<Void> completion) {
                    if (fails("syncDirectory " + directory)) {
                        fail("syncDirectory", directory, completion);
                    } else {
                        super.syncDirectory(directory, completion);
                    }
                }
            };
        }
    }

    /** Issue 2, "Must be seen": a flipped bit before the synced end is refused with file and offset. */
    @Test
    void damagedLog_isRefusedAtTheStart_withFileAndOffset() {
        node.start();
        node.put("a", "1");
        node.clock().runUntilIdle();
        node.kill();
        node.disk().flipBit("raft/log-0000000000000001.seg", 4_200, 1);

        RaftEngine<String> engine = node.create();
        Throwable error = node.awaitFailure(engine.start());

        assertThat(error).isInstanceOfSatisfying(DamagedDataException.class, damage -> {
            assertThat(damage.file()).isEqualTo("raft/log-0000000000000001.seg");
            assertThat(damage.offset()).isLessThanOrEqualTo(4_200);
        });
        assertThat(engine.status().state()).isEqualTo(RaftStatus.State.FAILED);
        assertThat(node.awaitFailure(node.putting("b", "2"))).isInstanceOf(NotReady.class);
        assertThat(EngineFailure.Kind.DAMAGED.exitCode()).isEqualTo(75);
    }

    @Test
    void largestCommand_fitsIntoABatch() {
        node.start();
        int most = SmallDirectory.ofBytes(BOUND).commandBytesMax();
        assertThat(RaftStorage.entryBytes(most)).isLessThan(most + 1024);

        node.put("large", "v".repeat(most - 200));

        assertThat(node.get("large")).get().asString().hasSize(most - 200);
    }
}
