package io.muster.member.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.member.MemberAddress;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The form of member lists (R61), and what is said of those that are not in it. */
class MemberListTest {

    private static MemberAddress only(String entry) {
        MemberList list = MemberList.ofEntries(List.of(entry));
        assertThat(list.faults()).isEmpty();
        assertThat(list.members()).hasSize(1);
        return list.members().get(0);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1,                        10.0.0.1,      8848, 7848",
        "10.0.0.1:9000,                   10.0.0.1,      9000, 8000",
        "10.0.0.1:9000?peer_port=7001,    10.0.0.1,      9000, 7001",
        "10.0.0.1?peer_port=7001,         10.0.0.1,      8848, 7001",
        "10.0.0.1:80?peer_port=7001,      10.0.0.1,      80,   7001",
        "muster-0.muster.svc:9000,        muster-0.muster.svc, 9000, 8000",
        "Node_A.Example:9000,             node_a.example, 9000, 8000",
        "[::1]:9000,                      ::1,           9000, 8000",
        "[FE80::1%eth0],                  fe80::1%eth0,  8848, 7848",
        "' 10.0.0.1:9000 ',               10.0.0.1,      9000, 8000"
    })
    void entry_goodForms(String entry, String host, int port, int peerPort) {
        assertThat(only(entry)).isEqualTo(new MemberAddress(host, port, peerPort));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1:x,                the port must be a number from 1 to 65535",
        "10.0.0.1:,                 the port must be a number from 1 to 65535",
        "10.0.0.1:0,                the port must be a number from 1 to 65535",
        "10.0.0.1:65536,            the port must be a number from 1 to 65535",
        "10.0.0.1:-1,               the port must be a number from 1 to 65535",
        "10.0.0.1:99999999999,      the port must be a number from 1 to 65535",
        "10.0.0.1:8848?peer_port=,  the peer_port must be a number from 1 to 65535",
        "10.0.0.1:8848?peer_prot=1, 'peer_prot=1' is not known",
        "10.0.0.1:1000,             leaves no port for members",
        "10.0.0.256:8848,           neither a host name nor an IP address",
        "10.0.0:8848,               neither a host name nor an IP address",
        ":8848,                     neither a host name nor an IP address",
        "a b:8848,                  neither a host name nor an IP address",
        "-a:8848,                   neither a host name nor an IP address",
        "http://a:8848,             has several colons",
        "::1,                       has several colons",
        "[::1:8848,                 an IPv6 address is written [address]:port",
        "[::1]8848,                 an IPv6 address is written [address]:port",
        "[1::2::3]:8848,            neither a host name nor an IP address",
        "[10.0.0.1]:8848,           neither a host name nor an IP address",
        "0.0.0.0:8848,              stands for every address",
        "[::]:8848,                 stands for every address"
    })
    void entry_faults(String entry, String problem) {
        MemberList list = MemberList.ofEntries(List.of(entry));
        assertThat(list.faults()).singleElement().satisfies(fault -> {
            assertThat(fault.text()).isEqualTo(entry);
            assertThat(fault.problem()).contains(problem);
        });
    }

    /** Nacos' own parser discards the whole list for each of blank lines, blanks behind commas, and trailing extras. */
    @Test
    void text_commentsBlankLinesCommasAndAnyLineEnd() {
        MemberList list =
                MemberList.ofText("# the members\r\n\r\n  \t\n10.0.0.3:8848 # the third\r10.0.0.1, 10.0.0.2,,\n");
        assertThat(list.faults()).isEmpty();
        assertThat(list.members())
                .extracting(MemberAddress::name)
                .containsExactly("10.0.0.1:8848", "10.0.0.2:8848", "10.0.0.3:8848");
    }

    @Test
    void extrasOfNacos_areLeftAside_withANote() {
        MemberList list = MemberList.ofText("10.0.0.1:8847?raft_port=8807&peer_port=7000\n10.0.0.2?site=unknown");
        assertThat(list.members())
                .containsExactly(new MemberAddress("10.0.0.1", 8847, 7000), new MemberAddress("10.0.0.2", 8848, 7848));
        assertThat(list.notes())
                .containsExactly(
                        "line 1: '10.0.0.1:8847?raft_port=8807&peer_port=7000': raft_port=8807 is ignored",
                        "line 2: '10.0.0.2?site=unknown': site=unknown is ignored");
    }

    @Test
    void duplicates_fold_inAnyCase() {
        assertThat(MemberList.ofText("a:8848\nA\na:8848?peer_port=7848\n").members())
                .containsExactly(new MemberAddress("a", 8848, 7848));
    }

    @Test
    void duplicates_withDifferentPeerPorts_areAFault() {
        assertThat(MemberList.ofText("a:8848\n\na:8848?peer_port=7000\n").faults())
                .singleElement()
                .hasToString(
                        "line 3: 'a:8848?peer_port=7000': stands in line 1 already, with peer port 7848 instead of 7000");
    }

    @Test
    void faults_areToldTogether_withLineAndText_asFarAsTheyAreOfUse() {
        MemberList two = MemberList.ofText("a:8848\nb:b\n# c:c\nd:d");
        assertThat(two.faults()).extracting(MemberList.Fault::where).containsExactly("line 2", "line 4");
        assertThatThrownBy(() -> two.orThrow("list.txt"))
                .isInstanceOfSatisfying(
                        MemberListException.class,
                        e -> assertThat(e.problems())
                                .hasSize(2)
                                .allSatisfy(problem -> assertThat(problem).startsWith("list.txt, line ")));
        assertThat(MemberList.ofText("x:x\n".repeat(1_000)).faults()).hasSize(MemberList.FAULTS_MAX);
    }

    /** R33. */
    @Test
    void nobody_isNoList() {
        MemberList nobody = MemberList.ofText("# nobody\n \n");
        assertThat(nobody.namesAnyone()).isFalse();
        assertThatThrownBy(() -> nobody.orThrow("list.txt")).hasMessageContaining("list.txt names no member");
    }

    @Test
    void bounds_ofCountAndLength() {
        assertThat(MemberList.ofText(hosts(MemberList.MEMBERS_MAX)).faults()).isEmpty();
        assertThat(MemberList.ofText(hosts(MemberList.MEMBERS_MAX + 1)).faults())
                .singleElement()
                .asString()
                .contains("at most 1000 members");
        String longLine = "a:8848 #" + "x".repeat(MemberList.LINE_CHARS_MAX);
        assertThat(MemberList.ofText(longLine).faults())
                .singleElement()
                .asString()
                .hasSizeLessThan(200)
                .contains("line 1", "at most 4096 characters");
    }

    private static String hosts(int count) {
        return IntStream.range(0, count).mapToObj(i -> "host-" + i + "\n").collect(Collectors.joining());
    }

    /** Whatever somebody's editor left in the file: members or faults, and nothing else happens. */
    @Test
    void nonsense_neverThrows_andAGoodListReadsTheSameAgain() {
        Random random = new Random(61);
        String letters = "ab1.:?[]#,&=%_- \n\rpeer_port=8848";
        for (int i = 0; i < 20_000; i++) {
            String text = random.ints(random.nextInt(40), 0, letters.length())
                    .mapToObj(index -> String.valueOf(letters.charAt(index)))
                    .collect(Collectors.joining());
            MemberList list = MemberList.ofText(text);
            if (list.faults().isEmpty()) {
                String again = list.members().stream()
                        .map(member -> member.name() + "?peer_port=" + member.peerPort())
                        .collect(Collectors.joining("\n"));
                assertThat(MemberList.ofText(again).members()).as(text).isEqualTo(list.members());
            }
        }
    }
}
