package io.muster.raft.core.founding;

import io.muster.member.ClusterId;
import io.muster.member.MemberAddress;
import io.muster.member.NodeId;
import io.muster.raft.core.founding.MemberList.Listed;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Nodes that look for a cluster, on one thread: lists that differ and change, messages that are lost, doubled and late, disks that store promises late,
 * and restarts that forget what is not stored.
 */
final class FoundingCluster {

    private static final long INTERVAL = 50;

    private final Random random;
    private final List<NodeId> liars;
    private final TreeMap<NodeId, Node> nodes = new TreeMap<>();
    private final List<InFlight> network = new ArrayList<>();

    /** Founded without an operator's word: cluster → its list. */
    private final Map<ClusterId, Set<NodeId>> founded = new HashMap<>();

    private long now;
    private boolean faulty = true;

    private record InFlight(NodeId from, NodeId to, FoundingMessage message) {}

    /** One node, its directory, and a driver that keeps to the duties. */
    private final class Node implements FoundingEffect.Visitor {
        final NodeId id;
        Founding founding;
        MemberList list = MemberList.EMPTY;
        Standing stored = Standing.EMPTY;
        Optional<Promise> storedPromise = Optional.empty();
        final ArrayDeque<Runnable> disk = new ArrayDeque<>();
        long due;

        Node(NodeId id) {
            this.id = id;
            start();
        }

        void start() {
            disk.clear();
            founding = new Founding(id, stored, storedPromise, INTERVAL, new Random(random.nextLong()));
            carryOut(founding.listed(list, now));
            due = now;
        }

        void carryOut(List<FoundingEffect> effects) {
            effects.forEach(effect -> effect.accept(this));
        }

        @Override
        public void send(FoundingEffect.Send effect) {
            network.add(new InFlight(id, effect.to(), effect.message()));
            if (liars.contains(id)) {
                pretendAnswer(effect);
            }
        }

        /** M29: takes silence for consent. */
        private void pretendAnswer(FoundingEffect.Send effect) {
            if (effect.message() instanceof FoundingMessage.PromiseRequest request) {
                network.add(new InFlight(effect.to(), id, new FoundingMessage.PromiseReply(request.attempt())));
            } else if (effect.message() instanceof FoundingMessage.Ask ask) {
                network.add(new InFlight(
                        effect.to(),
                        id,
                        new FoundingMessage.Answer(
                                ask.question(), Standing.EMPTY, list.names(), Optional.empty(), Optional.empty())));
            }
        }

        @Override
        public void storePromise(FoundingEffect.StorePromise effect) {
            disk.add(() -> {
                storedPromise = effect.promise();
                carryOut(founding.promiseStored(now));
            });
        }

        @Override
        public void found(FoundingEffect.Found effect) {
            disk.add(() -> {
                hasFounded(effect);
                settle(new Standing(Optional.of(effect.clusterId()), false, true, 1, false));
            });
        }

        @Override
        public void join(FoundingEffect.Join effect) {
            disk.add(() -> settle(Standing.joined(effect.clusterId())));
        }

        @Override
        public void dissolve(FoundingEffect.Dissolve effect) {
            disk.add(() -> settle(Standing.joined(effect.clusterId())));
        }

        void settle(Standing standing) {
            stored = standing;
            carryOut(founding.standingChanged(standing, now));
        }

        @Override
        public void wakeAt(FoundingEffect.WakeAt effect) {
            due = effect.nanos();
        }
    }

    FoundingCluster(long seed, int count, List<NodeId> liars) {
        this.random = new Random(seed);
        this.liars = liars;
        for (int i = 1; i <= count; i++) {
            NodeId id = new NodeId(0, i);
            nodes.put(id, new Node(id));
        }
    }

    /** FoundOnce: lists of clusters that were founded without an operator's word have no node in common. */
    private void hasFounded(FoundingEffect.Found effect) {
        Set<NodeId> members = new TreeSet<>(effect.members());
        founded.forEach((other, taken) -> {
            if (taken.stream().anyMatch(members::contains)) {
                throw new AssertionError(
                        "FoundOnce: " + effect.clusterId() + " for " + members + " and " + other + " for " + taken);
            }
        });
        founded.put(effect.clusterId(), members);
    }

    /** The node lists these members, as it knows them. */
    void list(int node, int... members) {
        List<Listed> lines = new ArrayList<>();
        for (int member : members) {
            lines.add(new Listed(new MemberAddress("n" + member, 8848, 7848), Optional.of(new NodeId(0, member))));
        }
        Node listing = node(node);
        listing.list = new MemberList(lines);
        listing.carryOut(listing.founding.listed(listing.list, now));
    }

    void listAtRandom(int node) {
        int[] members = nodes.keySet().stream()
                .mapToInt(id -> (int) id.low())
                .filter(id -> id == node || random.nextInt(4) > 0)
                .toArray();
        list(node, members);
    }

    /** Chaos, with lists that change. */
    void disturb(int steps) {
        for (int i = 0; i < steps; i++) {
            step();
            if (random.nextInt(60) == 0) {
                listAtRandom(1 + random.nextInt(nodes.size()));
            }
        }
    }

    /** Nothing goes wrong any more. */
    void heal(int steps) {
        faulty = false;
        for (int i = 0; i < steps; i++) {
            step();
        }
    }

    private void step() {
        now += random.nextInt(4);
        Node node = new ArrayList<>(nodes.values()).get(random.nextInt(nodes.size()));
        int drawn = random.nextInt(100);
        if (drawn < 70) {
            deliver();
        } else if (drawn < 88) {
            if (!node.disk.isEmpty()) {
                node.disk.remove().run();
            }
        } else if (drawn < 99 || !faulty) {
            if (now >= node.due) {
                node.carryOut(node.founding.tick(now));
            }
        } else {
            node.start();
        }
    }

    private void deliver() {
        if (network.isEmpty()) {
            return;
        }
        int drawn = faulty ? random.nextInt(network.size()) : 0;
        InFlight message = network.get(drawn);
        if (!faulty || random.nextInt(8) > 0) {
            network.remove(drawn);
        }
        Node to = nodes.get(message.to);
        if (to != null && (!faulty || random.nextInt(6) > 0)) {
            to.carryOut(to.founding.received(message.from, message.message, now));
        }
    }

    void restart(int node) {
        node(node).start();
    }

    /** The node's directory is emptied by hand: it is another node at the same address. */
    void standing(int node, Standing standing) {
        node(node).settle(standing);
    }

    Optional<ClusterId> clusterOf(int node) {
        return node(node).stored.clusterId();
    }

    String reason(int node) {
        return node(node).founding.reason();
    }

    void foundAsTold(int node, int... members) {
        List<NodeId> named = new ArrayList<>();
        for (int member : members) {
            named.add(new NodeId(0, member));
        }
        // The operator's word is not counted among the clusters that were founded without one.
        Node told = node(node);
        for (FoundingEffect effect : told.founding.foundAsTold(named, now)) {
            if (effect instanceof FoundingEffect.Found found) {
                told.settle(new Standing(Optional.of(found.clusterId()), false, true, 1, false));
            }
        }
    }

    int foundedCount() {
        return founded.size();
    }

    /** Nobody hears the node, and it hears nobody: it takes part no more. */
    void silence(int node) {
        nodes.remove(new NodeId(0, node));
        network.removeIf(message -> message.to.low() == node || message.from.low() == node);
    }

    private Node node(int number) {
        return nodes.get(new NodeId(0, number));
    }
}
