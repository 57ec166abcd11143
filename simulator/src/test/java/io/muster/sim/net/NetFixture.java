package io.muster.sim.net;

import io.muster.member.MemberAddress;
import io.muster.member.NodeId;
import io.muster.member.port.Lane;
import io.muster.member.port.LinkEvent;
import io.muster.sim.cluster.SimCluster;
import io.muster.sim.cluster.SimProcess;
import io.muster.sim.net.NetworkCounters.Fate;
import io.muster.sim.net.SimNetwork.Routing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A few processes that note what reaches them. Nodes are numbered from 0 on. */
final class NetFixture {

    final SimCluster cluster;
    final SimNetwork network;

    /** By node: the first byte of each frame, in the order of arrival, all processes of the node together. */
    final List<List<Integer>> received = new ArrayList<>();

    /** By node: whole frames. */
    final List<List<byte[]>> frames = new ArrayList<>();

    /** By node: what it heard of its connections, in short. */
    final List<List<String>> events = new ArrayList<>();

    NetFixture(int nodes, Routing routing) {
        cluster = new SimCluster(1, nodes, routing);
        network = cluster.network();
        for (int node = 0; node < nodes; node++) {
            received.add(new ArrayList<>());
            frames.add(new ArrayList<>());
            events.add(new ArrayList<>());
            start(node);
        }
    }

    SimProcess start(int node) {
        SimProcess process = cluster.machine(node).start();
        process.net(Lane.RAFT).onFrame((from, frame) -> {
            frames.get(node).add(frame);
            received.get(node).add(frame.length == 0 ? -1 : (int) frame[0]);
        });
        process.links().onEvent(event -> events.get(node).add(inShort(event)));
        return process;
    }

    /** Sends frames of 16 bytes that begin with these numbers, all at once. */
    void send(int from, int to, int... numbers) {
        for (int number : numbers) {
            byte[] frame = new byte[16];
            frame[0] = (byte) number;
            process(from).net(Lane.RAFT).send(cluster.machine(to).nodeId(), frame);
        }
    }

    void dial(int from, int... to) {
        List<MemberAddress> addresses = new ArrayList<>();
        for (int node : to) {
            addresses.add(cluster.machine(node).address());
        }
        process(from).links().dial(addresses);
    }

    void pass(Duration time) {
        cluster.clock().advance(time);
    }

    void passMillis(long millis) {
        pass(Duration.ofMillis(millis));
    }

    SimProcess process(int node) {
        return cluster.machine(node).process().orElseThrow();
    }

    long count(Fate fate) {
        return network.counters().of(fate);
    }

    /** Sends so many frames, one a millisecond, and lets them arrive. */
    void stream(int from, int to, int count) {
        for (int i = 0; i < count; i++) {
            send(from, to, i % 100);
            passMillis(1);
        }
        pass(Duration.ofSeconds(20));
    }

    private String inShort(LinkEvent event) {
        if (event instanceof LinkEvent.Opened opened) {
            return "opened " + opened.dialed().host() + " is "
                    + name(opened.peer().identity().nodeId());
        } else if (event instanceof LinkEvent.Closed closed) {
            return "closed " + closed.dialed().host() + ": " + closed.reason();
        } else if (event instanceof LinkEvent.Failed failed) {
            return "failed " + failed.dialed().host() + ": " + failed.reason();
        } else if (event instanceof LinkEvent.Accepted accepted) {
            return "accepted " + name(accepted.peer().identity().nodeId());
        } else {
            LinkEvent.AcceptedClosed closed = (LinkEvent.AcceptedClosed) event;
            return "accepted closed: " + closed.reason();
        }
    }

    private String name(NodeId nodeId) {
        return cluster.find(nodeId).orElseThrow().name();
    }
}
