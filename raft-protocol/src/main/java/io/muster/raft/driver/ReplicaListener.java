package io.muster.raft.driver;

import io.muster.member.NodeId;
import io.muster.raft.RaftRole;
import io.muster.raft.core.Effect;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the parts of the driver what has happened to the replica that concerns more than it. */
final class ReplicaListener implements ReplicaEvents {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaListener.class);

    private final DriverState<?, ?> state;
    private final ClientRequests<?, ?> requests;
    private final OwnGroup group;
    private final OwnCopy copy;
    private final EffectiveLeadership leadership;
    private final Ending ending;
    private final StorageFailures failures;
    private final Turns turns;

    ReplicaListener(
            DriverState<?, ?> state,
            ClientRequests<?, ?> requests,
            OwnGroup group,
            OwnCopy copy,
            EffectiveLeadership leadership,
            Ending ending,
            StorageFailures failures,
            Turns turns) {
        this.state = state;
        this.requests = requests;
        this.group = group;
        this.copy = copy;
        this.leadership = leadership;
        this.ending = ending;
        this.failures = failures;
        this.turns = turns;
    }

    @Override
    public void turn(Runnable step) {
        turns.turn(step);
    }

    @Override
    public void storageFailed(Throwable cause) {
        failures.failed(cause);
    }

    @Override
    public void durable() {
        ending.endStopIfPossible();
    }

    @Override
    public void applied() {
        turns.publish();
    }

    @Override
    public void roleChanged(Effect.RoleChanged effect) {
        leadership.ends();
        if (effect.role() == RaftRole.CANDIDATE) {
            state.metrics.electionStarted();
        } else {
            state.metrics.leaderChanged();
        }
        LOG.info(
                "Raft role {} in term {}, leader {}",
                effect.role(),
                effect.term(),
                effect.leader().map(NodeId::toString).orElse("none"));
        requests.leaderChanged();
        if (effect.role() == RaftRole.LEADER) {
            requests.leads(effect.term());
        } else {
            requests.takesNoMore();
            group.members().leadsNot();
            requests.refusePassedOn();
            state.time.execute(ending::endStopIfPossible);
        }
    }

    @Override
    public void effective(boolean now, long term) {
        requests.effectiveChanged();
        if (now) {
            leadership.begins(term);
        } else {
            leadership.ends();
        }
    }

    @Override
    public void transferEnded(Effect.TransferEnded effect) {
        group.members().transferEnded(effect);
        state.time.execute(ending::endStopIfPossible);
    }

    @Override
    public void membersJudged(Effect.MembersJudged effect) {
        group.members().membersJudged(effect);
    }

    @Override
    public void configurationCommitted(Effect.ConfigurationCommitted effect) {
        group.takeUpCluster();
        group.rememberOthers(effect.configuration());
        group.members().configurationCommitted(effect);
    }

    @Override
    public void digestJudged(Effect.DigestJudged effect) {
        copy.judged(effect, state.replica()::repair);
    }

    @Override
    public void overruled(Effect.Overruled effect) {
        failures.overruled(effect);
    }

    @Override
    public void onlyCopyCounts() {
        copy.onlyCopyCounts();
    }
}
