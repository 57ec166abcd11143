package io.muster.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.member.MemberAddress;
import io.muster.server.cli.ExitCode;
import io.muster.server.config.ServerConfig;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Under which name a node finds itself in the list. The tests ask for literal addresses and for localhost, which need no name service. */
class SelfAddressTest {

    private static final int PORT = 8848;
    private static final int PEER_PORT = 7848;

    private static MemberAddress self(String host, String... listed) {
        return self(host, Optional.empty(), listed);
    }

    private static MemberAddress self(String host, Optional<MemberAddress> advertise, String... listed) {
        List<MemberAddress> list = List.of(listed).stream()
                .map(name -> new MemberAddress(name, PORT, 7000))
                .toList();
        return new SelfAddress(new ServerConfig.Listen(host, PORT, Optional.empty(), advertise), PORT, PEER_PORT)
                .in(list);
    }

    @Test
    void listedByName_itHasThePeerPortOfTheList() {
        assertThat(self("127.0.0.1", "10.0.0.1", "127.0.0.1")).isEqualTo(new MemberAddress("127.0.0.1", PORT, 7000));
    }

    @Test
    void notListed_isTheListenersAddress_sinceAHandshakeMayStillFindIt() {
        assertThat(self("127.0.0.1", "10.0.0.1")).isEqualTo(new MemberAddress("127.0.0.1", PORT, PEER_PORT));
    }

    @Test
    void listedUnderAnotherSpelling_thatIsItsName() {
        assertThat(self("127.0.0.1", "10.0.0.1", "localhost").host()).isEqualTo("localhost");
    }

    @Test
    void advertised_thatIsItsName_listedOrNot() {
        Optional<MemberAddress> advertise = Optional.of(new MemberAddress("10.0.0.9", 9000, 0));
        assertThat(self("127.0.0.1", advertise, "127.0.0.1")).isEqualTo(new MemberAddress("10.0.0.9", 9000, PEER_PORT));
    }

    @Test
    void listeningEverywhere_itIsTheListedMemberOnThisMachine() {
        assertThat(self("0.0.0.0", "192.0.2.1", "127.0.0.1").host()).isEqualTo("127.0.0.1");
        assertThat(self("::", "192.0.2.1", "127.0.0.1").host()).isEqualTo("127.0.0.1");
    }

    @Test
    void listeningEverywhere_andNobodyListedIsHere_itMustBeTold() {
        assertThatThrownBy(() -> self("0.0.0.0", "192.0.2.1"))
                .isInstanceOfSatisfying(
                        ServerFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
                .hasMessageContaining("--advertise");
    }

    /** An address server that is away at the first start of such a node. */
    @Test
    void listeningEverywhere_withoutAList_itMustBeTold_andHearsThatTheListIsMissing() {
        assertThatThrownBy(() -> self("0.0.0.0"))
                .isInstanceOfSatisfying(
                        ServerFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
                .hasMessageContaining("no list of members yet")
                .hasMessageContaining("--advertise");
        assertThat(self("127.0.0.1"))
                .as("it has a name of its own")
                .isEqualTo(new MemberAddress("127.0.0.1", PORT, PEER_PORT));
    }

    /** A switch of the lookup asks for it: by its name, or by a name that leads to its listener at its port. */
    @Test
    void isListed_byNameOrAddress() {
        MemberAddress self = new MemberAddress("127.0.0.1", PORT, PEER_PORT);
        SelfAddress names = new SelfAddress(
                new ServerConfig.Listen("127.0.0.1", PORT, Optional.empty(), Optional.empty()), PORT, PEER_PORT);
        assertThat(names.isListed(List.of(self), self)).isTrue();
        assertThat(names.isListed(List.of(new MemberAddress("localhost", PORT, 1)), self))
                .isTrue();
        assertThat(names.isListed(List.of(new MemberAddress("localhost", PORT + 1, 1)), self))
                .isFalse();
        assertThat(names.isListed(List.of(new MemberAddress("10.0.0.1", PORT, 1)), self))
                .isFalse();
    }
}
