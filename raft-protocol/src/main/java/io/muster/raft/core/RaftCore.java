package io.muster.raft.core;

import static io.muster.raft.core.CoreState.check;

import io.muster.member.NodeId;
import io.muster.raft.RaftRole;
import io.muster.raft.core.log.LogView;
import io.muster.raft.core.log.Payload;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.membership.MembershipChange.Verdict;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.core.message.PeerMessage.AppendEntries;
import io.muster.raft.core.message.PeerMessage.AppendEntriesReply;
import io.muster.raft.core.message.PeerMessage.InstallSnapshot;
import io.muster.raft.core.message.PeerMessage.InstallSnapshotReply;
import io.muster.raft.core.message.PeerMessage.PreVote;
import io.muster.raft.core.message.PeerMessage.PreVoteReply;
import io.muster.raft.core.message.PeerMessage.ReadIndexReply;
import io.muster.raft.core.message.PeerMessage.ReadIndexRequest;
import io.muster.raft.core.message.PeerMessage.RequestVote;
import io.muster.raft.core.message.PeerMessage.RequestVoteReply;
import io.muster.raft.core.message.PeerMessage.TimeoutNow;
import io.muster.raft.core.snapshot.SnapshotHead;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The role machine: what each input means for a follower, a candidate and a leader (Raft paper, Figure 2). It hands each to the part that it concerns: {@link Elections},
 * {@link Followership} and {@link IncomingSnapshot} on the follower's side, {@link Leadership} on the leader's; {@link RoleState} says which side it is. What can be
 * computed without looking at the role stands beside it.
 */
public final class RaftCore implements Machine {

    /** No election ever comes near this. */
    public static final long TERM_MAX = Long.MAX_VALUE / 2;

    private final CoreState node;
    private final Handler handler = new Handler();

    private final RoleTimer timer;
    private final ForwardedReads reads;
    private final RoleState role;
    private final IncomingSnapshot snapshot;
    private final Elections elections;
    private final Followership followership;
    private final MembersReset membersReset;

    public RaftCore(NodeId self, CoreTiming timing, RandomGenerator random) {
        this(self, timing, CoreLimits.DEFAULTS, new Rules(), random);
    }

    /** @param random draws election timeouts and the name of this run, nothing else */
    public RaftCore(NodeId self, CoreTiming timing, CoreLimits limits, Rules rules, RandomGenerator random) {
        this.node = new CoreState(self, timing, limits, rules, random);
        this.timer = new RoleTimer(node);
        VoteRound votes = new VoteRound(node);
        this.reads = new ForwardedReads(node, random.nextLong());
        this.role = new RoleState(node, timer, votes, reads);
        this.snapshot = new IncomingSnapshot(node);
        this.elections = new Elections(node, role, timer, votes, snapshot);
        this.followership = new Followership(node, role, elections, snapshot, reads);
        this.membersReset = new MembersReset(node, role, elections, snapshot);
    }

    @Override
    public List<Effect> on(Input input, long now) {
        node.begin(now);
        long dueBefore = timer.dueNanos();
        input.accept(handler);
        role.ifLeading(leading -> {
            if (leading.isOver()) {
                role.become(RaftRole.FOLLOWER, Optional.empty());
                role.awaitLeader();
            } else {
                timer.setTo(leading.dueNanos());
            }
        });
        if (timer.dueNanos() != dueBefore) {
            timer.emitWake();
        }
        return node.effects();
    }

    // Looking in.

    public long term() {
        return node.term;
    }

    public Optional<NodeId> votedFor() {
        return node.votedFor;
    }

    public RaftRole role() {
        return role.role();
    }

    public Optional<NodeId> leader() {
        return role.leader();
    }

    public long commitIndex() {
        return node.commitIndex;
    }

    /** The highest index that this node has heard to be committed, here or at the leader. */
    public long heardCommitIndex() {
        return Math.max(node.heardCommitIndex, node.commitIndex);
    }

    public LogView log() {
        return node.log;
    }

    /** The group as the log names it; empty before founding. */
    public Optional<Configuration> configuration() {
        return node.configuration();
    }

    /** Where the configuration in force stands in the log; it is committed if the commit index has come there. */
    public long configurationIndex() {
        return node.configurations.currentIndex();
    }

    /** Whether this node founded its group, and nobody else has ever voted in it; false if the log does not reach back so far. */
    public boolean hasVotedAlone() {
        return configuration().isPresent()
                && node.log.firstIndex() == 1
                && node.configurations.all(group -> group.isSoleVoter(node.self));
    }

    /** The group as of a committed index. */
    public Optional<Configuration> configurationAt(long index) {
        return node.configurations.at(index);
    }

    /** Whether this node leads and has committed an entry of its term (R24). */
    public boolean leadershipEffective() {
        Leadership leading = role.leadership();
        return leading != null && leading.isEffective();
    }

    /**
     * Whether proposals would be taken now: this node leads, is not handing over, its state is not being replaced, and the group has the voters that its
     * founding wanted.
     */
    public boolean takesProposals() {
        Leadership leading = role.leadership();
        return leading != null && leading.takesProposals() && !node.repairing;
    }

    /** What a leader knows of the others, sorted; empty on others. */
    public List<FollowerStatus> followers() {
        Leadership leading = role.leadership();
        return leading == null ? List.of() : leading.followers();
    }

    /** Whether this node leads, and a member is taking a snapshot from it. */
    public boolean snapshotIsTaken() {
        Leadership leading = role.leadership();
        return leading != null && leading.snapshotIsTaken();
    }

    /** The snapshot that is being received or loaded. */
    public Optional<SnapshotHead> snapshotUnderway() {
        return snapshot.head();
    }

    /**
     * Why what the message says cannot be true, as far as this node can tell; empty if it may be. The machine stops where a leader contradicts what is committed here: a
     * sender whom nobody vouches for is to be asked this first.
     */
    public Optional<String> objectionTo(PeerMessage message) {
        if (message.term() > TERM_MAX) {
            return Optional.of("term " + message.term() + " is above " + TERM_MAX);
        }
        boolean claimsToLead = message instanceof AppendEntries && message.term() >= node.term;
        if (claimsToLead && role.is(RaftRole.LEADER) && message.term() == node.term) {
            return Optional.of("this node itself leads term " + node.term);
        }
        return claimsToLead
                ? LeaderClaim.objectionTo((AppendEntries) message, node.log, node.commitIndex)
                : Optional.empty();
    }

    /** When the election or heartbeat timer falls due; {@code Long.MAX_VALUE} where none runs. */
    public long dueNanos() {
        return timer.dueNanos();
    }

    /** One method an input. */
    private final class Handler implements Input.Visitor {

        @Override
        public void start(Input.Start input) {
            node.term = input.hardState().term();
            node.votedFor = input.hardState().votedFor();
            node.log = input.log();
            node.configurations = input.configurations();
            node.snapshotIndex = node.log.snapshotIndex();
            node.commitIndex = Math.max(node.snapshotIndex, input.hardState().commitIndex());
            node.durability = new Durability(node.log.lastIndex());
            check(
                    node.commitIndex <= node.log.lastIndex(),
                    "RecoveryFaithful",
                    "commit index " + node.commitIndex + " beyond " + node.log);
            check(
                    node.log.lastTerm() <= node.term,
                    "RecoveryFaithful",
                    "term " + node.term + " below the log's: " + node.log);
            elections.takeUpGroup();
        }

        @Override
        public void found(Input.Found input) {
            check(
                    node.log.lastIndex() == 0
                            && node.term == 0
                            && configuration().isEmpty(),
                    "FoundOnce",
                    "founding in term " + node.term + " with " + node.log);
            node.term = 1;
            int votersBeforeWrites = input.votersBeforeWrites() > 1 ? input.votersBeforeWrites() : 0;
            node.append(List.of(new Payload.Members(new Configuration(
                            input.clusterId(), List.of(node.self), List.of(), List.of(), votersBeforeWrites, false)
                    .withFormat(input.format()))));
            elections.takeUpGroup();
        }

        @Override
        public void tick(Input.Tick input) {
            Leadership leading = role.leadership();
            if (!timer.isDue()) {
                timer.emitWake();
            } else if (leading != null) {
                leading.tick();
            } else {
                elections.timedOut();
            }
        }

        @Override
        public void propose(Input.Propose input) {
            Leadership leading = role.leadership();
            if (leading != null && takesProposals()) {
                leading.propose(input.payloads());
            } else {
                node.emit(new Effect.Refused(input.payloads().size()));
            }
        }

        @Override
        public void readIndex(Input.ReadIndex input) {
            Leadership leading = role.leadership();
            if (leading != null) {
                leading.readIndex(input);
            } else {
                reads.ask(input.request(), role.leader());
            }
        }

        @Override
        public void persisted(Input.Persisted input) {
            node.durability.done(input.id());
            if (role.is(RaftRole.CANDIDATE)) {
                elections.persisted();
            } else {
                role.ifLeading(Leadership::persisted);
            }
        }

        @Override
        public void snapshotSaved(Input.SnapshotSaved input) {
            check(
                    input.index() <= node.commitIndex && input.droppedIndex() <= input.index(),
                    "SnapshotFaithful",
                    "snapshot at " + input.index() + ", committed " + node.commitIndex);
            node.snapshotIndex = Math.max(node.snapshotIndex, input.index());
            node.configurations.compactTo(input.droppedIndex());
            node.log.compactTo(input.droppedIndex());
        }

        @Override
        public void received(Input.Received input) {
            PeerMessage message = input.message();
            if (message.term() > node.term && message.accept(new RaisesTerm(node, role, input.from()))) {
                role.adoptTerm(message.term());
            }
            message.accept(new Receiver(input.from()));
        }

        @Override
        public void sent(Input.Sent input) {
            role.ifLeading(leading -> leading.sent(input));
        }

        @Override
        public void peerGone(Input.PeerGone input) {
            role.gone(input.peer());
        }

        @Override
        public void transferLeadership(Input.TransferLeadership input) {
            Leadership leading = role.leadership();
            if (leading != null) {
                leading.transferLeadership(input);
            } else {
                node.emit(new Effect.TransferEnded(input.request(), false, "this node does not lead"));
            }
        }

        @Override
        public void changeMembers(Input.ChangeMembers input) {
            Leadership leading = role.leadership();
            if (leading != null) {
                leading.changeMembers(input);
            } else {
                node.emit(new Effect.MembersJudged(input.request(), Verdict.NOT_LEADER, 0));
            }
        }

        @Override
        public void resetMembers(Input.ResetMembers input) {
            membersReset.ask(input);
        }

        @Override
        public void chunkSent(Input.ChunkSent input) {
            role.ifLeading(leading -> leading.chunkSent(input));
        }

        @Override
        public void snapshotUnavailable(Input.SnapshotUnavailable input) {
            role.ifLeading(leading -> leading.snapshotUnavailable(input));
        }

        @Override
        public void chunkStored(Input.ChunkStored input) {
            snapshot.chunkStored(input);
        }

        @Override
        public void chunkRefused(Input.ChunkRefused input) {
            snapshot.chunkRefused(input);
        }

        @Override
        public void snapshotLoaded(Input.SnapshotLoaded input) {
            snapshot.loaded(input);
        }

        @Override
        public void repairing(Input.Repairing input) {
            node.repairing = input.running();
            elections.countAnew();
        }

        @Override
        public void digestTaken(Input.DigestTaken input) {
            node.digests.taken(input.digest());
        }
    }

    /** One method a message; the message's term may still be higher where it must not raise this node's. */
    // Void has no value but null.
    @SuppressWarnings("NullAway")
    private final class Receiver implements PeerMessage.Visitor<Void> {

        private final NodeId from;

        Receiver(NodeId from) {
            this.from = from;
        }

        @Override
        public Void preVote(PreVote message) {
            elections.preVote(from, message);
            return null;
        }

        @Override
        public Void preVoteReply(PreVoteReply message) {
            elections.preVoteReply(from, message);
            return null;
        }

        @Override
        public Void requestVote(RequestVote message) {
            elections.requestVote(from, message);
            return null;
        }

        @Override
        public Void requestVoteReply(RequestVoteReply message) {
            elections.requestVoteReply(from, message);
            return null;
        }

        @Override
        public Void timeoutNow(TimeoutNow message) {
            elections.timeoutNow(from, message);
            return null;
        }

        @Override
        public Void appendEntries(AppendEntries message) {
            followership.appendEntries(from, message);
            return null;
        }

        @Override
        public Void installSnapshot(InstallSnapshot message) {
            followership.installSnapshot(from, message);
            return null;
        }

        @Override
        public Void appendEntriesReply(AppendEntriesReply message) {
            Leadership leading = role.leadership();
            if (leading != null && node.rules.isCurrent(message.term(), node.term)) {
                leading.appendEntriesReply(from, message);
            }
            return null;
        }

        @Override
        public Void installSnapshotReply(InstallSnapshotReply message) {
            Leadership leading = role.leadership();
            if (leading != null && node.rules.isCurrent(message.term(), node.term)) {
                leading.installSnapshotReply(from, message);
            }
            return null;
        }

        @Override
        public Void readIndexRequest(ReadIndexRequest message) {
            Leadership leading = role.leadership();
            if (leading != null) {
                leading.readIndexRequest(from, message);
            } else {
                reads.refuse(from, message);
            }
            return null;
        }

        /** A number says nothing to a node that may hold other entries under it, since it has not yet seen the reset of the members. */
        @Override
        public Void readIndexReply(ReadIndexReply message) {
            reads.answered(message, !role.isResetUnseen());
            return null;
        }
    }
}
