package io.muster.sim;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.muster.member.port.Disk;
import io.muster.member.port.DiskException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link Disk} does, in memory and on files alike. */
abstract class DiskContract {

    abstract Disk disk();

    /** Runs the driver's turns until the condition holds, or fails. */
    abstract void runUntil(BooleanSupplier condition);

    @Test
    void write_isReadBack() {
        write("log", 0, "hello");

        assertThat(read("log", 0, 5)).isEqualTo("hello");
        assertThat(read("log", 1, 3)).isEqualTo("ell");
    }

    @Test
    void write_overlaps() {
        write("log", 0, "hello");
        write("log", 3, "p!!");

        assertThat(read("log", 0, 100)).isEqualTo("help!!");
    }

    @Test
    void write_beyondTheEnd_leavesZerosBetween() {
        write("log", 2, "x");

        assertThat(read("log", 0, 3)).isEqualTo("\0\0x");
    }

    @Test
    void write_ofNothing_createsTheFile() {
        write("log", 0, "");

        assertThat(size("log")).isZero();
    }

    @Test
    void write_largerThanOneTransfer() {
        byte[] bytes = new byte[3_000_000];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31);
        }
        change(done -> disk().write("big", 7, bytes, done));

        assertThat(this.<byte[]>ask(done -> disk().read("big", 7, bytes.length, done))
                        .result())
                .isEqualTo(bytes);
    }

    @Test
    void read_atTheEnd_isShort() {
        write("log", 0, "hello");

        assertThat(read("log", 3, 100)).isEqualTo("lo");
        assertThat(read("log", 5, 100)).isEmpty();
        assertThat(read("log", 500, 100)).isEmpty();
    }

    @Test
    void absentFile_hasNoSize() {
        assertThat(size("absent")).isEqualTo(-1);
        assertThat(size("absent/too")).isEqualTo(-1);
    }

    @Test
    void absentFile_canBeDeleted() {
        change(done -> disk().delete("absent", done));
    }

    @Test
    void absentFile_failsOtherwise_andIsNamed() {
        List<Consumer<Disk.Completion<Void>>> operations = List.of(
                done -> disk().sync("d/absent", done),
                done -> disk().truncate("d/absent", 0, done),
                done -> disk().rename("d/absent", "there", done),
                done -> disk().syncDirectory("d/absent", done));

        for (Consumer<Disk.Completion<Void>> operation : operations) {
            DiskException error = this.<Void>ask(operation).error();
            assertThat(error.kind()).isEqualTo(DiskException.Kind.FAILED);
            assertThat(error.file()).isEqualTo("d/absent");
        }
        assertThat(this.<byte[]>ask(done -> disk().read("absent", 0, 1, done))
                        .error()
                        .kind())
                .isEqualTo(DiskException.Kind.FAILED);
    }

    @Test
    void list_namesPlainFilesOfOneDirectory_sorted() {
        write("b", 0, "1");
        write("log/2", 0, "1");
        write("log/10", 0, "1");
        write("log/deep/3", 0, "1");
        write("a", 0, "1");

        assertThat(list("")).containsExactly("a", "b");
        assertThat(list("log")).containsExactly("10", "2");
        assertThat(list("log/deep")).containsExactly("3");
        assertThat(list("absent")).isEmpty();
    }

    @Test
    void allocate_fillsWithZeros_andKeepsWhatIsThere() {
        write("log", 0, "abc");
        change(done -> disk().allocate("log", 2_000_000, done));

        assertThat(size("log")).isEqualTo(2_000_000);
        assertThat(read("log", 0, 5)).isEqualTo("abc\0\0");
        assertThat(read("log", 1_999_999, 5)).isEqualTo("\0");
    }

    @Test
    void allocate_ofLess_changesNothing() {
        write("log", 0, "abc");
        change(done -> disk().allocate("log", 1, done));

        assertThat(read("log", 0, 5)).isEqualTo("abc");
    }

    @Test
    void allocate_createsDirectories() {
        change(done -> disk().allocate("a/b/c", 1, done));

        assertThat(list("a/b")).containsExactly("c");
    }

    @Test
    void truncate_cuts() {
        write("log", 0, "hello");
        change(done -> disk().truncate("log", 2, done));
        write("log", 4, "x");

        assertThat(read("log", 0, 100)).isEqualTo("he\0\0x");
    }

    @Test
    void truncate_toMore_changesNothing() {
        write("log", 0, "hello");
        change(done -> disk().truncate("log", 100, done));

        assertThat(size("log")).isEqualTo(5);
    }

    @Test
    void rename_replacesTheTarget() {
        write("snapshot.new", 0, "new");
        write("snapshot", 0, "older");
        change(done -> disk().rename("snapshot.new", "snapshot", done));

        assertThat(list("")).containsExactly("snapshot");
        assertThat(read("snapshot", 0, 100)).isEqualTo("new");
    }

    @Test
    void rename_leavesTheOldNameFree() {
        write("log", 0, "old");
        change(done -> disk().rename("log", "log.1", done));
        write("log", 0, "fresh");

        assertThat(read("log.1", 0, 100)).isEqualTo("old");
        assertThat(read("log", 0, 100)).isEqualTo("fresh");
    }

    @Test
    void rename_intoAnAbsentDirectory_fails() {
        write("log", 0, "x");

        assertThat(this.<Void>ask(done -> disk().rename("log", "absent/log", done))
                        .error()
                        .kind())
                .isEqualTo(DiskException.Kind.FAILED);
        assertThat(size("log")).isEqualTo(1);
    }

    @Test
    void delete_thenWrite_startsAnew() {
        write("log", 0, "hello");
        change(done -> disk().delete("log", done));
        assertThat(size("log")).isEqualTo(-1);
        write("log", 1, "x");

        assertThat(read("log", 0, 100)).isEqualTo("\0x");
    }

    @Test
    void sync_ofFileAndDirectory() {
        write("log/1", 0, "hello");

        change(done -> disk().sync("log/1", done));
        change(done -> disk().syncDirectory("log", done));
        change(done -> disk().syncDirectory("", done));
    }

    @Test
    void directory_isNoFile() {
        write("log/1", 0, "x");

        assertThat(this.<Void>ask(done -> disk().write("log", 0, new byte[1], done))
                        .error()
                        .kind())
                .isEqualTo(DiskException.Kind.FAILED);
    }

    @Test
    void completions_comeInOrder_failedOnesToo() {
        List<String> ended = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            String name = "file" + i;
            disk().write(name, 0, new byte[10], note(ended, "write " + i));
            disk().sync(i % 3 == 0 ? "absent" : name, note(ended, "sync " + i));
        }
        runUntil(() -> ended.size() == 200);

        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            expected.add("write " + i);
            expected.add("sync " + i + (i % 3 == 0 ? " failed" : ""));
        }
        assertThat(ended).isEqualTo(expected);
    }

    @Test
    void completion_isNeverInsideTheCall() {
        Answer<Void> answer = new Answer<>();
        disk().write("log", 0, new byte[1], answer);

        assertThat(answer.ended()).isFalse();
        runUntil(answer::ended);
    }

    @Test
    void operation_fromACompletion() {
        Answer<byte[]> answer = new Answer<>();
        disk().write(
                        "log",
                        0,
                        "x".getBytes(US_ASCII),
                        Disk.Completion.of(done -> disk().read("log", 0, 1, answer), error -> {}));
        runUntil(answer::ended);

        assertThat(answer.result()).containsExactly('x');
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/etc/passwd", "..", "../x", "a/../../x", "a/./b", "a//b", "a/", "a\\b", "a\0b"})
    void nameThatIsNoPathInsideTheTree_isRefused(String name) {
        Answer<Void> unused = new Answer<>();

        assertThatIllegalArgumentException().isThrownBy(() -> disk().write(name, 0, new byte[1], unused));
        assertThatIllegalArgumentException().isThrownBy(() -> disk().rename("a", name, unused));
        assertThatIllegalArgumentException().isThrownBy(() -> disk().delete(name, unused));
    }

    /** Starts the operation and lets the driver run until it has ended. */
    <T> Answer<T> ask(Consumer<Disk.Completion<T>> operation) {
        Answer<T> answer = new Answer<>();
        operation.accept(answer);
        runUntil(answer::ended);
        return answer;
    }

    private void change(Consumer<Disk.Completion<Void>> operation) {
        assertThat(this.<Void>ask(operation).summary()).isEqualTo("done");
    }

    private void write(String file, long offset, String text) {
        change(done -> disk().write(file, offset, text.getBytes(US_ASCII), done));
    }

    private String read(String file, long offset, int length) {
        return new String(
                this.<byte[]>ask(done -> disk().read(file, offset, length, done))
                        .result(),
                US_ASCII);
    }

    private long size(String file) {
        return this.<Long>ask(done -> disk().size(file, done)).result();
    }

    private List<String> list(String directory) {
        return this.<List<String>>ask(done -> disk().list(directory, done)).result();
    }

    private static Disk.Completion<Void> note(List<String> ended, String operation) {
        return Disk.Completion.of(done -> ended.add(operation), error -> ended.add(operation + " failed"));
    }
}
