package io.muster.member.health.core;

import io.muster.member.ClusterId;
import io.muster.member.Member;
import io.muster.member.MemberAddress;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import io.muster.member.NodeIdentity;
import io.muster.member.PeerIdentity;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * One core, {@code self}, among neighbours that the test plays: each answers, or not, and says whom it reaches. Answers come without delay; time
 * passes by {@link #pass} alone.
 */
final class Neighbourhood {

    static final NodeId SELF_ID = new NodeId(0, 1);
    static final long SELF_RUN = 1_000;
    static final MemberAddress SELF = address("self");
    static final Duration INTERVAL = Duration.ofSeconds(1);

    final MemberHealth core;
    final List<MemberView> views = new ArrayList<>();
    final List<Notice> notices = new ArrayList<>();
    final List<Effect.Send> sent = new ArrayList<>();
    List<MemberAddress> dialled = List.of();

    private final Map<String, Neighbour> byName = new TreeMap<>();
    private final Deque<Runnable> answers = new ArrayDeque<>();
    private final HealthTiming timing;
    private Announcement selfSays = new Announcement(SELF_RUN, Optional.empty(), false, false, 0, 0);
    private long nanos;
    private long wallMillis = 1_700_000_000_000L;

    Neighbourhood() {
        this(new HealthRules());
    }

    Neighbourhood(HealthRules rules) {
        this(rules, HealthTiming.DEFAULTS);
    }

    Neighbourhood(HealthRules rules, HealthTiming timing) {
        this.timing = timing;
        core = new MemberHealth(new NodeIdentity(SELF_ID, SELF_RUN), SELF, timing, rules, now());
        views.add(core.view());
    }

    static MemberAddress address(String host) {
        return new MemberAddress(host, 8848, 7848);
    }

    /** All listed, with {@code self}, and found; UP after the first answer. */
    Neighbourhood with(String... names) {
        List<MemberAddress> listed = new ArrayList<>(List.of(SELF));
        Arrays.stream(names).map(Neighbourhood::address).forEach(listed::add);
        list(listed);
        for (String name : names) {
            opens(address(name), neighbour(name));
        }
        return this;
    }

    void list(Collection<MemberAddress> addresses) {
        feed(new Input.Wished(List.copyOf(addresses)));
    }

    /** The neighbour of this name; its node id comes from the name. */
    Neighbour neighbour(String name) {
        return byName.computeIfAbsent(name, Neighbour::new);
    }

    void opens(MemberAddress dialed, Neighbour neighbour) {
        feed(new Input.Opened(dialed, neighbour.identity()));
    }

    void closes(MemberAddress dialed, Neighbour neighbour) {
        feed(new Input.Closed(dialed, neighbour.id, "connection reset"));
    }

    void fails(MemberAddress dialed) {
        fails(dialed, "connection refused");
    }

    void fails(MemberAddress dialed, String reason) {
        feed(new Input.Failed(dialed, reason));
    }

    /** Whoever answers there belongs to another cluster. */
    void fails(MemberAddress dialed, ClusterId otherCluster) {
        feed(new Input.Failed(dialed, "belongs to cluster " + otherCluster, Optional.of(otherCluster)));
    }

    void accepts(Neighbour neighbour) {
        feed(new Input.Accepted(neighbour.identity()));
    }

    void acceptedCloses(Neighbour neighbour) {
        feed(new Input.AcceptedClosed(neighbour.id));
    }

    /** What self said of itself last, in a probe. */
    Announcement selfSays() {
        return selfSays;
    }

    /** Lets time pass, with a tick each tenth of an interval. */
    void pass(Duration duration) {
        long until = nanos + duration.toNanos();
        while (nanos < until) {
            skip(Duration.ofNanos(timing.tickNanos()));
        }
    }

    void passIntervals(int count) {
        pass(INTERVAL.multipliedBy(count));
    }

    /** Lets time pass without a step, as when the process stands still; then comes one tick. */
    void skip(Duration duration) {
        nanos += duration.toNanos();
        wallMillis += duration.toMillis();
        feed(new Input.Tick());
    }

    void feed(Input input) {
        step(input);
        while (!answers.isEmpty()) {
            answers.poll().run();
        }
    }

    private void step(Input input) {
        for (Effect effect : core.on(input, now())) {
            effect.accept(new Effect.Visitor() {
                @Override
                public void dial(Effect.Dial dial) {
                    dialled = dial.addresses();
                }

                @Override
                public void send(Effect.Send send) {
                    sent.add(send);
                    if (send.message() instanceof HealthMessage.Probe probe) {
                        selfSays = probe.says();
                    }
                    byName.values().stream()
                            .filter(neighbour -> neighbour.id.equals(send.to()))
                            .findFirst()
                            .ifPresent(neighbour -> neighbour.hears(send.message()));
                }

                @Override
                public void publish(Effect.Publish publish) {
                    views.add(publish.view());
                }

                @Override
                public void tell(Effect.Tell tell) {
                    notices.add(tell.notice());
                }

                @Override
                public void measured(Effect.Measured measured) {}
            });
        }
    }

    Now now() {
        return new Now(nanos, wallMillis);
    }

    MemberView view() {
        return views.get(views.size() - 1);
    }

    Member member(String name) {
        return view().member(neighbour(name).id)
                .orElseThrow(() -> new AssertionError(name + " is no member of " + view()));
    }

    MemberState state(String name) {
        return member(name).state();
    }

    List<Notice.Kind> kindsOfNotices() {
        return notices.stream().map(Notice::kind).toList();
    }

    /** A member that the test answers for. */
    final class Neighbour {

        final String name;
        NodeId id;
        long runId;
        MemberAddress address;
        boolean answers = true;
        boolean answersProbes = true;
        boolean loaded = true;
        boolean leaving;
        boolean listsSelf = true;

        /** Whether its list names whom self's list names. */
        boolean sharesList = true;

        long wishDigest = 77;
        Duration wallAhead = Duration.ZERO;
        Optional<ClusterId> clusterId = Optional.empty();

        /** Names that it says it reaches when asked, at their addresses too. */
        final Set<String> reaches = new TreeSet<>();

        Neighbour(String name) {
            this.name = name;
            this.id = new NodeId(1, name.hashCode());
            this.runId = 1;
            this.address = address(name);
        }

        /** Its process ends and another begins, which is not loaded yet. */
        void restarts() {
            runId++;
            loaded = false;
        }

        PeerIdentity identity() {
            return new PeerIdentity(new NodeIdentity(id, runId), clusterId, address, 1);
        }

        Announcement says() {
            return new Announcement(runId, clusterId, loaded, leaving, listDigest(), wishDigest);
        }

        private long listDigest() {
            return sharesList ? selfSays.listDigest() : 78;
        }

        /** Probes self. */
        void probes() {
            tells(new HealthMessage.Probe(1, says(), listsSelf));
        }

        /** Sends self a message. */
        void tells(HealthMessage message) {
            feed(new Input.Received(id, message));
        }

        private void hears(HealthMessage message) {
            if (!answers) {
                return;
            }
            if (message instanceof HealthMessage.Probe probe && answersProbes) {
                answer(new HealthMessage.ProbeAnswer(
                        probe.sequence(), probe.says().runId(), says(), listsSelf, wallMillis + wallAhead.toMillis()));
            } else if (message instanceof HealthMessage.AskReach ask) {
                answer(new HealthMessage.ReachAnswer(
                        ask.round(),
                        ask.fromRunId(),
                        ask.suspects().stream()
                                .flatMap(suspect -> reached(other -> other.id.equals(suspect.nodeId())))
                                .toList(),
                        ask.addresses().stream()
                                .flatMap(address -> reached(other -> other.address.equals(address))
                                        .map(reached -> new HealthMessage.FoundAt(address, reached)))
                                .toList()));
            }
        }

        private Stream<HealthMessage.Reached> reached(Predicate<Neighbour> asked) {
            return reaches.stream()
                    .map(Neighbourhood.this::neighbour)
                    .filter(asked)
                    .map(other -> new HealthMessage.Reached(
                            other.id, other.runId, other.loaded, other.listDigest(), other.wishDigest, 0));
        }

        private void answer(HealthMessage message) {
            NodeId from = id;
            Neighbourhood.this.answers.add(() -> step(new Input.Received(from, message)));
        }
    }
}
