package io.muster.distro.driver;

import io.muster.distro.core.Effects;
import io.muster.distro.core.Input;
import io.muster.distro.wire.Frame;
import io.muster.distro.wire.MessageCodec;
import io.muster.member.NodeId;
import io.muster.member.port.Net;
import java.util.List;
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
            Input.Received<V> received;
            try {
                received = read(from, frame);
            } catch (IllegalArgumentException malformed) {
                drop(from, malformed);
                return;
            }
            receiver.accept(received);
        });
    }

    /** @throws IllegalArgumentException if the frame is none */
    Input.Received<V> read(NodeId from, byte[] frame) {
        Frame<V> decoded = codec.decode(frame);
        return new Input.Received<>(from, decoded.clock(), decoded.message());
    }

    byte[] write(Effects<V> effects, Effects.Send<V> send) {
        return codec.encode(new Frame<>(effects.clock(), send.message()));
    }

    void send(Effects<V> effects, List<Effects.Send<V>> sends) {
        for (Effects.Send<V> send : sends) {
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
