package io.muster.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeIdTest {

    @Test
    void text_is32HexDigits_bothWays() {
        NodeId nodeId = new NodeId(0x0123456789abcdefL, -1);

        assertThat(nodeId).hasToString("0123456789abcdefffffffffffffffff");
        assertThat(NodeId.parse(nodeId.toString())).isEqualTo(nodeId);
        assertThat(ClusterId.parse(nodeId.toString())).hasToString(nodeId.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "0123456789abcdef", "0123456789abcdef0123456789abcdeg", "0123456789abcdef0123456789abcdef0"})
    void text_thatIsNoId_isRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> NodeId.parse(text));
        assertThatIllegalArgumentException().isThrownBy(() -> ClusterId.parse(text));
    }

    @Test
    void order_isThatOfTheText() {
        Random random = new Random(1);
        assertThat(Stream.generate(() -> NodeId.draw(random)).limit(1_000).sorted())
                .isSortedAccordingTo((a, b) -> a.toString().compareTo(b.toString()))
                .doesNotHaveDuplicates();
    }
}
