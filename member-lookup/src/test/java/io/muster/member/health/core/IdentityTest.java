package io.muster.member.health.core;

import static io.muster.member.health.core.Neighbourhood.SELF;
import static io.muster.member.health.core.Neighbourhood.SELF_ID;
import static io.muster.member.health.core.Neighbourhood.address;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.ClusterId;
import io.muster.member.MemberAddress;
import io.muster.member.MemberState;
import io.muster.member.NodeIdentity;
import io.muster.member.PeerIdentity;
import io.muster.member.health.core.Notice.Kind;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who is a member and who is not, by node id, cluster and list (design §6, "Identity"; R51). */
class IdentityTest {

    private final Neighbourhood hood = new Neighbourhood();

    @Test
    void otherRunOfOurOwnNodeId_isAnAlarm_onceAPeriod() {
        PeerIdentity copy = new PeerIdentity(new NodeIdentity(SELF_ID, 999), Optional.empty(), address("copy"), 1);
        hood.list(List.of(SELF, address("copy")));
        hood.feed(new Input.Opened(address("copy"), copy));
        hood.feed(new Input.Accepted(copy));

        assertThat(hood.kindsOfNotices()).containsOnlyOnce(Kind.COPIED_DIRECTORY);
        assertThat(Kind.COPIED_DIRECTORY.severity()).isEqualTo(Notice.Severity.ALARM);
    }

    @Test
    void peerOfAnotherCluster_isOutOfTheRing_andNamed() {
        ClusterId ours = new ClusterId(1, 1);
        ClusterId theirs = new ClusterId(2, 2);
        hood.with("b");
        hood.feed(new Input.ClusterKnown(ours));
        hood.neighbour("b").clusterId = Optional.of(theirs);
        hood.passIntervals(1);

        assertThat(hood.state("b")).isEqualTo(MemberState.DOWN);
        assertThat(hood.member("b").reason()).contains(theirs.toString());
        assertThat(hood.kindsOfNotices()).containsOnlyOnce(Kind.OTHER_CLUSTER);

        hood.neighbour("b").clusterId = Optional.of(ours);
        hood.passIntervals(4);
        assertThat(hood.state("b")).isEqualTo(MemberState.UP);
    }

    @Test
    void nodeWhomItsOwnListDoesNotName_isToldSo_whenAllOthersAreFound() {
        hood.list(List.of(address("b")));
        hood.opens(address("b"), hood.neighbour("b"));
        hood.passIntervals(1);

        assertThat(hood.kindsOfNotices()).containsOnlyOnce(Kind.NOT_LISTED);
        assertThat(hood.core.status().listed()).isFalse();
        assertThat(hood.view().members()).hasSize(2);
    }

    @Test
    void nodeThatIsNotInItsOwnList_isAStrangerInItsOwnView() {
        hood.with("b");
        assertThat(hood.view().self().listsUs()).isTrue();
        hood.list(List.of(address("b")));
        hood.passIntervals(1);

        assertThat(hood.view().self().listsUs()).isFalse();
    }

    /** Design §4, "owns no keys": the others must not count on it either, so to them it is not loaded while it is a stranger. */
    @Test
    void stranger_saysThatItIsNotLoaded() {
        hood.with("b");
        hood.feed(new Input.LoadedChanged(true));
        hood.passIntervals(1);
        assertThat(hood.selfSays().loaded()).isTrue();
        hood.list(List.of(address("b")));
        hood.passIntervals(2);
        assertThat(hood.selfSays().loaded()).isFalse();
        hood.list(List.of(SELF, address("b")));
        hood.passIntervals(2);
        assertThat(hood.selfSays().loaded()).isTrue();
    }

    @Test
    void nodeAloneInItsList_isListed() {
        hood.list(List.of(SELF));
        hood.passIntervals(10);

        assertThat(hood.view().self().listsUs()).isTrue();
        assertThat(hood.notices).isEmpty();
    }

    @Test
    void nodeWhomNobodyLists_isToldSo_andIsAStrangerInItsOwnView() {
        hood.with("b", "c");
        hood.neighbour("b").listsSelf = false;
        hood.passIntervals(5);
        assertThat(hood.view().self().listsUs()).as("c lists it").isTrue();
        hood.neighbour("c").listsSelf = false;
        hood.passIntervals(1);
        assertThat(hood.view().self().listsUs())
                .as("they may not have found it yet")
                .isTrue();
        hood.passIntervals(3);
        assertThat(hood.view().self().listsUs()).isFalse();
        assertThat(hood.kindsOfNotices()).containsOnlyOnce(Kind.LISTED_BY_NOBODY);

        hood.neighbour("c").listsSelf = true;
        hood.passIntervals(2);
        assertThat(hood.view().self().listsUs()).isTrue();
    }

    @Test
    void listBeyondTheBound_isCutAndSaid() {
        List<MemberAddress> many =
                IntStream.range(0, 1_500).mapToObj(i -> address("n" + i)).toList();
        hood.list(many);

        assertThat(hood.dialled).hasSize(MemberHealth.MEMBERS_MAX);
        assertThat(hood.kindsOfNotices()).contains(Kind.LIST_TOO_LONG);
    }
}
