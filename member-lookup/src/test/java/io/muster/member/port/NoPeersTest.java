package io.muster.member.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.NodeId;
import org.junit.jupiter.api.Test;

class NoPeersTest {

    @Test
    void send_isDroppedAndCounted() {
        NoPeers net = new NoPeers();
        net.onFrame((from, frame) -> {
            throw new AssertionError("a frame from nobody");
        });

        net.send(new NodeId(1, 2), new byte[1]);
        net.send(new NodeId(1, 2), new byte[1]);

        assertThat(net.framesDropped()).isEqualTo(2);
    }
}
