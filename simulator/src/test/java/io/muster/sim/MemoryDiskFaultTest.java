package io.muster.sim;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.muster.member.port.Disk;
import io.muster.member.port.DiskException;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The faults that a test can ask of the disk, and what it can see. */
class MemoryDiskFaultTest {

    private final VirtualTime time = new VirtualTime(0);
    private final MemoryDisk disk = new MemoryDisk();
    private final Disk port = disk.open(time);

    @Test
    void quota_storesWhatFits_andFails() {
        disk.quota(6);
        assertThat(write("a", "1234")).isEqualTo("done");

        assertThat(write("b", "1234")).isEqualTo("FULL");

        assertThat(disk.bytes("b")).hasSize(2);
    }

    @Test
    void quota_allowsOverwriting_andWhatIsFreed() {
        disk.quota(4);
        assertThat(write("a", "1234")).isEqualTo("done");
        assertThat(write("a", "5678")).isEqualTo("done");
        assertThat(write("b", "1")).isEqualTo("FULL");

        port.delete("a", new Answer<>());

        assertThat(write("b", "1")).isEqualTo("done");
    }

    @Test
    void quota_refusesToAllocate_andTakesNothing() {
        disk.quota(1_000);
        Answer<Void> answer = new Answer<>();
        port.allocate("segment", 1_001, answer);
        time.runUntilIdle();

        assertThat(answer.error().kind()).isEqualTo(DiskException.Kind.FULL);
        assertThat(answer.error()).hasMessageContaining("allocate of segment");
        assertThat(write("other", "x".repeat(1_000))).isEqualTo("done");
    }

    @Test
    void failWrite_writesAPartAtMost_untilHealed() {
        Set<Integer> written = new TreeSet<>();
        disk.failWrite(file -> file.startsWith("log"));
        for (int i = 0; i < 100; i++) {
            assertThat(write("log/" + i, "abc")).isEqualTo("FAILED");
            written.add(disk.bytes("log/" + i).length);
        }
        assertThat(write("other", "abc")).isEqualTo("done");
        assertThat(written).containsExactly(0, 1, 2, 3);

        disk.heal();

        assertThat(write("log/0", "abc")).isEqualTo("done");
    }

    /** After a failed sync the kernel takes the pages for clean: the next sync succeeds and the bytes are not on disk. */
    @Test
    void failSync_thenASyncThatSucceeds_hasLostTheBytes() {
        Set<String> readBack = new TreeSet<>();
        for (int coin = 0; coin < 50; coin++) {
            MemoryDisk lying = new MemoryDisk(new SeededRng(coin).stream("disk"));
            Disk lyingPort = lying.open(time);
            change(done -> lyingPort.write("log", 0, "old".getBytes(US_ASCII), done));
            change(done -> lyingPort.sync("log", done));
            change(done -> lyingPort.write("log", 0, "new".getBytes(US_ASCII), done));
            lying.failSync(file -> true);
            assertThat(this.<Void>answer(done -> lyingPort.sync("log", done))).isEqualTo("FAILED");
            lying.heal();
            change(done -> lyingPort.sync("log", done));
            change(done -> lyingPort.syncDirectory("", done));
            readBack.add(new String(lying.bytes("log"), US_ASCII));

            lying.powerLoss();

            assertThat(lying.bytes("log")).isEqualTo("old".getBytes(US_ASCII));
        }
        assertThat(readBack).containsExactly("new", "old");
    }

    @Test
    void stall_completesNothing_untilItEnds() {
        Answer<Void> first = new Answer<>();
        Answer<Void> second = new Answer<>();
        disk.stall();
        port.write("a", 0, new byte[1], first);
        port.write("b", 0, new byte[1], second);
        time.advance(Duration.ofSeconds(30));
        assertThat(first.ended()).isFalse();

        disk.unstall();
        time.runUntilIdle();

        assertThat(first.ended()).isTrue();
        assertThat(second.ended()).isTrue();
        assertThat(disk.files()).containsExactly("a", "b");
    }

    @Test
    void misdirectNextWrite_landsElsewhere_andReportsSuccess() {
        write("log", "x".repeat(20_000));
        disk.misdirectNextWrite(file -> file.equals("log"));

        Answer<Void> answer = new Answer<>();
        port.write("log", 9_728, "lost".getBytes(US_ASCII), answer);
        time.runUntilIdle();
        Answer<Void> next = new Answer<>();
        port.write("log", 0, "next".getBytes(US_ASCII), next);
        time.runUntilIdle();

        String content = new String(disk.bytes("log"), US_ASCII);
        assertThat(answer.ended()).isTrue();
        assertThat(content).startsWith("next").contains("lost").hasSize(20_000);
        assertThat(content.indexOf("lost")).isNotEqualTo(9_728);
        assertThat(content.indexOf("lost") % 512).isZero();
    }

    @Test
    void readStale_givesWhatWasThere_untilHealed() {
        write("log", "old");
        disk.readStale(file -> true);
        write("log", "newer");

        assertThat(read("log")).isEqualTo("old");
        disk.heal();
        assertThat(read("log")).isEqualTo("newer");
    }

    @Test
    void powerLossOfAllUnsynced_keepsWhatWasSynced_andNothingElse() {
        write("log", "old");
        change(done -> port.sync("log", done));
        change(done -> port.syncDirectory("", done));
        write("log", "newer");
        write("created", "x");
        change(done -> port.rename("log", "renamed", done));
        assertThat(disk.durableBytes("log")).hasValue("old".getBytes(US_ASCII));
        assertThat(disk.durableBytes("renamed")).isEmpty();

        disk.powerLossOfAllUnsynced();

        assertThat(disk.files()).containsExactly("log");
        assertThat(disk.bytes("log")).isEqualTo("old".getBytes(US_ASCII));
    }

    @Test
    void failSync_thenWrittenAgain_isSynced() {
        write("log", "new");
        disk.failSync(file -> true);
        assertThat(this.<Void>answer(done -> port.sync("log", done))).isEqualTo("FAILED");
        disk.heal();
        write("log", "new");
        change(done -> port.sync("log", done));

        assertThat(disk.syncedBytes("log")).isEqualTo("new".getBytes(US_ASCII));
    }

    @Test
    void fail_anyOperation() {
        write("log", "abc");
        disk.fail(DiskOperation.Kind.READ, "log"::equals);

        assertThat(this.<byte[]>answer(done -> port.read("log", 0, 1, done))).isEqualTo("FAILED");
        assertThat(this.<Long>answer(done -> port.size("log", done))).isEqualTo("3");
    }

    @Test
    void flipBit_changesWhatIsRead_andWhatIsSynced() {
        write("log", "abc");
        disk.flipBit("log", 1, 0);
        assertThat(disk.bytes("log")).isEqualTo("acc".getBytes(US_ASCII));
        change(done -> port.sync("log", done));

        disk.flipBit("log", 1, 0);

        assertThat(disk.syncedBytes("log")).isEqualTo("abc".getBytes(US_ASCII));
        assertThatIllegalArgumentException().isThrownBy(() -> disk.flipBit("log", 3, 0));
    }

    @Test
    void truncateTo_isDurable() {
        write("log", "abc");
        change(done -> port.sync("log", done));

        disk.truncateTo("log", 1);

        assertThat(disk.syncedBytes("log")).isEqualTo("a".getBytes(US_ASCII));
    }

    @Test
    void put_isDurable_andReplaces() {
        disk.put("log/1", "longer".getBytes(US_ASCII));
        disk.put("log/1", "short".getBytes(US_ASCII));
        disk.powerLoss();

        assertThat(disk.files()).containsExactly("log/1").isEqualTo(disk.syncedFiles());
        assertThat(disk.bytes("log/1")).isEqualTo("short".getBytes(US_ASCII));
    }

    @Test
    void copy_isIndependent() {
        write("log", "abc");
        MemoryDisk copy = disk.copy();
        copy.flipBit("log", 0, 0);

        assertThat(disk.bytes("log")).isEqualTo("abc".getBytes(US_ASCII));
        assertThat(copy.bytes("log")).isEqualTo("`bc".getBytes(US_ASCII));
        assertThat(copy.syncedFiles()).containsExactly("log");
    }

    @Test
    void trace_tellsTheOrder() {
        write("log/1", "abc");
        change(done -> port.sync("log/1", done));
        change(done -> port.rename("log/1", "log/2", done));
        change(done -> port.syncDirectory("log", done));

        assertThat(disk.trace())
                .extracting(DiskOperation::toString)
                .containsExactly("write log/1", "sync log/1", "rename log/1 -> log/2", "syncDirectory log");
        assertThat(disk.trace().get(0).length()).isEqualTo(3);
        disk.clearTrace();
        assertThat(disk.trace()).isEmpty();
    }

    @Test
    void latency_isSpentOneAfterAnother() {
        disk.latency(operation -> Duration.ofMillis(operation.kind() == DiskOperation.Kind.SYNC ? 5 : 1));
        Answer<Void> write = new Answer<>();
        Answer<Void> sync = new Answer<>();
        port.write("log", 0, new byte[1], write);
        port.sync("log", sync);

        time.advance(Duration.ofMillis(1));
        assertThat(write.ended()).isTrue();
        time.advance(Duration.ofMillis(5).minusNanos(1));
        assertThat(sync.ended()).isFalse();
        time.advance(Duration.ofNanos(1));
        assertThat(sync.ended()).isTrue();
    }

    @Test
    void latency_thatShrinks_letsNothingOvertake() {
        disk.latency(Duration.ofMillis(100));
        Answer<Void> slow = new Answer<>();
        port.write("log", 0, new byte[1], slow);
        disk.heal();
        Answer<byte[]> fast = new Answer<>();
        port.read("log", 0, 1, fast);

        time.advance(Duration.ofMillis(99));
        assertThat(fast.ended()).isFalse();
        time.advance(Duration.ofMillis(1));
        assertThat(fast.result()).hasSize(1);
    }

    private String write(String file, String text) {
        return this.<Void>answer(done -> port.write(file, 0, text.getBytes(US_ASCII), done));
    }

    private void change(Consumer<Disk.Completion<Void>> operation) {
        assertThat(answer(operation)).isEqualTo("done");
    }

    private <T> String answer(Consumer<Disk.Completion<T>> operation) {
        Answer<T> answer = new Answer<>();
        operation.accept(answer);
        time.runUntilIdle();
        return answer.summary();
    }

    private String read(String file) {
        Answer<byte[]> answer = new Answer<>();
        port.read(file, 0, 1_000, answer);
        time.runUntilIdle();
        return new String(answer.result(), US_ASCII);
    }
}
