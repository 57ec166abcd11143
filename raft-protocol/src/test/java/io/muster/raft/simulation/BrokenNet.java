package io.muster.raft.simulation;

import io.muster.member.NodeId;
import io.muster.member.port.Net;
import io.muster.member.port.Time;
import io.muster.raft.core.founding.FoundingMessage;
import io.muster.raft.core.founding.Standing;
import io.muster.raft.wire.FoundingCodec;
import io.muster.sim.cluster.SimCluster;
import io.muster.sim.cluster.SimMachine;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Drivers that take peers for what they are not. */
final class BrokenNet {

    private BrokenNet() {}

    /** Whoever is asked by a node that would found is taken to be empty and to have promised, whether it answers or not. */
    static Net takingSilenceForConsent(Net net, SimCluster cluster, Time time) {
        List<String> names = cluster.addresses().stream()
                .map(address -> address.name())
                .sorted()
                .toList();
        return new Net() {
            private FrameHandler handler = (from, frame) -> {};

            @Override
            public void send(NodeId to, byte[] frame) {
                net.send(to, frame);
                if (FoundingCodec.isFounding(frame)) {
                    consent(FoundingCodec.decode(frame), names)
                            .ifPresent(answer -> time.after(
                                    Duration.ofMillis(1), () -> handler.onFrame(to, FoundingCodec.encode(answer))));
                }
            }

            @Override
            public void onFrame(FrameHandler newHandler) {
                handler = newHandler;
                net.onFrame(newHandler);
            }

            @Override
            public void onPeerGone(Consumer<NodeId> listener) {
                net.onPeerGone(listener);
            }
        };
    }

    private static Optional<FoundingMessage> consent(FoundingMessage message, List<String> names) {
        if (message instanceof FoundingMessage.Ask ask) {
            return Optional.of(new FoundingMessage.Answer(
                    ask.question(), Standing.EMPTY, names, Optional.empty(), Optional.empty()));
        }
        return message instanceof FoundingMessage.PromiseRequest request
                ? Optional.of(new FoundingMessage.PromiseReply(request.attempt()))
                : Optional.empty();
    }

    /**
     * Whoever answers at a machine is taken for the first who ever did.
     *
     * @param firstIds who the machines were at the beginning, in order
     */
    static Net takingAddressesForNodes(Net net, SimCluster cluster, List<NodeId> firstIds) {
        return new Net() {
            @Override
            public void send(NodeId to, byte[] frame) {
                NodeId now = cluster.machines().stream()
                        .filter(machine -> to.equals(firstIds.get(machine.index())))
                        .map(SimMachine::nodeId)
                        .findFirst()
                        .orElse(to);
                net.send(now, frame);
            }

            @Override
            public void onFrame(FrameHandler handler) {
                net.onFrame((from, frame) -> handler.onFrame(
                        cluster.find(from)
                                .map(machine -> firstIds.get(machine.index()))
                                .orElse(from),
                        frame));
            }
        };
    }
}
