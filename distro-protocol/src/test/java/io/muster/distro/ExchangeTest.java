package io.muster.distro;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Datum;
import io.muster.consistency.Interest;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Mark;
import io.muster.consistency.Mode;
import io.muster.consistency.Origin;
import io.muster.consistency.Version;
import io.muster.distro.core.DistroRecord;
import io.muster.distro.core.Message;
import io.muster.distro.core.TextCodec;
import io.muster.distro.wire.Frame;
import io.muster.distro.wire.MessageCodec;
import io.muster.member.Member;
import io.muster.member.MemberAddress;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import io.muster.sim.FixedMembers;
import io.muster.sim.SeededRng;
import io.muster.sim.SimNode;
import io.muster.sim.VirtualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** R54: frames of members that come by another way than the peer channel. */
class ExchangeTest {

    private static final long WALL_MILLIS = 1_800_000_000_000L;
    private static final NodeId OTHER = NodeId.parse("0".repeat(31) + "7");

    private final VirtualTime clock = new VirtualTime(WALL_MILLIS);
    private final SimNode node = new SimNode(clock, new SeededRng(1), "n1");
    private final MessageCodec<String> codec = new MessageCodec<>(new TextCodec());

    private DistroEngine<String> startedEngine() {
        Member self = member(1, node.nodeId());
        var ports = node.start(new FixedMembers(new MemberView(1, self, List.of(self, member(2, OTHER)))));
        var engine = new DistroEngine<>(
                DistroConfig.DEFAULTS, new TextCodec(), node.identity(), ports, new CountingMetrics());
        engine.start();
        clock.runUntilIdle();
        return engine;
    }

    private static Member member(int host, NodeId id) {
        return new Member(
                new MemberAddress("10.0.0." + host, 8848, 7848),
                Optional.of(id),
                0,
                MemberState.UP,
                false,
                true,
                "",
                0);
    }

    @Test
    void theAnswer_comesAfterTheListenersHaveHeard() {
        DistroEngine<String> engine = startedEngine();
        Datum<String> datum = new Datum<>(
                Key.ephemeral("orders", "a"),
                new Version.Hybrid(1L << 20, new Origin(1, 2, 3)),
                Mark.HEALTHY,
                "of another member");
        DistroRecord<String> record = new DistroRecord.Held<>(datum, new Lease(15_000, 30_000));
        byte[] frame = codec.encode(
                new Frame<>(WALL_MILLIS << Short.SIZE, new Message.SyncBatch<>(77, List.of(record), List.of())));
        List<String> order = new ArrayList<>();
        engine.listen(Interest.all(Mode.EPHEMERAL), events -> order.add("listener"));

        engine.exchange(OTHER, frame).thenAccept(answer -> {
            assertThat(codec.decode(answer.orElseThrow()).message()).isEqualTo(new Message.SyncAck<>(77));
            order.add("sender");
        });
        clock.runUntilIdle();

        assertThat(order).containsExactly("listener", "sender");
    }
}
