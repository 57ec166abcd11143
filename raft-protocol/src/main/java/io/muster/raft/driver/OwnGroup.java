package io.muster.raft.driver;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.core.Input;
import io.muster.raft.core.RaftCore;
import io.muster.raft.core.Rules;
import io.muster.raft.core.founding.Promise;
import io.muster.raft.core.founding.Standing;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.storage.Belonging;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * To which cluster this node belongs, as its log and what it has stored say, and whether there are others in it. Whoever passes frames, and a start that comes later,
 * are told of it.
 */
final class OwnGroup {

    private final DriverState<?, ?> state;
    private final PeerLink peers;
    private final Turns turns;
    private final Consumer<ClusterId> moveTo;
    private final GroupMembership members;

    /** Whether there are others to found with, to join or to take in; once there are, this node looks for them until it stops. */
    private boolean clustered;

    /** @param moveTo leaves this group for another one */
    OwnGroup(DriverState<?, ?> state, PeerLink peers, Rules rules, Turns turns, Consumer<ClusterId> moveTo) {
        this.state = state;
        this.peers = peers;
        this.turns = turns;
        this.moveTo = moveTo;
        this.members = new GroupMembership(state.config, state.self, state.ports, peers, rules, new MembershipOwner());
    }

    GroupMembership members() {
        return members;
    }

    boolean isClustered() {
        return clustered;
    }

    Optional<ClusterId> cluster() {
        return core().configuration()
                .map(Configuration::clusterId)
                .or(() -> belonging().clusterId());
    }

    private RaftCore core() {
        return state.core();
    }

    private Belonging belonging() {
        return state.replica().storage().belonging();
    }

    // Beginning.

    /** A standalone node that has never been anything founds its group. */
    void foundItselfIfFresh() {
        boolean fresh = core().configuration().isEmpty() && core().term() == 0;
        if (fresh && state.config.foundsItself() && belonging().clusterId().isEmpty()) {
            state.replica()
                    .feed(new Input.Found(
                            ClusterId.draw(state.ports.rng().stream("cluster-id")), 1, state.config.formatMax()));
        }
    }

    /**
     * A standalone node looks for others once the lookup lists some: then it has left that mode while running (R63). First it is founded.
     *
     * @return whether it has just begun with that
     */
    boolean lookForOthersIfListed() {
        boolean wanted = !state.config.foundsItself()
                || (state.ports.members().view().wish().entries().size() > 1
                        && standing().clusterId().isPresent());
        if (clustered || !wanted) {
            return false;
        }
        clustered = true;
        members.begin(standing(), belonging().promise());
        return true;
    }

    /** What this node is, as far as it is durable. */
    Standing standing() {
        boolean durable = state.replica().durableIndex() >= 1;
        Optional<Configuration> group = durable ? core().configuration() : Optional.empty();
        Belonging stored = state.replica().storage().storedBelonging();
        return new Standing(
                group.map(Configuration::clusterId).or(stored::clusterId),
                stored.setAside().isPresent(),
                group.filter(known -> known.isVoter(state.self)).isPresent(),
                group.map(known -> known.voters().size()).orElse(0),
                state.replica().clientEntries());
    }

    // Telling of it.

    /** Frames pass between members of this cluster from now on. */
    void takeUpCluster() {
        Optional<ClusterId> cluster = cluster();
        peers.setClusterId(cluster);
        cluster.ifPresent(state.replica().storage()::setClusterId);
    }

    /** A start that finds damaged data must know whether others have what was decided, and to which cluster to go back. */
    void rememberOthers(Configuration group) {
        boolean others = !group.isSoleVoter(state.self);
        Belonging known = belonging();
        Belonging now = known.in(group.clusterId()).amongOthers(others);
        if ((clustered || others) && !now.equals(known)) {
            state.replica().storage().store(now).whenComplete((ignored, error) -> {
                if (error != null) {
                    turns.storageFailed(error);
                }
            });
        }
    }

    /** The node may have died with the commit of its group stored, and not yet what is remembered of it: nobody tells of that commit again. */
    void rememberOthersOnceMore() {
        if (core().configurationIndex() <= core().commitIndex()) {
            core().configuration().ifPresent(this::rememberOthers);
        }
    }

    /** Carries out what founding and operators want of this node. */
    private final class MembershipOwner implements GroupMembership.Owner {

        @Override
        public void turn(Runnable step) {
            turns.turn(step);
        }

        @Override
        public RaftCore core() {
            return OwnGroup.this.core();
        }

        @Override
        public void feed(Input input) {
            state.replica().feed(input);
        }

        @Override
        public Optional<ClusterId> cluster() {
            return OwnGroup.this.cluster();
        }

        @Override
        public void store(Optional<Promise> promise, Runnable stored) {
            whenStored(belonging().promised(promise), stored);
        }

        @Override
        public void found(ClusterId clusterId, int votersBeforeWrites, List<NodeId> founders) {
            int format = members.announcements().leastAnnouncedBy(founders);
            feed(new Input.Found(clusterId, votersBeforeWrites, format));
            takeUpCluster();
        }

        @Override
        public void join(ClusterId clusterId) {
            whenStored(
                    belonging().in(clusterId).promised(Optional.empty()).amongOthers(true),
                    OwnGroup.this::takeUpCluster);
        }

        private void whenStored(Belonging belonging, Runnable stored) {
            state.replica().storage().store(belonging).whenComplete((ignored, error) -> {
                if (error == null) {
                    turn(stored);
                } else {
                    turns.storageFailed(error);
                }
            });
        }

        @Override
        public void moveTo(ClusterId clusterId) {
            moveTo.accept(clusterId);
        }
    }
}
