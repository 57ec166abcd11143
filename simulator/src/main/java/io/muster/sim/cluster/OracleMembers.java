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

    private final SimCluster cluster;
    private final SimProcess process;
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

        Watched(int index, Member member) {
            this.index = index;
            this.member = member;
        }
    }

    private OracleMembers(SimCluster cluster, SimProcess process) {
        this.cluster = cluster;
        this.process = process;
        for (SimMachine machine : cluster.machines()) {
            if (machine.index() != process.index()) {
                watched.add(new Watched(machine.index(), starting(machine.address())));
            }
        }
        this.view = view(1);
    }

    /** Members for a process that has just started, all machines of the cluster listed by all. It begins to look around at once. */
    public static OracleMembers of(SimCluster cluster, SimProcess process) {
        OracleMembers members = new OracleMembers(cluster, process);
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
            changed |= !one.member.equals(before);
        }
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
                true,
                "answers",
                state == known.state()
                        ? known.sinceWallMillis()
                        : process.time().wallMillis());
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
                process.time().wallMillis());
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

    private MemberView view(long revision) {
        Member self = new Member(
                process.address(),
                Optional.of(process.identity().nodeId()),
                process.identity().runId(),
                MemberState.UP,
                selfLoaded,
                true,
                "this node",
                0);
        List<Member> all = new ArrayList<>(List.of(self));
        watched.forEach(one -> all.add(one.member));
        return new MemberView(revision, self, all);
    }
}
