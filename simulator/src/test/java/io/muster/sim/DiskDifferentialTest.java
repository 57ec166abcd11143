package io.muster.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.port.Disk;
import io.muster.member.port.FileDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Drawn scripts of operations answer the same on the disk in memory and on files. */
class DiskDifferentialTest {

    private static final int OPERATIONS = 400;
    private static final List<String> FILES = List.of("a", "b", "log/1", "log/2", "log/deep/3");
    private static final List<String> DIRECTORIES = List.of("", "log", "log/deep", "absent");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void sameScript_sameAnswers(long seed, @TempDir Path root) throws IOException {
        TurnTime realTime = new TurnTime();
        VirtualTime virtualTime = new VirtualTime(0);
        Disk inMemory = new MemoryDisk().open(virtualTime);
        Random random = new Random(seed);

        try (FileDisk onFiles = FileDisk.open(root, realTime, "test-disk")) {
            for (int i = 0; i < OPERATIONS; i++) {
                Step step = draw(random);
                Answer<Object> fromMemory = new Answer<>();
                step.operation.on(inMemory, fromMemory);
                virtualTime.runUntil(fromMemory::ended, Duration.ofSeconds(1));
                Answer<Object> fromFiles = new Answer<>();
                step.operation.on(onFiles, fromFiles);
                realTime.runUntil(fromFiles::ended);

                assertThat(fromMemory.summary()).as("step %d: %s", i, step.name).isEqualTo(fromFiles.summary());
            }
        }
    }

    private interface Operation {

        void on(Disk disk, Answer<Object> answer);
    }

    private record Step(String name, Operation operation) {}

    private static Step draw(Random random) {
        String file = FILES.get(random.nextInt(FILES.size()));
        String other = FILES.get(random.nextInt(FILES.size()));
        String directory = DIRECTORIES.get(random.nextInt(DIRECTORIES.size()));
        int offset = random.nextInt(2_000);
        byte[] bytes = new byte[random.nextInt(1_500)];
        random.nextBytes(bytes);
        return switch (random.nextInt(12)) {
            case 0 -> step("list " + directory, (disk, answer) -> disk.list(directory, into(answer)));
            case 1 -> step("size " + file, (disk, answer) -> disk.size(file, into(answer)));
            case 2 -> step("allocate " + file, (disk, answer) -> disk.allocate(file, offset, into(answer)));
            case 3 -> step("sync " + file, (disk, answer) -> disk.sync(file, into(answer)));
            case 4 -> step("truncate " + file, (disk, answer) -> disk.truncate(file, offset, into(answer)));
            case 5 -> step("rename " + file + " " + other, (disk, answer) -> disk.rename(file, other, into(answer)));
            case 6 -> step("delete " + file, (disk, answer) -> disk.delete(file, into(answer)));
            case 7 -> step("syncDirectory " + directory, (disk, answer) -> disk.syncDirectory(directory, into(answer)));
            case 8, 9 -> step("read " + file, (disk, answer) -> disk.read(file, offset, 1_000, into(answer)));
            default -> step("write " + file, (disk, answer) -> disk.write(file, offset, bytes, into(answer)));
        };
    }

    private static Step step(String name, Operation operation) {
        return new Step(name, operation);
    }

    private static <T> Disk.Completion<T> into(Answer<Object> answer) {
        Consumer<T> done = answer::done;
        return Disk.Completion.of(done, answer::failed);
    }
}
