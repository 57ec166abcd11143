package io.muster.distro.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Datum;
import io.muster.consistency.Mark;
import io.muster.consistency.Origin;
import io.muster.consistency.Version;
import io.muster.distro.core.Effects.Send;
import io.muster.distro.core.Notice.ListedByNobody;
import io.muster.member.Member;
import io.muster.member.MemberAddress;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A node whom no loaded member lists: one whose list was edited first, or one that was taken off the others' lists and runs on (design §4, "Wish and
 * configuration"; X13, X14). What it holds is not the cluster's, so it shows nothing and ends nothing.
 */
class StrangerTest {

    private static final NodeId OTHER = CoreFixture.PEER;

    private final CoreFixture node = new CoreFixture();

    private MemberView view(boolean listed, boolean otherLoaded, boolean listsUs) {
        Member self = member(node.self, 1, true, listed);
        return new MemberView(7, self, List.of(self, member(OTHER, 2, otherLoaded, listsUs)));
    }

    private static Member member(NodeId id, int host, boolean loaded, boolean listsUs) {
        return new Member(
                new MemberAddress("10.0.0." + host, 8848, 7848),
                Optional.of(id),
                1,
                MemberState.UP,
                loaded,
                listsUs,
                "",
                0);
    }

    @Test
    void start_whileNoLoadedMemberListsIt_waitsUntilOneDoes() {
        node.feed(new Input.View<>(view(false, true, false)));
        node.feed(new Input.Start<>(false));
        node.pass(60_000);
        assertThat(node.core.counts().loaded()).isFalse();
        assertThat(node.core.counts().shunned()).isTrue();

        List<Send<String>> sends =
                node.feed(new Input.View<>(view(true, true, true))).sends();
        assertThat(sends)
                .anyMatch(send -> send.to().equals(OTHER) && send.message() instanceof Message.SnapshotRequest);
        assertThat(node.core.counts().shunned()).isFalse();
    }

    /** Who lists others that have nothing themselves serves as ever: they are no cluster that it might contradict. */
    @Test
    void start_whereNobodyIsLoaded_doesNotWait() {
        node.feed(new Input.View<>(view(false, false, false)));
        node.feed(new Input.Start<>(false));
        node.pass(10_100);
        assertThat(node.core.counts().loaded()).isTrue();
    }

    @Test
    void takenOffTheListsOfAll_itServesNothing_endsNothing_andLoadsAnewWhenItIsListedAgain() {
        node.feed(new Input.View<>(view(true, false, true)));
        node.feed(new Input.Start<>(false));
        node.pass(10_100);
        node.register("a");
        node.events.clear();

        node.feed(new Input.View<>(view(false, true, false)));
        assertThat(node.core.counts().loaded()).isFalse();
        assertThat(node.notices).contains(new ListedByNobody());
        assertThat(node.core.responsibility().members()).isEmpty();
        node.pass(300_000);
        assertThat(node.events).as("nothing leaves its lists").isEmpty();

        long load = node.feed(new Input.View<>(view(true, true, true))).sends().stream()
                .map(Send::message)
                .filter(Message.SnapshotRequest.class::isInstance)
                .map(asked -> ((Message.SnapshotRequest<String>) asked).load())
                .findFirst()
                .orElseThrow();
        node.feed(new Input.Received<>(
                OTHER, 0, new Message.SnapshotChunk<>(load, Optional.empty(), Optional.empty(), 0, 0, List.of())));
        assertThat(node.core.counts().loaded()).isTrue();
        assertThat(node.core.counts().records())
                .as("what nobody else knows has gone meanwhile")
                .isZero();
    }

    /** A node that is one of several on its own list alone goes on serving when the others are gone. */
    @Test
    void allOthersDead_isNoReasonToStop() {
        node.feed(new Input.View<>(view(true, false, true)));
        node.feed(new Input.Start<>(false));
        node.pass(10_100);
        node.register("a");
        node.feed(new Input.View<>(view(false, false, false)));
        node.pass(1_000);
        assertThat(node.core.counts().loaded()).isTrue();
    }

    /** Issue 6, "a staging file that lists production merges nothing": data passes only where each lists the other, whichever of the two does not. */
    @Test
    void memberThatDoesNotListThisNode_andNodeThatThisOneDoesNotList_passNoData() {
        NodeId unlisted = new NodeId(5, 5);
        node.feed(new Input.View<>(view(true, false, false)));
        node.feed(new Input.Start<>(false));
        node.pass(10_100);
        node.register("ours");
        DistroRecord<String> theirs = new DistroRecord.Held<>(
                new Datum<>(
                        CoreFixture.key("theirs"),
                        new Version.Hybrid(1L << 60, new Origin(9, 9, 9)),
                        Mark.HEALTHY,
                        "v"),
                CoreFixture.LEASE);
        for (NodeId from : List.of(OTHER, unlisted)) {
            List<Send<String>> answers = node.feed(
                            new Input.Received<>(from, 0, new Message.SyncBatch<>(1, List.of(theirs), List.of())))
                    .sends();
            answers = Stream.concat(
                            answers.stream(),
                            node
                                    .feed(new Input.Received<>(
                                            from, 0, new Message.SnapshotRequest<>(1, Optional.empty())))
                                    .sends()
                                    .stream())
                    .toList();
            assertThat(answers).isEmpty();
        }
        assertThat(node.get("theirs")).isEmpty();
        assertThat(node.core.counts().totals().strangers()).isEqualTo(4);
    }
}
