package io.muster.member.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.muster.member.MemberAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lists at hand: the file (R61), read once, and the list in the configuration. */
class MemberFileTest {

    @TempDir
    private Path directory;

    private Path file(String content) throws IOException {
        return Files.writeString(directory.resolve("cluster.conf"), content);
    }

    private static List<List<MemberAddress>> lists(MemberLookup lookup) {
        List<List<MemberAddress>> lists = new ArrayList<>();
        lookup.start(lists::add);
        lookup.stop();
        return lists;
    }

    @Test
    void file_isRead_andLeftAsItIs() throws IOException {
        String content = "\uFEFF# members\r\nb:9001\r\na:9000\r\n";
        Path file = file(content);
        assertThat(MemberFile.members(file))
                .containsExactly(new MemberAddress("a", 9000, 8000), new MemberAddress("b", 9001, 8001));
        assertThat(file).hasContent(content);
    }

    @Test
    void file_withFaults_namesFileLineAndText() throws IOException {
        Path file = file("a:9000\nb:port\n");
        assertThatThrownBy(() -> MemberFile.members(file))
                .isInstanceOf(MemberListException.class)
                .hasMessageContaining(file + ", line 2: 'b:port': the port must be");
    }

    /** R33. */
    @Test
    void file_thatNamesNobody_isNoSilentStandalone() throws IOException {
        Path file = file("# nobody yet\n");
        assertThatThrownBy(() -> MemberFile.members(file))
                .isInstanceOf(MemberListException.class)
                .hasMessageContaining("names no member");
    }

    @Test
    void file_thatCannotBeRead_saysWhy() throws IOException {
        assertThatThrownBy(() -> MemberFile.read(directory.resolve("absent")))
                .hasMessageContaining("absent can't be read: no such file");
        assertThatThrownBy(() -> MemberFile.read(directory)).hasMessageContaining("can't be read");
        Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThatThrownBy(() -> MemberFile.read(binary)).hasMessageContaining("no UTF-8 text");
        Path huge = Files.write(directory.resolve("huge"), new byte[MemberFile.FILE_BYTES_MAX + 1]);
        assertThatThrownBy(() -> MemberFile.read(huge)).hasMessageContaining("more than 1048576 bytes");
    }

    @Test
    void fileThatIsShippedAsAnExample_isAGoodOne() {
        assertThat(MemberFile.members(Path.of("..", "cluster.conf.example")))
                .extracting(MemberAddress::name, MemberAddress::peerPort)
                .containsExactly(
                        tuple("10.0.0.1:8848", 7848), tuple("10.0.0.2:8848", 7848), tuple("10.0.0.3:8848", 7900));
    }

    @Test
    void fixedList_isHandedOverOnce() {
        FixedListLookup lookup = new FixedListLookup(MemberList.ofEntries(List.of("b", "a")), "member.list");
        assertThat(lookup.mode()).isEqualTo("file");
        assertThat(lists(lookup))
                .containsExactly(List.of(new MemberAddress("a", 8848, 7848), new MemberAddress("b", 8848, 7848)));
    }

    @Test
    void fixedList_withFaults_namesSettingEntryAndText() {
        MemberList list = MemberList.ofEntries(List.of("a", "b:port"));
        assertThatThrownBy(() -> new FixedListLookup(list, "member.list"))
                .isInstanceOf(MemberListException.class)
                .hasMessageContaining("member.list, entry 2: 'b:port': the port must be");
    }
}
