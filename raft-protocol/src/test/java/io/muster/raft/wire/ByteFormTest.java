package io.muster.raft.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ByteFormTest {

    @Test
    void everything_comesBackAsItWas() {
        ByteWriter writer = new ByteWriter(1);
        writer.putByte(-3).putInt(Integer.MIN_VALUE).putLong(Long.MAX_VALUE).putBytes(new byte[] {1, 2});
        writer.putText("naïve 漢字 \ud83d\ude00").putNodeId(new NodeId(1, -1)).putClusterId(new ClusterId(-2, 2));

        ByteReader reader = new ByteReader(writer.toBytes());

        assertThat(reader.getByte()).isEqualTo(-3);
        assertThat(reader.getInt()).isEqualTo(Integer.MIN_VALUE);
        assertThat(reader.getLong()).isEqualTo(Long.MAX_VALUE);
        assertThat(reader.getBytes()).containsExactly(1, 2);
        assertThat(reader.getText()).isEqualTo("naïve 漢字 \ud83d\ude00");
        assertThat(reader.getNodeId()).isEqualTo(new NodeId(1, -1));
        assertThat(reader.getClusterId()).isEqualTo(new ClusterId(-2, 2));
        reader.end();
    }

    /** Half a pair has no UTF-8: it would be read back as another text after a restart. */
    @ParameterizedTest
    @ValueSource(strings = {"\ud800", "a\udc00b", "\ud83d\ud83d\ude00"})
    void halfASurrogatePair_isRefused(String text) {
        assertThatThrownBy(() -> new ByteWriter(8).putText(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void textThatIsNoUtf8_isRefused() {
        byte[] bytes = new ByteWriter(8).putBytes(new byte[] {(byte) 0xff}).toBytes();

        assertThatThrownBy(() -> new ByteReader(bytes).getText()).hasMessageContaining("no UTF-8");
    }

    @Test
    void negativeLength_isRefused() {
        byte[] bytes = new ByteWriter(8).putInt(-1).toBytes();

        assertThatThrownBy(() -> new ByteReader(bytes).getBytes()).hasMessageContaining("needs -1 bytes");
        assertThatThrownBy(() -> new ByteReader(bytes).getCount(1)).hasMessageContaining("a count of -1");
    }
}
