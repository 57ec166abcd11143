package io.muster.distro.driver;

import io.muster.distro.core.Effects;
import io.muster.distro.core.Input;
import io.muster.distro.wire.Frame;
import io.muster.distro.wire.MessageCodec;
import io.muster.member.NodeId;
import io.muster.member.port.Net;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Messages as frames on the network, both ways; on the driver's thread. What is no message is counted and dropped. */
final class PeerTraffic<V> {

    private static final Logger LOG = LoggerFactory.getLogger(PeerTraffic.class);

    private final MessageCodec<V> codec;
    private final Net net;
    private final DriverMetrics metrics;

    PeerTraffic(MessageCodec<V> codec, Net net, DriverMetrics metrics) {
        this.codec = codec;
        this.net = net;
        this.metrics = metrics;
    }

    /** Hands on whatever comes from now on; once. */
    void receive(Consumer<Input.Received<V>> receiver) {
        net.onFrame((from, frame) -> {
            metrics.frameReceived(frame.length);
            Frame<V> decoded;
            try {
                decoded = codec.decode(frame);
            } catch (IllegalArgumentException malformed) {
                drop(from, malformed);
                return;
            }
            receiver.accept(new Input.Received<>(from, decoded.clock(), decoded.message()));
        });
    }

    void send(Effects<V> effects) {
        for (Effects.Send<V> send : effects.sends()) {
            byte[] frame = codec.encode(new Frame<>(effects.clock(), send.message()));
            metrics.frameSent(frame.length);
            net.send(send.to(), frame);
        }
    }

    private void drop(NodeId from, IllegalArgumentException malformed) {
        metrics.frameMalformed();
        LOG.debug("frame from {} dropped: {}", from, malformed.getMessage());
    }
}
