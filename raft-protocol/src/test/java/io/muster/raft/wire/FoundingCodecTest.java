package io.muster.raft.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.core.founding.FoundingMessage;
import io.muster.raft.core.founding.FoundingMessage.Answer;
import io.muster.raft.core.founding.FoundingMessage.Ask;
import io.muster.raft.core.founding.FoundingMessage.PromiseReply;
import io.muster.raft.core.founding.FoundingMessage.PromiseRequest;
import io.muster.raft.core.founding.Promise;
import io.muster.raft.core.founding.Standing;
import io.muster.raft.core.message.PeerMessage.TimeoutNow;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FoundingCodecTest {

    static List<FoundingMessage> messages() {
        Standing member = new Standing(Optional.of(new ClusterId(3, 4)), false, true, 3, true);
        Standing setAside = new Standing(Optional.empty(), true, false, 0, false);
        Promise promise = new Promise(new NodeId(1, 2), -5);
        List<String> names = List.of("a:8848", "[::1]:8849");
        return List.of(
                new Ask(-7),
                new Answer(8, Standing.EMPTY, names, Optional.empty(), Optional.of(9L)),
                new Answer(8, member, names, Optional.of(promise), Optional.empty()),
                new Answer(8, setAside, List.of(), Optional.of(promise), Optional.of(-1L)),
                new PromiseRequest(11, names),
                new PromiseReply(12));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void message_comesBackAsItWas(FoundingMessage message) {
        byte[] frame = FoundingCodec.encode(message);

        assertThat(FoundingCodec.isFounding(frame)).isTrue();
        assertThat(FoundingCodec.decode(frame)).isEqualTo(message);
    }

    @Test
    void framesOfAGroup_areToldApart() {
        assertThat(FoundingCodec.isFounding(PeerCodec.encode(new ClusterId(1, 1), new TimeoutNow(1))))
                .isFalse();
        assertThat(FoundingCodec.isFounding(new byte[3])).isFalse();
    }

    @ParameterizedTest
    @MethodSource("messages")
    void everyShorterOrLongerFrame_isRefused(FoundingMessage message) {
        byte[] frame = FoundingCodec.encode(message);
        for (int length = 0; length < frame.length; length++) {
            byte[] cut = Arrays.copyOf(frame, length);
            assertThatThrownBy(() -> FoundingCodec.decode(cut)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> FoundingCodec.decode(Arrays.copyOf(frame, frame.length + 1)))
                .hasMessageContaining("too many");
    }

    @Test
    void anyBytes_areAMessageOrRefused() {
        Random random = new Random(4);
        List<FoundingMessage> messages = messages();
        for (int i = 0; i < 20_000; i++) {
            byte[] frame = FoundingCodec.encode(messages.get(random.nextInt(messages.size())));
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                frame[random.nextInt(frame.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(FoundingCodec.decode(frame)).isNotNull();
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageNotContaining("null");
            }
        }
    }
}
