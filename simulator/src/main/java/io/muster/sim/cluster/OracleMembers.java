package io.muster.sim.cluster;

import io.muster.member.Member;
import io.muster.member.MemberAddress;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import io.muster.member.port.Members;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Members as a process sees them who knows the truth about the network, a little late: each second it counts who could have answered a round
 * trip. It stands in for member health where a simulation is about an engine alone, with its numbers (design §6): SUSPICIOUS after 2 misses,
 * DOWN after 5, back after 3 answers; a new run id is seen with the first answer.
 *
 * <p>All on the process's own thread.
 */
public final class OracleMembers implements Members {

    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final int MISSES_SUSPICIOUS = 2;
    private static final int MISSES_DOWN = 5;
    private static final int ANSWERS_UP = 3;

    /** Whom the lookups of the machines list; asked with each look. Machines are named by number. */
    @FunctionalInterface
    public interface Lists {

        /** All list all. */
        Lists ALL = (lister, listed) -> true;

        boolean names(int lister, int listed);
    }

    private final SimCluster cluster;
    private final SimProcess process;
    private final Lists lists;
    private final List<Consumer<MemberView>> listeners = new ArrayList<>();
    private final List<Watched> watched = new ArrayList<>();
    private boolean selfLoaded;
    private MemberView view;

    /** What this process knows of one other machine. */
    private static final class Watched {
        private final int index;
        private Member member;
        private int misses;
        private int answers;
        private boolean listed = true;

        Watched(int index, Member member) {
            this.index = index;
            this.member = member;
        }
    }

    private OracleMembers(SimCluster cluster, SimProcess process, Lists lists) {
        this.cluster = cluster;
        this.process = process;
        this.lists = lists;
        for (SimMachine machine : cluster.machines()) {
            if (machine.index() != process.index()) {
                watched.add(new Watched(machine.index(), starting(machine.address())));
            }
        }
        this.view = view(1);
    }

    /** Members for a process that has just started, all machines of the cluster listed by all. It begins to look around at once. */
    public static OracleMembers of(SimCluster cluster, SimProcess process) {
        return of(cluster, process, Lists.ALL);
    }

    /** The same, with lists that may differ from machine to machine and change meanwhile. */
    public static OracleMembers of(SimCluster cluster, SimProcess process, Lists lists) {
        OracleMembers members = new OracleMembers(cluster, process, lists);
        process.time().after(Duration.ofNanos(1), members::look);
        return members;
    }

    @Override
    public MemberView view() {
        return view;
    }

    @Override
    public void onChange(Consumer<MemberView> listener) {
        listeners.add(listener);
    }

    /** This node has, or has not, loaded its ephemeral data; peers hear of it with their next look. */
    public void selfLoaded(boolean loaded) {
        if (loaded != selfLoaded) {
            selfLoaded = loaded;
            process.endpoint().loaded(loaded);
            publish();
        }
    }

    private void look() {
        boolean changed = false;
        for (Watched one : watched) {
            Member before = one.member;
            lookAt(one);
            boolean listed = lists.names(process.index(), one.index);
            changed |= !one.member.equals(before) || listed != one.listed;
            one.listed = listed;
        }
        changed |= listsUs() != view.self().listsUs();
        if (changed) {
            publish();
        }
        process.time().after(PERIOD, this::look);
    }

    private void lookAt(Watched one) {
        SimMachine machine = cluster.machine(one.index);
        boolean answers = machine.awake() && cluster.network().connected(process.index(), one.index);
        if (answers) {
            one.misses = 0;
            one.answers++;
            one.member = answered(one, machine);
        } else {
            one.answers = 0;
            one.misses++;
            one.member = missed(one);
        }
    }

    private Member answered(Watched one, SimMachine machine) {
        SimProcess peer = machine.process().orElseThrow();
        Member known = one.member;
        boolean first = known.state() == MemberState.STARTING;
        boolean up = first || known.state() == MemberState.UP || one.answers >= ANSWERS_UP;
        MemberState state = up ? MemberState.UP : known.state();
        return new Member(
                        machine.address(),
                        Optional.of(peer.identity().nodeId()),
                        peer.identity().runId(),
                        state,
                        peer.endpoint().loaded(),
                        lists.names(one.index, process.index()),
                        "answers",
                        state == known.state()
                                ? known.sinceWallMillis()
                                : process.time().wallMillis())
                .announcing(machine.formatMax());
    }

    private Member missed(Watched one) {
        Member known = one.member;
        MemberState state = known.state();
        if (state == MemberState.UP && one.misses >= MISSES_SUSPICIOUS) {
            state = MemberState.SUSPICIOUS;
        }
        if (one.misses >= MISSES_DOWN && state != MemberState.STARTING) {
            state = MemberState.DOWN;
        }
        return state == known.state() ? known : inState(known, state);
    }

    private Member inState(Member known, MemberState state) {
        return new Member(
                        known.address(),
                        known.nodeId(),
                        known.runId(),
                        state,
                        known.loaded(),
                        known.listsUs(),
                        "does not answer",
                        process.time().wallMillis())
                .announcing(known.formatMax());
    }

    private Member starting(MemberAddress address) {
        return new Member(
                address,
                Optional.empty(),
                0,
                MemberState.STARTING,
                false,
                true,
                "not heard of yet",
                process.time().wallMillis());
    }

    private void publish() {
        view = view(view.revision() + 1);
        listeners.forEach(listener -> listener.accept(view));
    }

    /** Whether this machine lists itself, and anybody who answers does. */
    private boolean listsUs() {
        List<Watched> up = watched.stream()
                .filter(one -> one.listed && one.member.state() == MemberState.UP)
                .toList();
        return lists.names(process.index(), process.index())
                && (up.isEmpty() || up.stream().anyMatch(one -> one.member.listsUs()));
    }

    private MemberView view(long revision) {
        Member self = new Member(
                process.address(),
                Optional.of(process.identity().nodeId()),
                process.identity().runId(),
                MemberState.UP,
                selfLoaded,
                listsUs(),
                "this node",
                0);
        List<Member> all = new ArrayList<>(List.of(self));
        watched.stream().filter(one -> one.listed).forEach(one -> all.add(one.member));
        return new MemberView(revision, self, all);
    }
}
