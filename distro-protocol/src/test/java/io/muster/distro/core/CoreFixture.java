package io.muster.distro.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeEvent;
import io.muster.consistency.Condition;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Mark;
import io.muster.consistency.Removal;
import io.muster.consistency.Renewal;
import io.muster.distro.core.Effects.MarkerChange;
import io.muster.distro.core.Effects.Outcome;
import io.muster.member.Member;
import io.muster.member.MemberAddress;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import io.muster.member.NodeIdentity;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * One core with the duties of its driver done: ticks come every 100 ms of its own time, renewals that ask for revival are fed. Speaks of
 * instances of one service, {@code orders}, unless told otherwise.
 */
final class CoreFixture {

    static final String SERVICE = "public##DEFAULT_GROUP@@orders";
    static final Lease LEASE = new Lease(15_000, 30_000);
    static final long WALL = 1_800_000_000_000L;
    static final NodeId PEER = new NodeId(77, 77);

    private static final long MILLI = 1_000_000;

    final DistroCore<String> core;
    final NodeId self;
    final List<ChangeEvent<String>> events = new ArrayList<>();
    final List<Notice> notices = new ArrayList<>();
    final List<MarkerChange> markers = new ArrayList<>();

    /** What a listener that heard every event believes. */
    final TreeMap<Key, Datum<String>> mirror = new TreeMap<>();

    private long nowNanos;
    private long calls;

    CoreFixture() {
        this(1, GuardLimits.DEFAULTS);
    }

    CoreFixture(long node, GuardLimits guard) {
        this(node, LeaseLimits.DEFAULTS, guard);
    }

    CoreFixture(long node, LeaseLimits leases, GuardLimits guard) {
        this(node, leases, guard, SessionRule.ALL);
    }

    CoreFixture(long node, LeaseLimits leases, GuardLimits guard, SessionRule sessions) {
        self = new NodeId(0, node);
        CoreConfig config = new CoreConfig(leases, guard, PeerLimits.DEFAULTS, 15_000, sessions);
        core = new DistroCore<>(new NodeIdentity(self, 100 + node), config, new TextCodec(), WALL, nowNanos);
    }

    static long hash(String value) {
        return RecordDigest.ofValue(value.getBytes(StandardCharsets.UTF_8));
    }

    CoreFixture loaded() {
        return loaded(false);
    }

    CoreFixture loaded(boolean coldStart) {
        feed(new Input.View<>(alone()));
        feed(new Input.Start<>(coldStart));
        return this;
    }

    MemberView alone() {
        Member me = up(self, 1);
        return new MemberView(1, me, List.of(me));
    }

    MemberView with(NodeId... others) {
        List<Member> members = new ArrayList<>(List.of(up(self, 1)));
        for (NodeId other : others) {
            members.add(up(other, 1 + members.size()));
        }
        return new MemberView(2, members.get(0), members);
    }

    /** The other one is listed and does not answer. */
    MemberView withDown(NodeId other) {
        Member me = up(self, 1);
        return new MemberView(3, me, List.of(me, member(other, 2, MemberState.DOWN)));
    }

    private static Member up(NodeId id, int host) {
        return member(id, host, MemberState.UP);
    }

    private static Member member(NodeId id, int host, MemberState state) {
        return new Member(
                new MemberAddress("10.0.0." + host, 8848, 7848), Optional.of(id), 0, state, true, true, "", 0);
    }

    Effects<String> feed(Input<String> input) {
        Effects<String> effects = core.on(sentJustNow(input), nowNanos);
        events.addAll(effects.events());
        notices.addAll(effects.notices());
        effects.marker().ifPresent(markers::add);
        effects.events().forEach(this::mirror);
        return effects;
    }

    private void mirror(ChangeEvent<String> event) {
        if (event instanceof ChangeEvent.Stored<String> stored) {
            mirror.put(event.key(), stored.datum());
        } else if (event instanceof ChangeEvent.Marked<String> marked) {
            assertThat(mirror).as("only what is known changes its mark").containsKey(event.key());
            mirror.put(event.key(), marked.datum());
        } else {
            assertThat(mirror.remove(event.key())).as("only what is known goes").isNotNull();
        }
    }

    // What clients do

    static Key key(String instance) {
        return Key.ephemeral(SERVICE, instance);
    }

    Datum<String> register(String instance) {
        return register(instance, "v", LEASE);
    }

    Datum<String> register(String instance, String value, Lease lease) {
        return write(Change.put(key(instance), value, lease)).results().get(0).orElseThrow();
    }

    Outcome<String> put(String instance, String value, Condition condition) {
        return write(Change.put(key(instance), value, LEASE, condition));
    }

    void deregister(String instance) {
        write(Change.remove(key(instance), Removal.CLIENT));
    }

    /** A write that is done at once, since this node is responsible. */
    Outcome<String> write(Change<String> change) {
        return writeAll(List.of(change));
    }

    Outcome<String> writeAll(List<Change<String>> changes) {
        List<Outcome<String>> outcomes =
                feed(new Input.Write<>(++calls, changes)).outcomes();
        assertThat(outcomes)
                .singleElement()
                .satisfies(outcome -> assertThat(outcome.call()).isEqualTo(calls));
        return outcomes.get(0);
    }

    Renewal beat(String instance) {
        return beat(key(instance));
    }

    Renewal beat(Key key) {
        List<Key> revivals = new ArrayList<>();
        Renewal answer = core.records().renew(key, nowNanos, revivals::add);
        if (!revivals.isEmpty()) {
            feed(new Input.Renewed<>(revivals));
        }
        return answer;
    }

    void merge(List<DistroRecord<String>> records) {
        feed(new Input.Merge<>(PEER, records));
    }

    // Time

    /** Lets time pass with a tick every 100 ms. */
    CoreFixture pass(long millis) {
        return passWhile(millis, () -> {});
    }

    /** Who leaves the sender's clock out means a message that was not under way for long. */
    private Input<String> sentJustNow(Input<String> input) {
        return input instanceof Input.Received<String> received && received.clock() == 0
                ? new Input.Received<>(
                        received.from(), clock() - (1_000L << HybridClock.COUNTER_BITS), received.message())
                : input;
    }

    /** What a member's hybrid clock shows now, if it goes by the wall clock. */
    long clock() {
        return (WALL + nowMillis()) << HybridClock.COUNTER_BITS;
    }

    /** One tick after so long, with somebody to see what comes of it. */
    CoreFixture pass(long millis, Consumer<Effects<String>> seen) {
        nowNanos += millis * MILLI;
        seen.accept(feed(new Input.Tick<>()));
        return this;
    }

    /** The same, with something to do before each tick. */
    CoreFixture passWhile(long millis, Runnable beforeEachTick) {
        for (long left = millis; left > 0; left -= DistroCore.TICK_MILLIS) {
            nowNanos += Math.min(left, DistroCore.TICK_MILLIS) * MILLI;
            beforeEachTick.run();
            while (feed(new Input.Tick<>()).more()) {}
        }
        return this;
    }

    /** Nothing of this process runs for so long. */
    CoreFixture standStill(long millis) {
        nowNanos += millis * MILLI;
        return this;
    }

    long nowMillis() {
        return nowNanos / MILLI;
    }

    /** Lets time pass until the instance is no longer as given; tells after how many milliseconds. */
    long millisUntilNot(String instance, Optional<Mark> mark) {
        long start = nowMillis();
        while (markOf(instance).equals(mark)) {
            pass(DistroCore.TICK_MILLIS);
            assertThat(nowMillis() - start).as("still %s", mark).isLessThan(10_000_000);
        }
        return nowMillis() - start;
    }

    // What readers see

    Optional<Mark> markOf(String instance) {
        return get(instance).map(Datum::mark);
    }

    Optional<Datum<String>> get(String instance) {
        return core.records().get(key(instance));
    }

    List<Datum<String>> all() {
        List<Datum<String>> all = new ArrayList<>();
        core.records().forEach(all::add);
        all.sort(Comparator.comparing(Datum::key));
        return all;
    }

    /** The published lists, the events told and the counters must all say the same, at any moment. */
    void assertCoherent() {
        List<Datum<String>> all = all();
        assertThat(List.copyOf(mirror.values())).as("what listeners believe").isEqualTo(all);
        Counts counts = core.counts();
        assertThat(counts.records()).as("records").isEqualTo(all.size());
        assertThat(counts.unhealthy())
                .as("unhealthy")
                .isEqualTo(all.stream()
                        .filter(datum -> datum.mark() == Mark.UNHEALTHY)
                        .count());
        assertThat(counts.groups()).as("groups").isEqualTo((int)
                all.stream().map(datum -> datum.key().group()).distinct().count());
        assertThat(counts.digest()).as("digest, DigestHonest").isEqualTo(DumbDigest.of(all, CoreFixture::hash));
        all.stream()
                .collect(Collectors.groupingBy(datum -> datum.key().group()))
                .forEach((group, data) -> assertThat(core.records().group(group))
                        .as("group %s", group)
                        .isEqualTo(data));
    }
}
