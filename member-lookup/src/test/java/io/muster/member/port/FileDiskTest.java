package io.muster.member.port;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What {@link FileDisk} does beyond the contract of the port, which the simulator's tests hold it to. */
class FileDiskTest {

    /** A device that refuses every write with ENOSPC. */
    private static final Path FULL_DEVICE = Path.of("/dev/full");

    @TempDir
    private Path root;

    private final TurnTime time = new TurnTime();
    private FileDisk disk;

    @BeforeEach
    void open() throws IOException {
        disk = FileDisk.open(root, time, "test-disk");
    }

    @AfterEach
    void close() {
        disk.close();
    }

    @Test
    void bytes_areInTheFile() throws IOException {
        change(done -> disk.write("log/1", 0, "hello".getBytes(US_ASCII), done));

        assertThat(root.resolve("log/1")).hasContent("hello");
        assertThat(disk.bytesWritten()).isEqualTo(5);
    }

    @Test
    void bytes_areThereAfterReopening() throws IOException {
        change(done -> disk.write("log/1", 0, "hello".getBytes(US_ASCII), done));
        disk.close();
        disk = FileDisk.open(root, time, "test-disk");

        byte[] read = this.<byte[]>run(done -> disk.read("log/1", 0, 5, done)).join();

        assertThat(read).isEqualTo("hello".getBytes(US_ASCII));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void write_toAFullDisk_saysSo_andSucceedsWhenThereIsRoom() throws IOException {
        Files.createSymbolicLink(root.resolve("log"), FULL_DEVICE);

        DiskException error = failureOf(done -> disk.write("log", 0, new byte[10], done));

        assertThat(error.kind()).isEqualTo(DiskException.Kind.FULL);
        assertThat(error).hasMessage("write of log: No space left on device").hasCauseInstanceOf(IOException.class);

        change(done -> disk.delete("log", done));
        change(done -> disk.write("log", 0, new byte[10], done));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void allocate_onAFullDisk_saysSo() throws IOException {
        Files.createSymbolicLink(root.resolve("segment"), FULL_DEVICE);

        DiskException error = failureOf(done -> disk.allocate("segment", 10_000, done));

        assertThat(error.kind()).isEqualTo(DiskException.Kind.FULL);
    }

    @Test
    void allocate_ofMoreThanTheDeviceHas_isRefusedBeforehand() throws IOException {
        change(done -> disk.write("segment", 0, "kept".getBytes(US_ASCII), done));

        DiskException error = failureOf(done -> disk.allocate("segment", Long.MAX_VALUE, done));

        assertThat(error.kind()).isEqualTo(DiskException.Kind.FULL);
        assertThat(root.resolve("segment")).hasContent("kept");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void sync_thatFails_saysSo() throws IOException {
        Files.createSymbolicLink(root.resolve("log"), FULL_DEVICE);

        DiskException error = failureOf(done -> disk.sync("log", done));

        assertThat(error.kind()).isEqualTo(DiskException.Kind.FAILED);
        assertThat(error).hasMessage("sync of log: Invalid argument");
    }

    @Test
    void write_toADirectory_fails_inTheSystemsWords() throws IOException {
        Files.createDirectory(root.resolve("log"));

        DiskException error = failureOf(done -> disk.write("log", 0, new byte[1], done));

        assertThat(error.kind()).isEqualTo(DiskException.Kind.FAILED);
        assertThat(error).hasMessageContaining("write of log").hasMessageContaining("directory");
    }

    @Test
    void read_ofAnAbsentFile_namesItWithoutTheRoot() {
        DiskException error = failure(this.<byte[]>run(done -> disk.read("log/1", 0, 1, done)));

        assertThat(error).hasMessage("read of log/1: no such file or directory");
    }

    @Test
    void moreFilesThanStayOpen() throws IOException {
        int files = OpenFiles.OPEN_FILES_MAX * 3;
        for (int i = 0; i < files; i++) {
            String name = "file" + i;
            change(done -> disk.write(name, 0, name.getBytes(US_ASCII), done));
        }
        for (int i = 0; i < files; i++) {
            String name = "file" + i;
            change(done -> disk.write(name, name.length(), "!".getBytes(US_ASCII), done));
            change(done -> disk.sync(name, done));
            assertThat(root.resolve(name)).hasContent(name + "!");
        }
        assertThat(disk.syncs()).isEqualTo(files);
    }

    @Test
    void writesAndTheirSync_costFewTurns() {
        List<String> ended = new ArrayList<>();
        for (int batch = 0; batch < 50; batch++) {
            disk.write("log", batch * 100L, new byte[100], note(ended));
            disk.sync("log", note(ended));
        }

        time.runTurnsUntil(() -> ended.size() == 100);

        assertThat(ended).containsOnly("done");
        assertThat(time.turns()).isLessThanOrEqualTo(51);
    }

    @Test
    void close_carriesOutWhatWaits_andRefusesMore() {
        List<String> ended = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            disk.write("log", i, "x".getBytes(US_ASCII), note(ended));
        }

        disk.close();
        disk.close();
        disk.write("log", 100, new byte[1], note(ended));

        time.runTurnsUntil(() -> ended.size() == 101);
        assertThat(ended.subList(0, 100)).containsOnly("done");
        assertThat(ended.get(100)).contains("the disk is closed");
        assertThat(root.resolve("log")).hasContent("x".repeat(100));
    }

    @Test
    void open_whereAFileIs_isRefused() throws IOException {
        Path file = Files.createFile(root.resolve("file"));

        assertThatIOException().isThrownBy(() -> FileDisk.open(file.resolve("below"), time, "test-disk"));
    }

    private void change(Consumer<Disk.Completion<Void>> operation) {
        run(operation).join();
    }

    private DiskException failureOf(Consumer<Disk.Completion<Void>> operation) {
        return failure(run(operation));
    }

    private static DiskException failure(CompletableFuture<?> ending) {
        assertThat(ending).isCompletedExceptionally();
        return (DiskException) ending.handle((result, error) -> error).join();
    }

    private <T> CompletableFuture<T> run(Consumer<Disk.Completion<T>> operation) {
        CompletableFuture<T> ending = new CompletableFuture<>();
        operation.accept(Disk.Completion.of(ending::complete, ending::completeExceptionally));
        time.runTurnsUntil(ending::isDone);
        return ending;
    }

    private static Disk.Completion<Void> note(List<String> ended) {
        return Disk.Completion.of(done -> ended.add("done"), error -> ended.add(error.getMessage()));
    }
}
