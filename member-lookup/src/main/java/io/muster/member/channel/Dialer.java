package io.muster.member.channel;

import io.muster.member.MemberAddress;
import io.muster.member.port.LinkEvent;
import io.muster.member.port.Rng;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/** Keeps one connection to each listed address, whoever answers there. The channel's thread only. */
final class Dialer {

    private final Environment environment;
    private final PeerTable peers;
    private final LinkEvents events;
    private final NetClient client;
    private final RandomGenerator jitter;
    private final Map<MemberAddress, Dial> dials = new TreeMap<>(Dialer::compare);
    private boolean running;

    Dialer(Vertx vertx, Environment environment, PeerTable peers, LinkEvents events, Rng rng) {
        this.environment = environment;
        this.peers = peers;
        this.events = events;
        this.jitter = rng.stream("peer-back-off");
        this.client = vertx.createNetClient(new NetClientOptions()
                .setConnectTimeout(
                        Math.toIntExact(environment.limits().waits().connect().toMillis()))
                .setSendBufferSize(environment.limits().frames().socketBufferBytes())
                .setTcpNoDelay(true));
    }

    /** Dials these addresses and no others; before {@link #start} it only remembers them. */
    void dial(Collection<MemberAddress> addresses) {
        Set<MemberAddress> listed = new TreeSet<>(Dialer::compare);
        listed.addAll(addresses);
        Set<MemberAddress> dropped = new TreeSet<>(Dialer::compare);
        dropped.addAll(dials.keySet());
        dropped.removeAll(listed);
        for (MemberAddress address : dropped) {
            Dial dial = dials.remove(address);
            if (dial != null) {
                dial.stop("no longer listed");
            }
        }
        for (MemberAddress address : listed) {
            if (!dials.containsKey(address)) {
                Dial dial = new Dial(address, this);
                dials.put(address, dial);
                if (running) {
                    dial.attempt();
                }
            }
        }
    }

    void start() {
        running = true;
        dials.values().forEach(Dial::attempt);
    }

    /** Closes every connection that it brought. */
    Future<Void> stop(String reason) {
        running = false;
        dials.values().forEach(dial -> dial.stop(reason));
        dials.clear();
        return client.close();
    }

    Environment environment() {
        return environment;
    }

    PeerTable peers() {
        return peers;
    }

    NetClient client() {
        return client;
    }

    DialBackOff backOff() {
        return new DialBackOff(environment.limits().backOff(), jitter);
    }

    void tell(LinkEvent event) {
        events.tell(event);
    }

    /** By peer port, too: a line may change nothing else. */
    private static int compare(MemberAddress one, MemberAddress other) {
        int byName = one.compareTo(other);
        return byName != 0 ? byName : Integer.compare(one.peerPort(), other.peerPort());
    }
}
