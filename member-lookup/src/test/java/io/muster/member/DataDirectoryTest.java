package io.muster.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataDirectoryTest {

    /** A JVM starts within this even where many builds share the machine. */
    private static final long PROCESS_BOUND_SECONDS = 60;

    @TempDir
    private Path temp;

    private Process holder;

    @AfterEach
    void endHolder() throws InterruptedException {
        if (holder != null) {
            holder.destroyForcibly().waitFor(PROCESS_BOUND_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Test
    void firstOpening_createsTheDirectory_andDrawsANodeId() throws Exception {
        try (DataDirectory directory = open(temp.resolve("a/b"))) {
            assertThat(directory.fresh()).isTrue();
            assertThat(directory.path()).isEqualTo(temp.resolve("a/b").toAbsolutePath());
            assertThat(Files.readString(temp.resolve("a/b/node.id")))
                    .matches("node " + directory.identity().nodeId() + "\ncrc32c [0-9a-f]{8}\n");
        }
    }

    @Test
    void laterOpening_keepsTheNodeId_andDrawsARunId() throws Exception {
        NodeIdentity first = identityOf(temp);
        try (DataDirectory again = open(temp)) {
            assertThat(again.fresh()).isFalse();
            assertThat(again.identity().nodeId()).isEqualTo(first.nodeId());
            assertThat(again.identity().runId()).isNotEqualTo(first.runId());
        }
    }

    /** Design §4, "Identity": half a backup, or a directory that was emptied but for the id. */
    @Test
    void idWithoutAnythingItRemembers_ends() throws Exception {
        NodeIdentity first = identityOf(temp);
        try (DataDirectory again = DataDirectory.open(temp, new SecureRandom(), List.of("raft", "raft-belonging"))) {
            assertThat(again.fresh()).isTrue();
            assertThat(again.former()).contains(first.nodeId());
            assertThat(again.identity().nodeId()).isNotEqualTo(first.nodeId());
        }
        assertThat(identityOf(temp).nodeId()).isNotEqualTo(first.nodeId());
    }

    @Test
    void idWithPartOfWhatItRemembers_goesOn_forTheEngineToJudge() throws Exception {
        NodeIdentity first = identityOf(temp);
        Files.createFile(temp.resolve("raft-belonging"));
        try (DataDirectory again = DataDirectory.open(temp, new SecureRandom(), List.of("raft", "raft-belonging"))) {
            assertThat(again.former()).isEmpty();
            assertThat(again.identity().nodeId()).isEqualTo(first.nodeId());
        }
    }

    @Test
    void emptiedDirectory_isANewNode() throws Exception {
        NodeIdentity first = identityOf(temp);
        Files.delete(temp.resolve("node.id"));

        assertThat(identityOf(temp).nodeId()).isNotEqualTo(first.nodeId());
    }

    @Test
    void crashBeforeTheIdHadItsName_leavesNothingInTheWay() throws Exception {
        Files.writeString(temp.resolve("node.id.new"), "node 12");

        NodeId drawn = identityOf(temp).nodeId();

        assertThat(identityOf(temp).nodeId()).isEqualTo(drawn);
    }

    @Test
    void secondOpening_inTheSameProcess_isRefused_andNamesDirectoryAndProcess() throws Exception {
        try (DataDirectory held = open(temp)) {
            assertThatExceptionOfType(DataDirectoryException.Locked.class)
                    .isThrownBy(() -> open(temp))
                    .withMessageContaining(held.path().toString())
                    .withMessageContaining("this process")
                    .withMessageContaining(Long.toString(ProcessHandle.current().pid()));
        }
        open(temp).close();
    }

    /** A POSIX lock ends when its process closes any descriptor of the file: the refused opening must not do that. */
    @Test
    void secondOpening_inTheSameProcess_leavesTheLockInForce() throws Exception {
        try (DataDirectory held = open(temp)) {
            assertThatExceptionOfType(DataDirectoryException.Locked.class).isThrownBy(() -> open(temp));

            assertThat(startHolder()).startsWith("Locked").contains(held.path().toString());
        }
    }

    @Test
    void openingByASecondProcess_isRefused_untilTheFirstHasEnded_evenByKill() throws Exception {
        String opened = startHolder();

        assertThat(opened).startsWith("open ");
        assertThatExceptionOfType(DataDirectoryException.Locked.class)
                .isThrownBy(() -> open(temp))
                .withMessageContaining(temp.toString())
                .withMessageContaining("process " + holder.pid());

        holder.destroyForcibly().waitFor(PROCESS_BOUND_SECONDS, TimeUnit.SECONDS);
        assertThat(identityOf(temp).nodeId()).hasToString(opened.substring("open ".length()));
    }

    /** After kill -9 in a container the next process often has the same id. */
    @Test
    void ownerFileOfADeadProcessWithOurId_isNotTakenForUs() throws Exception {
        long pid = ProcessHandle.current().pid();
        Files.writeString(temp.resolve("lock.owner"), "process " + pid + ", started at 2020-01-01T00:00:00Z");

        open(temp).close();
    }

    @Test
    void ownerFileThatCantBeWritten_doesNotKeepTheNodeFromStarting() throws Exception {
        Files.createDirectory(temp.resolve("lock.owner"));

        open(temp).close();
    }

    @Test
    void close_isIdempotent() throws Exception {
        DataDirectory directory = open(temp);
        directory.close();
        directory.close();

        open(temp).close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "node 0123456789abcdef0123456789abcdef",
                "node 0123456789abcdef0123456789abcdef\n",
                "node 0123456789abcdef0123456789abcdef\ncrc32c 00000000\n",
                "id 0123456789abcdef0123456789abcdef\ncrc32c 00000000\n"
            })
    void damagedNodeId_isRefused_andLeftAsItIs(String stored) throws Exception {
        Files.writeString(temp.resolve("node.id"), stored);

        assertThatExceptionOfType(DataDirectoryException.Damaged.class)
                .isThrownBy(() -> open(temp))
                .withMessageContaining(temp.resolve("node.id").toString());
        assertThat(temp.resolve("node.id")).hasContent(stored);
    }

    @Test
    void nodeIdFile_anyFlippedBit_andAnyCut_isRefused() throws Exception {
        identityOf(temp);
        Path file = temp.resolve("node.id");
        byte[] good = Files.readAllBytes(file);
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] flipped = good.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, flipped);
            assertThatExceptionOfType(DataDirectoryException.Damaged.class)
                    .as("bit %d", bit)
                    .isThrownBy(() -> open(temp));
        }
        for (int length = 0; length < good.length; length++) {
            Files.write(file, Arrays.copyOf(good, length));
            assertThatExceptionOfType(DataDirectoryException.Damaged.class)
                    .as("cut to %d", length)
                    .isThrownBy(() -> open(temp));
        }
        Files.write(file, good);
        open(temp).close();
    }

    @Test
    void refusedOpening_leavesTheDirectoryUnlocked() throws Exception {
        Files.writeString(temp.resolve("node.id"), "");
        assertThatExceptionOfType(DataDirectoryException.Damaged.class).isThrownBy(() -> open(temp));
        Files.delete(temp.resolve("node.id"));

        open(temp).close();
    }

    @Test
    void pathThatIsAFile_isUnusable() throws IOException {
        Path file = Files.createFile(temp.resolve("file"));

        for (Path path : new Path[] {file, file.resolve("below")}) {
            assertThatExceptionOfType(DataDirectoryException.Unusable.class)
                    .isThrownBy(() -> open(path))
                    .withMessageContaining(path.toString());
        }
    }

    @Test
    void directoryWithoutPermission_isUnusable() throws IOException {
        Path readOnly = Files.createDirectory(temp.resolve("read-only"));
        Files.setPosixFilePermissions(readOnly, PosixFilePermissions.fromString("r-xr-xr-x"));
        Assumptions.assumeFalse(Files.isWritable(readOnly), "the superuser may write anywhere");

        assertThatExceptionOfType(DataDirectoryException.Unusable.class)
                .isThrownBy(() -> open(readOnly))
                .withMessageContaining("no permission");
    }

    private static DataDirectory open(Path path) throws DataDirectoryException {
        return DataDirectory.open(path, new SecureRandom(), List.of(DataDirectory.NODE_ID_FILE));
    }

    private static NodeIdentity identityOf(Path path) throws DataDirectoryException, IOException {
        try (DataDirectory directory = open(path)) {
            return directory.identity();
        }
    }

    /** Starts another process on the directory; its first line. */
    private String startHolder() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = System.getProperty("java.class.path");
        holder = new ProcessBuilder(java, "-cp", classPath, DataDirectoryHolder.class.getName(), temp.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = holder.inputReader();
        return output.readLine();
    }
}
