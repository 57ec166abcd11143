package io.muster.member.health.core;

import static io.muster.member.health.core.Neighbourhood.SELF;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.ClusterId;
import io.muster.member.Member;
import io.muster.member.MemberAddress;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import io.muster.member.NodeIdentity;
import io.muster.member.PeerIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever happens, in whatever order: no exception, and every view is one that the rules allow after the one before. Neighbours mostly live on and
 * answer truthfully, or are silent for a spell, so that everything that the rules know of comes about; now and then comes something else.
 */
class RandomEventsTest {

    private static final int STEPS = 4_000;
    private static final List<MemberAddress> ADDRESSES =
            IntStream.range(0, 6).mapToObj(i -> Neighbourhood.address("n" + i)).toList();
    private static final NodeId SELF_ID = Neighbourhood.SELF_ID;
    private static final ClusterId OURS = new ClusterId(1, 0);
    private static final ClusterId THEIRS = new ClusterId(1, 1);

    static IntStream seeds() {
        return IntStream.range(0, 40);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void viewsChangeByTheRulesAlone(int seed) {
        new Run(seed).run();
    }

    /** The test above sees what it is there for. */
    @Test
    void everyTransition_isDrawn() {
        Set<String> drawn = new TreeSet<>();
        long refuted = 0;
        for (int seed = 100; seed < 110; seed++) {
            Run run = new Run(seed);
            run.run();
            drawn.addAll(run.transitions);
            refuted += run.core.status().counters().suspicionsRefuted();
        }

        assertThat(drawn)
                .contains(
                        "STARTING UP",
                        "STARTING SUSPICIOUS",
                        "STARTING DOWN",
                        "UP SUSPICIOUS",
                        "UP DOWN",
                        "SUSPICIOUS UP",
                        "SUSPICIOUS DOWN",
                        "DOWN UP",
                        "DOWN SUSPICIOUS",
                        "UP new run",
                        "SUSPICIOUS new run",
                        "DOWN new run");
        assertThat(refuted).isPositive();
    }

    /** What the neighbours do. */
    private enum Spell {
        ANSWERS,
        /** Answers others, not this node. */
        HIDDEN,
        SILENT
    }

    private static final class Node {
        private final NodeId id;
        private final MemberAddress address;
        private long runId = 1;
        private Spell spell = Spell.ANSWERS;
        private boolean loaded;
        private boolean leaving;
        private boolean listsSelf = true;
        private ClusterId cluster = OURS;

        Node(int number) {
            id = new NodeId(7, number);
            address = ADDRESSES.get(number);
        }

        Announcement says() {
            return new Announcement(runId, Optional.of(cluster), loaded, leaving, 3, 4);
        }

        PeerIdentity identity() {
            return new PeerIdentity(new NodeIdentity(id, runId), Optional.of(cluster), address, 1);
        }
    }

    /** One seed's story. */
    private static final class Run {

        private final Random random;
        private final List<Node> nodes =
                IntStream.range(0, ADDRESSES.size()).mapToObj(Node::new).toList();
        private final MemberHealth core = new MemberHealth(
                new NodeIdentity(SELF_ID, Neighbourhood.SELF_RUN),
                SELF,
                HealthTiming.DEFAULTS,
                new HealthRules(),
                new Now(0, 0));
        private final List<Effect.Send> unanswered = new ArrayList<>();
        private final Set<String> transitions = new TreeSet<>();
        private MemberView last = core.view();
        private long nanos;

        Run(long seed) {
            random = new Random(seed);
        }

        void run() {
            feed(new Input.ClusterKnown(OURS));
            feed(new Input.Wished(
                    Stream.concat(ADDRESSES.stream(), Stream.of(SELF)).toList()));
            nodes.forEach(node -> feed(new Input.Opened(node.address, node.identity())));
            for (int i = 0; i < STEPS; i++) {
                nanos += random.nextInt(400) == 0 ? random.nextLong(90_000_000_000L) : 60_000_000L;
                feed(new Input.Tick());
                List<Effect.Send> heard = List.copyOf(unanswered);
                unanswered.clear();
                heard.stream().filter(send -> random.nextInt(20) > 0).forEach(this::answer);
                if (random.nextInt(15) == 0) {
                    happens(node());
                } else if (random.nextInt(40) == 0) {
                    feed(anything());
                }
            }
        }

        private void feed(Input input) {
            for (Effect effect : core.on(input, new Now(nanos, random.nextInt()))) {
                if (effect instanceof Effect.Publish publish) {
                    checkStep(last, publish.view());
                    last = publish.view();
                } else if (effect instanceof Effect.Send send) {
                    unanswered.add(send);
                }
            }
            assertThat(core.view()).isSameAs(last);
        }

        private void answer(Effect.Send send) {
            nodes.stream()
                    .filter(node -> node.id.equals(send.to()) && node.spell == Spell.ANSWERS)
                    .forEach(node -> {
                        if (send.message() instanceof HealthMessage.Probe probe) {
                            hear(
                                    node,
                                    new HealthMessage.ProbeAnswer(
                                            probe.sequence(),
                                            probe.says().runId(),
                                            node.says(),
                                            node.listsSelf,
                                            random.nextLong()));
                        } else if (send.message() instanceof HealthMessage.AskReach ask) {
                            hear(node, reachAnswer(node, ask));
                        }
                    });
        }

        private HealthMessage reachAnswer(Node by, HealthMessage.AskReach ask) {
            List<Node> reached = nodes.stream()
                    .filter(node -> node != by && node.spell != Spell.SILENT && !node.leaving)
                    .toList();
            return new HealthMessage.ReachAnswer(
                    ask.round(),
                    ask.fromRunId(),
                    reached.stream()
                            .filter(node -> ask.suspects().stream()
                                    .anyMatch(suspect -> suspect.nodeId().equals(node.id)))
                            .map(this::reached)
                            .toList(),
                    reached.stream()
                            .filter(node -> ask.addresses().contains(node.address))
                            .map(node -> new HealthMessage.FoundAt(node.address, reached(node)))
                            .toList());
        }

        private HealthMessage.Reached reached(Node node) {
            return new HealthMessage.Reached(node.id, node.runId, node.loaded, 3, 4, random.nextInt(1_000));
        }

        private void hear(Node node, HealthMessage message) {
            feed(new Input.Received(node.id, message));
        }

        /** Something that can happen to a neighbour. */
        private void happens(Node node) {
            switch (random.nextInt(14)) {
                case 0, 1, 2 -> node.spell = Spell.SILENT;
                case 3, 4 -> node.spell = Spell.HIDDEN;
                case 5 -> {
                    node.runId++;
                    node.loaded = false;
                    node.leaving = false;
                    node.cluster = OURS;
                }
                case 6 -> node.loaded = !node.loaded;
                case 7 -> {
                    node.leaving = random.nextInt(4) == 0;
                    if (node.leaving) {
                        hear(node, new HealthMessage.Leaving(node.runId));
                    }
                }
                case 8 -> node.cluster = random.nextInt(4) == 0 ? THEIRS : OURS;
                case 9 -> node.listsSelf = random.nextBoolean();
                default -> {
                    node.spell = Spell.ANSWERS;
                    feed(new Input.Opened(node.address, node.identity()));
                }
            }
        }

        private Node node() {
            return nodes.get(random.nextInt(nodes.size()));
        }

        /** True or not. */
        private Input anything() {
            Node node = node();
            MemberAddress address = node().address;
            return switch (random.nextInt(13)) {
                case 0 -> new Input.Wished(someAddresses());
                case 1 -> new Input.Opened(address, anyIdentity());
                case 2, 3 -> new Input.Closed(address, node.id, "closed");
                case 4, 5 -> new Input.Failed(address, "failed " + random.nextInt(3));
                case 6 -> new Input.Accepted(anyIdentity());
                case 7 -> new Input.AcceptedClosed(node.id);
                case 8 -> new Input.LoadedChanged(random.nextBoolean());
                case 9 -> random.nextInt(20) == 0 ? new Input.Leave() : new Input.ClusterKnown(OURS);
                case 10 ->
                    new Input.Received(
                            node.id, new HealthMessage.Probe(random.nextInt(50), node().says(), random.nextBoolean()));
                case 11 ->
                    new Input.Received(
                            node.id,
                            new HealthMessage.AskReach(
                                    1, 1, List.of(new HealthMessage.Suspect(node().id, 1)), List.of(address)));
                default ->
                    new Input.Received(
                            node.id,
                            new HealthMessage.ProbeAnswer(
                                    random.nextInt(5_000),
                                    Neighbourhood.SELF_RUN,
                                    node().says(),
                                    random.nextBoolean(),
                                    random.nextLong()));
            };
        }

        private PeerIdentity anyIdentity() {
            NodeIdentity identity = random.nextInt(10) == 0
                    ? new NodeIdentity(SELF_ID, random.nextInt(3))
                    : node().identity().identity();
            return new PeerIdentity(identity, Optional.empty(), node().address, 1);
        }

        private List<MemberAddress> someAddresses() {
            List<MemberAddress> some = new ArrayList<>(
                    ADDRESSES.stream().filter(address -> random.nextInt(8) > 0).toList());
            if (random.nextInt(5) > 0) {
                some.add(SELF);
            }
            return some;
        }

        private void checkStep(MemberView before, MemberView after) {
            assertThat(after.revision()).isEqualTo(before.revision() + 1);
            assertThat(after.members()).contains(after.self());
            assertThat(after.self().nodeId()).contains(SELF_ID);
            assertThat(after.self().state()).isEqualTo(MemberState.UP);
            assertThat(after.members().stream()
                            .flatMap(member -> member.nodeId().stream())
                            .toList())
                    .doesNotHaveDuplicates();
            Map<NodeId, Member> known = new TreeMap<>();
            before.members().forEach(member -> member.nodeId().ifPresent(id -> known.put(id, member)));
            for (Member member : after.members()) {
                member.nodeId().filter(known::containsKey).ifPresent(id -> checkMember(known.get(id), member));
            }
        }

        private void checkMember(Member before, Member after) {
            if (before.runId() != after.runId()) {
                transitions.add(before.state() + " new run");
                assertThat(after.state()).as("a new run starts").isEqualTo(MemberState.STARTING);
                assertThat(after.loaded()).as("a new run is not loaded").isFalse();
            } else if (before.state() != after.state()) {
                transitions.add(before.state() + " " + after.state());
                assertThat(allowedAfter(before.state(), after))
                        .as("from %s to %s", before, after)
                        .contains(after.state());
            }
        }

        private static Set<MemberState> allowedAfter(MemberState state, Member after) {
            return switch (state) {
                case STARTING -> Set.of(MemberState.UP, MemberState.SUSPICIOUS, MemberState.DOWN);
                case UP ->
                    after.reason().equals(Peer.LEFT) || after.reason().startsWith("belongs to another cluster")
                            ? Set.of(MemberState.DOWN)
                            : Set.of(MemberState.SUSPICIOUS);
                case SUSPICIOUS -> Set.of(MemberState.UP, MemberState.DOWN);
                case DOWN -> Set.of(MemberState.UP, MemberState.SUSPICIOUS);
            };
        }
    }
}
