package io.muster.raft.core;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.RaftRole;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.membership.MembershipChange;
import io.muster.raft.core.message.PeerMessage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Several cores on one thread, with messages that are lost, doubled, late and out of order, links that are cut one way or both, disks that sync late,
 * crashes that lose what is not synced, snapshots, changing members and leaders; watched by an {@link Observer} after every step.
 */
final class CoreCluster {

    private static final int NODES = 6;
    private static final int IN_FLIGHT_MAX = 300;

    private final Random random;
    private final PlantedRule bug;
    private final Observer observer = new Observer();
    private final TreeMap<NodeId, ClusterNode> nodes = new TreeMap<>();
    private final List<InFlight> network = new ArrayList<>();
    private final Set<String> cut = new HashSet<>();
    private long now;
    private int nextCommand;
    private boolean faulty = true;

    private record InFlight(NodeId from, NodeId to, PeerMessage message) {}

    /** @param bug what is done wrongly */
    CoreCluster(long seed, PlantedRule bug) {
        this.bug = bug;
        random = new Random(seed);
        int voters = List.of(1, 2, 3, 3, 3, 5).get(random.nextInt(6));
        List<NodeId> all = new ArrayList<>();
        for (int i = 1; i <= NODES; i++) {
            all.add(CoreFixture.node(i));
        }
        Configuration group = new Configuration(new ClusterId(1, 1), all.subList(0, voters));
        // Stepping down late shows what rests on it that must not.
        long stepDown = random.nextBoolean() ? 1_500 : 50 + random.nextInt(200);
        CoreTiming timing = new CoreTiming(10, 100, stepDown, 20 + random.nextInt(60));
        all.forEach(id -> nodes.put(id, new ClusterNode(id, group, this, random, timing)));
    }

    long now() {
        return now;
    }

    Rules rules() {
        return bug.rules();
    }

    Machine around(Machine machine) {
        return bug.around(machine);
    }

    Observer observer() {
        return observer;
    }

    Collection<ClusterNode> nodes() {
        return nodes.values();
    }

    void send(NodeId from, NodeId to, PeerMessage message) {
        if (network.size() < IN_FLIGHT_MAX && !cut.contains(from + ">" + to)) {
            network.add(new InFlight(from, to, message));
        }
    }

    /** Chaos for so many steps, then a healed cluster that must make progress. */
    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            step();
        }
        faulty = false;
        cut.clear();
        long before = observer.committedCount();
        for (int i = 0; i < 40_000; i++) {
            step();
            if (observer.committedCount() > before + 20 && converged()) {
                return;
            }
        }
        throw new AssertionError(
                "LeaderBound: no progress after healing: " + observer.committedCount() + " committed, was " + before);
    }

    /** Whether all members of the group, as its leader knows it, are at its end. */
    private boolean converged() {
        Optional<ClusterNode> leader = nodes.values().stream()
                .filter(node -> node.core.leadershipEffective())
                .findFirst();
        return leader.isPresent()
                && leader.get().core.configuration().orElseThrow().members().stream()
                        .allMatch(member -> nodes.get(member).applied() >= observer.committedCount() - 5);
    }

    private void step() {
        now += random.nextInt(3);
        ClusterNode node = anyNode();
        int drawn = random.nextInt(1_000);
        if (drawn < 600) {
            deliver();
        } else if (drawn < 780) {
            node.sync();
        } else if (drawn < 880) {
            if (now >= node.core.dueNanos()) {
                node.on(new Input.Tick());
            }
        } else if (drawn < 950) {
            propose(node);
        } else if (drawn < 970) {
            node.read();
        } else if (drawn < 980) {
            node.takeSnapshot();
        } else if (faulty) {
            disturb(node, drawn);
        }
    }

    private ClusterNode anyNode() {
        return new ArrayList<>(nodes.values()).get(random.nextInt(nodes.size()));
    }

    private void propose(ClusterNode node) {
        if (node.core.role() == RaftRole.LEADER) {
            node.on(new Input.Propose(List.of(CoreFixture.command("c" + nextCommand++))));
        }
    }

    private void disturb(ClusterNode node, int drawn) {
        if (drawn < 987) {
            node.start();
        } else if (drawn < 990) {
            cutLinks();
        } else if (drawn < 992) {
            node.on(new Input.TransferLeadership(1, Optional.of(anyNode().id)));
        } else {
            leaders().forEach(this::changeMembers);
        }
    }

    private List<ClusterNode> leaders() {
        return nodes.values().stream()
                .filter(node -> node.core.role() == RaftRole.LEADER)
                .toList();
    }

    private void changeMembers(ClusterNode leader) {
        MembershipChange change =
                MembershipChange.of(leader.core.configuration().orElseThrow());
        for (int i = random.nextInt(3); i >= 0; i--) {
            NodeId other = anyNode().id;
            change = switch (random.nextInt(4)) {
                case 0 -> change.withLearner(other);
                case 1, 2 -> change.withVoter(other);
                default -> change.without(other);
            };
        }
        leader.on(new Input.ChangeMembers(1, change));
    }

    /** All whole, one node cut off in one or both directions, two halves, or a random choice of links. */
    private void cutLinks() {
        cut.clear();
        List<NodeId> all = List.copyOf(nodes.keySet());
        NodeId one = anyNode().id;
        Set<NodeId> half = all.stream().filter(node -> random.nextBoolean()).collect(Collectors.toSet());
        int shape = random.nextInt(6);
        for (NodeId from : all) {
            for (NodeId to : all) {
                boolean isCut = switch (shape) {
                    case 0 -> from.equals(one) || to.equals(one);
                    case 1 -> from.equals(one);
                    case 2 -> to.equals(one);
                    case 3 -> half.contains(from) != half.contains(to);
                    case 4 -> random.nextInt(3) == 0;
                    default -> false;
                };
                if (isCut) {
                    cut.add(from + ">" + to);
                }
            }
        }
    }

    private void deliver() {
        if (network.isEmpty()) {
            return;
        }
        int drawn = faulty ? random.nextInt(network.size()) : 0;
        InFlight message = network.get(drawn);
        boolean doubled = faulty && random.nextInt(10) == 0;
        if (!doubled) {
            network.remove(drawn);
        }
        boolean lost = faulty && random.nextInt(8) == 0;
        if (!lost) {
            nodes.get(message.to).on(new Input.Received(message.from, message.message));
        }
    }
}
