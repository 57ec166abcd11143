package io.muster.raft.core;

import static io.muster.raft.core.CoreState.NEVER;
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
import io.muster.raft.core.quorum.Quorum;
import io.muster.raft.core.quorum.Tally;
import io.muster.raft.core.snapshot.SnapshotHead;
import io.muster.raft.core.snapshot.SnapshotReceipt;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The role machine: what each input means for a follower, a candidate and a leader (Raft paper, Figure 2). Terms, elections and the follower's side
 * are here, so that it is in one place who may raise a term and who may store what; the leader's side of a term is {@link Leadership}, what can be
 * computed without looking at the role stands beside it.
 *
 * <p>A node whose log names no group stands idle. A sole voter elects itself at once, since nobody else could vote or lead. Everybody else asks for
 * pre-votes first, as a follower, and raises its term only when a majority would vote for it (dissertation §9.6).
 */
public final class RaftCore implements Machine {

    /** A node whose state is being replaced leaves so many elections to others; perhaps only its log is long enough to win. */
    private static final int ELECTIONS_LEFT_TO_OTHERS = 3;

    /** Shares of an election timeout that are waited for when the leader's process has ended: at least, and drawn on top. */
    private static final int GONE_WAIT_MIN_SHARE = 40;

    private static final int GONE_WAIT_DRAWN_SHARE = 4;

    /** So many terms are left out by a reset of the members: whoever is lost may have led in the next few, and no two entries with one term and index may differ. */
    private static final long TERMS_LEFT_OUT_BY_RESET = 1 << 20;

    /** No election ever comes near this. */
    public static final long TERM_MAX = Long.MAX_VALUE / 2;

    private final CoreState node;
    private final Handler handler = new Handler();

    private RaftRole role = RaftRole.FOLLOWER;
    private Optional<NodeId> leader = Optional.empty();

    /** The term of the last reset that the leader knows of; counts while one is known. */
    private long leaderResetTerm;

    /** When the leader was last heard; counts while one is known. */
    private long leaderHeardNanos;

    /** When this node starts an election, forgets its leader, or sends heartbeats, by its role. */
    private long dueNanos = NEVER;

    /** Counts while votes or pre-votes are asked for. */
    private Tally tally = new Tally(new Quorum(List.of(), List.of()));

    /** Followers only: whether pre-votes are being asked for. */
    private boolean preVoting;

    /** Names the last round of pre-votes. */
    private long preVoteAttempt;

    /** Candidates only: which write holds the own vote. */
    private long ownVoteWrite;

    /** There while, and only while, the role is LEADER. */
    private @Nullable Leadership leadership;

    /** Whether the state is wrong and being replaced (R15). */
    private boolean repairing;

    /** How many elections in a row this node has left to others because of that. */
    private int electionsLeftToOthers;

    /** Leadership was being handed over when this node's ended; it shows with the next leader whether that is the right one. */
    private Optional<Handover> handover = Optional.empty();

    private final SnapshotReceipt receipt;
    private final ForwardedReads forwardedReads;

    /** Names this run, so that an answer to an earlier one is not taken for one to this. */
    private final long session;

    public RaftCore(NodeId self, CoreTiming timing, RandomGenerator random) {
        this(self, timing, CoreLimits.DEFAULTS, new Rules(), random);
    }

    /** @param random draws election timeouts and the name of this run, nothing else */
    public RaftCore(NodeId self, CoreTiming timing, CoreLimits limits, Rules rules, RandomGenerator random) {
        this.node = new CoreState(self, timing, limits, rules, random);
        this.receipt = new SnapshotReceipt(limits.snapshotInFlightBytesMax());
        this.forwardedReads = new ForwardedReads(limits.readsWaitingMax());
        this.session = random.nextLong();
    }

    @Override
    public List<Effect> on(Input input, long now) {
        node.begin(now);
        long dueBefore = dueNanos;
        input.accept(handler);
        if (leadership != null) {
            if (leadership.isOver()) {
                become(RaftRole.FOLLOWER, Optional.empty());
                awaitLeader();
            } else {
                dueNanos = leadership.dueNanos();
            }
        }
        if (dueNanos != dueBefore && dueNanos != NEVER) {
            node.emit(new Effect.WakeAt(dueNanos));
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
        return role;
    }

    public Optional<NodeId> leader() {
        return leader;
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
        return leadership != null && leadership.isEffective();
    }

    /**
     * Whether proposals would be taken now: this node leads, is not handing over, its state is not being replaced, and the group has the voters that its
     * founding wanted.
     */
    public boolean takesProposals() {
        return leadership != null && leadership.takesProposals() && !repairing;
    }

    /** What a leader knows of the others, sorted; empty on others. */
    public List<FollowerStatus> followers() {
        return leadership == null ? List.of() : leadership.followers();
    }

    /** Whether this node leads, and a member is taking a snapshot from it. */
    public boolean snapshotIsTaken() {
        return leadership != null && leadership.snapshotIsTaken();
    }

    /** The snapshot that is being received or loaded. */
    public Optional<SnapshotHead> snapshotUnderway() {
        return receipt.head();
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
        if (claimsToLead && leadership != null && message.term() == node.term) {
            return Optional.of("this node itself leads term " + node.term);
        }
        return claimsToLead
                ? LeaderClaim.objectionTo((AppendEntries) message, node.log, node.commitIndex)
                : Optional.empty();
    }

    /** When the election or heartbeat timer falls due; {@code Long.MAX_VALUE} where none runs. */
    public long dueNanos() {
        return dueNanos;
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
            takeUpGroup();
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
            takeUpGroup();
        }

        @Override
        public void tick(Input.Tick input) {
            if (node.nowNanos < dueNanos) {
                emitWake();
            } else if (leadership != null) {
                leadership.tick();
            } else if (!mayStand()) {
                // Nothing to stand for; but the leader that was known is silent.
                become(RaftRole.FOLLOWER, Optional.empty());
                dueNanos = NEVER;
            } else if (receipt.isLoading() || (role == RaftRole.CANDIDATE && !ownVoteIsDurable())) {
                // Nobody would gain: the log is being replaced, or nobody was asked yet since the disk is slow.
                forgetSilentLeader();
                dueNanos = node.nowNanos + electionWaitNanos();
            } else if (repairing && electionsLeftToOthers < ELECTIONS_LEFT_TO_OTHERS) {
                electionsLeftToOthers++;
                forgetSilentLeader();
                dueNanos = node.nowNanos + electionWaitNanos();
            } else {
                standForElection();
            }
        }

        @Override
        public void propose(Input.Propose input) {
            if (leadership != null && takesProposals()) {
                leadership.propose(input.payloads());
            } else {
                node.emit(new Effect.Refused(input.payloads().size()));
            }
        }

        @Override
        public void readIndex(Input.ReadIndex input) {
            if (leadership != null) {
                leadership.readIndex(input);
            } else if (leader.isEmpty() || forwardedReads.isFull()) {
                node.emit(new Effect.ReadRefused(input.request()));
            } else {
                forwardedReads.asked(input.request(), node.nowNanos);
                askLeader(input.request());
            }
        }

        @Override
        public void persisted(Input.Persisted input) {
            node.durability.done(input.id());
            if (role == RaftRole.CANDIDATE && ownVoteIsDurable()) {
                tally.record(node.self, true);
                leadIfElected();
            } else if (leadership != null) {
                leadership.persisted();
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
            if (message.term() > node.term && message.accept(new RaisesTerm(input.from()))) {
                // All servers (Figure 2): a higher term makes anyone a follower.
                adoptTerm(message.term());
            }
            message.accept(new Receiver(input.from()));
        }

        @Override
        public void sent(Input.Sent input) {
            ifLeading(leading -> leading.sent(input));
        }

        @Override
        public void peerGone(Input.PeerGone input) {
            if (leadership == null && leader.filter(input.peer()::equals).isPresent()) {
                become(RaftRole.FOLLOWER, Optional.empty());
                dueNanos = mayStand() ? node.nowNanos + leaderGoneWaitNanos() : NEVER;
            }
        }

        @Override
        public void transferLeadership(Input.TransferLeadership input) {
            if (leadership != null) {
                leadership.transferLeadership(input);
            } else {
                node.emit(new Effect.TransferEnded(input.request(), false, "this node does not lead"));
            }
        }

        @Override
        public void changeMembers(Input.ChangeMembers input) {
            if (leadership != null) {
                leadership.changeMembers(input);
            } else {
                node.emit(new Effect.MembersJudged(input.request(), Verdict.NOT_LEADER, 0));
            }
        }

        @Override
        public void resetMembers(Input.ResetMembers input) {
            Verdict verdict = judge(input);
            if (verdict == Verdict.FINE) {
                node.term += TERMS_LEFT_OUT_BY_RESET;
                node.votedFor = Optional.of(node.self);
                Configuration before = node.group();
                become(RaftRole.FOLLOWER, Optional.empty());
                node.append(List.of(new Payload.Members(new Configuration(
                        before.clusterId(),
                        input.voters(),
                        List.of(),
                        List.of(),
                        List.of(),
                        0,
                        before.wishPaused(),
                        node.term,
                        Math.max(before.format(), input.format())))));
                takeUpGroup();
            }
            long index = verdict == Verdict.FINE ? node.configurations.currentIndex() : 0;
            node.emit(new Effect.MembersJudged(input.request(), verdict, index));
        }

        private Verdict judge(Input.ResetMembers input) {
            int count = input.voters().size();
            if (configuration().isEmpty()
                    || count > Configuration.VOTERS_MAX
                    || !input.voters().contains(node.self)
                    || receipt.isLoading()) {
                return Verdict.INVALID;
            }
            return leadershipEffective() || heardLeaderLately() ? Verdict.STILL_LED : Verdict.FINE;
        }

        @Override
        public void chunkSent(Input.ChunkSent input) {
            ifLeading(leading -> leading.chunkSent(input));
        }

        @Override
        public void snapshotUnavailable(Input.SnapshotUnavailable input) {
            ifLeading(leading -> leading.snapshotUnavailable(input));
        }

        @Override
        public void chunkStored(Input.ChunkStored input) {
            if (!receipt.isStoring(input.id())) {
                return;
            }
            SnapshotHead head = receipt.head().orElseThrow();
            if (head.index() <= node.commitIndex) {
                // Entries came faster than the snapshot: all of it is committed here, and more.
                NodeId sender = receipt.sender().orElseThrow();
                receipt.clear();
                node.emit(new Effect.DropChunks());
                node.reply(sender, new InstallSnapshotReply(node.term, head.index(), 0, true));
            } else if (receipt.stored()) {
                node.emit(new Effect.LoadSnapshot(head, logGoesOnBehind(head)));
            } else {
                tellOffset(receipt.sender().orElseThrow(), head, receipt.offset());
            }
        }

        @Override
        public void chunkRefused(Input.ChunkRefused input) {
            if (receipt.isStoring(input.id())) {
                NodeId sender = receipt.sender().orElseThrow();
                SnapshotHead head = receipt.head().orElseThrow();
                receipt.clear();
                tellOffset(sender, head, 0);
            }
        }

        @Override
        public void snapshotLoaded(Input.SnapshotLoaded input) {
            SnapshotHead head = receipt.head().orElseThrow();
            NodeId sender = receipt.sender().orElseThrow();
            check(
                    receipt.isLoading() && input.index() == head.index(),
                    "SnapshotFaithful",
                    "loaded " + input.index() + " where " + head + " was asked for");
            takeOver(head);
            receipt.clear();
            node.reply(sender, new InstallSnapshotReply(node.term, head.index(), 0, true));
        }

        @Override
        public void repairing(Input.Repairing input) {
            repairing = input.running();
            electionsLeftToOthers = 0;
        }

        @Override
        public void digestTaken(Input.DigestTaken input) {
            node.digests.taken(input.digest());
        }
    }

    private void ifLeading(Consumer<Leadership> step) {
        if (leadership != null) {
            step.accept(leadership);
        }
    }

    /**
     * Whether a message of a higher term raises this node's. Leaders' messages do: they were elected. Requests for votes do unless this node has a
     * leader (dissertation §4.2.3). Answers do if a voter gives them: it may have voted in the meantime. So do those of a learner to a leader, which it could
     * not follow otherwise: it may have voted before it became one. A removed node can raise nobody's term. Pre-votes never do.
     */
    private final class RaisesTerm implements PeerMessage.Visitor<Boolean> {

        private final NodeId from;

        RaisesTerm(NodeId from) {
            this.from = from;
        }

        @Override
        public Boolean preVote(PreVote message) {
            return false;
        }

        @Override
        public Boolean preVoteReply(PreVoteReply message) {
            return node.isVoter(from);
        }

        @Override
        public Boolean requestVote(RequestVote message) {
            return message.transfer() || !heardLeaderLately();
        }

        @Override
        public Boolean requestVoteReply(RequestVoteReply message) {
            return node.isVoter(from);
        }

        @Override
        public Boolean appendEntries(AppendEntries message) {
            return true;
        }

        @Override
        public Boolean appendEntriesReply(AppendEntriesReply message) {
            return node.isMember(from);
        }

        @Override
        public Boolean installSnapshot(InstallSnapshot message) {
            return true;
        }

        @Override
        public Boolean installSnapshotReply(InstallSnapshotReply message) {
            return node.isMember(from);
        }

        @Override
        public Boolean readIndexRequest(ReadIndexRequest message) {
            return node.isVoter(from);
        }

        @Override
        public Boolean readIndexReply(ReadIndexReply message) {
            return node.isVoter(from);
        }

        @Override
        public Boolean timeoutNow(TimeoutNow message) {
            return true;
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

        /** Dissertation §9.6: would this node vote for the sender? It forgets the question at once. */
        @Override
        public Void preVote(PreVote message) {
            boolean granted = message.term() >= node.term
                    && !heardLeaderLately()
                    && node.rules.isUpToDate(message.lastLogIndex(), message.lastLogTerm(), node.log);
            node.reply(from, new PreVoteReply(node.term, granted, message.attempt()));
            return null;
        }

        @Override
        public Void preVoteReply(PreVoteReply message) {
            if (preVoting && message.attempt() == preVoteAttempt) {
                tally.record(from, message.granted());
                if (tally.won()) {
                    campaign(false);
                }
            }
            return null;
        }

        /** Raft paper §5.2 and §5.4.1. */
        @Override
        public Void requestVote(RequestVote message) {
            boolean granted = message.term() == node.term
                    && node.rules.mayVoteFor(from, node.votedFor)
                    && node.rules.isUpToDate(message.lastLogIndex(), message.lastLogTerm(), node.log);
            if (granted) {
                if (!node.votedFor.equals(Optional.of(from))) {
                    node.votedFor = Optional.of(from);
                    node.persist(List.of());
                }
                awaitLeader();
            }
            node.reply(from, new RequestVoteReply(node.term, granted));
            return null;
        }

        @Override
        public Void requestVoteReply(RequestVoteReply message) {
            if (role == RaftRole.CANDIDATE && node.rules.isCurrent(message.term(), node.term)) {
                tally.record(from, message.granted());
                leadIfElected();
            }
            return null;
        }

        /** Raft paper §5.3, Figure 2 "AppendEntries RPC"; the numbers are those of the figure. */
        @Override
        public Void appendEntries(AppendEntries message) {
            long prev = message.prevLogIndex();
            if (message.term() < node.term || isSecondLeader(message.term())) { // 1
                // The round is of another leadership, be it of the same node, which may lead this term by now. A
                // negative one is nobody's (R25).
                answer(AppendEntriesReply.refused(node.term, prev, 0, 0, Math.min(0, message.round())));
                return null;
            }
            follow(from);
            leaderResetTerm = message.resetTerm();
            node.heardCommitIndex = Math.max(node.heardCommitIndex, message.leaderCommit());
            if (receipt.isLoading()) {
                // The log is being replaced: nothing is stored now, and nothing is claimed.
                answer(AppendEntriesReply.matched(node.term, 0, message.round()));
                return null;
            }
            if (isResetSince(message.resetTerm())
                    && LeaderClaim.contradictsCommitted(message, node.log, node.commitIndex)) {
                node.emit(new Effect.Overruled(from, message.resetTerm()));
                return null;
            }
            if (isResetSince(message.resetTerm()) && prev + message.entries().size() < node.log.snapshotIndex()) {
                // All of it lies below what is known here entry by entry. What is committed is the same elsewhere, but
                // not since a reset.
                answer(AppendEntriesReply.matched(node.term, 0, message.round()));
                return null;
            }
            if (prev > node.log.lastIndex()) { // 2
                answer(AppendEntriesReply.refused(node.term, prev, node.log.lastIndex() + 1, 0, message.round()));
                return null;
            }
            if (prev >= node.log.snapshotIndex() && node.log.termAt(prev) != message.prevLogTerm()) { // 2
                check(prev > node.commitIndex, "LogMatching", "committed index " + prev + " differs at leader " + from);
                long hint = node.log.firstIndexOfTermAt(prev);
                answer(AppendEntriesReply.refused(node.term, prev, hint, node.log.termAt(prev), message.round()));
                return null;
            }
            node.store(message.entries());
            long lastNew = prev + message.entries().size();
            node.commitTo(node.rules.followerCommit(message.leaderCommit(), lastNew, node.log)); // 5
            message.digest()
                    .ifPresent(claim -> node.digests
                            .claimed(claim)
                            .ifPresent(verdict -> node.emit(new Effect.DigestJudged(verdict, claim.digest()))));
            answer(AppendEntriesReply.matched(node.term, lastNew, message.round()));
            return null;
        }

        /** This node was elected to lead the term, so nobody else was (§5.2): whoever says so is at fault, and is refused as one of an older term. */
        private boolean isSecondLeader(long term) {
            boolean second = leadership != null && term == node.term;
            if (second) {
                node.emit(new Effect.SecondLeader(from, term));
            }
            return second;
        }

        /** Whether an operator has declared who votes, in a term of which nothing is committed here: then what is committed here need not be so elsewhere (R23). */
        private boolean isResetSince(long resetTerm) {
            return resetTerm > 0
                    && node.configurations
                            .at(node.commitIndex)
                            .filter(group -> group.resetTerm() < resetTerm)
                            .isPresent();
        }

        private void answer(AppendEntriesReply reply) {
            node.reply(from, reply.withDigest(node.digests.newest()));
        }

        @Override
        public Void appendEntriesReply(AppendEntriesReply message) {
            if (leadership != null && node.rules.isCurrent(message.term(), node.term)) {
                leadership.appendEntriesReply(from, message);
            }
            return null;
        }

        /** Raft paper §7, Figure 13. */
        @Override
        public Void installSnapshot(InstallSnapshot message) {
            SnapshotHead head = message.head();
            if (message.term() < node.term || isSecondLeader(message.term())) {
                tellOffset(from, head, 0);
                return null;
            }
            follow(from);
            boolean differs = node.log.knows(head.index()) && node.log.termAt(head.index()) != head.term();
            if (head.index() <= node.commitIndex
                    && differs
                    && isResetSince(head.configuration().resetTerm())) {
                node.emit(new Effect.Overruled(from, head.configuration().resetTerm()));
                return null;
            }
            if (head.index() < node.log.snapshotIndex()
                    && isResetSince(head.configuration().resetTerm())) {
                // It cannot be told whether this node has what it holds; the leader's log will, when it has come so
                // far.
                return null;
            }
            if (head.index() <= node.commitIndex) {
                // What is committed here is what the snapshot holds, and more.
                node.reply(from, new InstallSnapshotReply(node.term, head.index(), 0, true));
                return null;
            }
            SnapshotReceipt.Answer answer =
                    receipt.offered(from, head, message.offset(), message.bytes().length, message.last());
            if (answer == SnapshotReceipt.Answer.STORE) {
                node.emit(new Effect.StoreChunk(
                        receipt.storeId(), from, head, message.offset(), message.bytes(), message.last()));
            } else if (answer == SnapshotReceipt.Answer.TELL_OFFSET) {
                tellOffset(from, head, receipt.offset());
            }
            return null;
        }

        @Override
        public Void installSnapshotReply(InstallSnapshotReply message) {
            if (leadership != null && node.rules.isCurrent(message.term(), node.term)) {
                leadership.installSnapshotReply(from, message);
            }
            return null;
        }

        /** Dissertation §6.4, for a follower that serves reads. */
        @Override
        public Void readIndexRequest(ReadIndexRequest message) {
            if (leadership != null) {
                leadership.readIndexRequest(from, message);
            } else {
                node.reply(from, new ReadIndexReply(node.term, message.session(), message.request(), false, 0));
            }
            return null;
        }

        /**
         * Whichever term it is of, a grant stands: the index was enough when the request was under way. But a number says nothing to a node that may hold other entries
         * under it, since it has not yet seen the reset of the members.
         */
        @Override
        public Void readIndexReply(ReadIndexReply message) {
            if (message.session() == session) {
                boolean granted = message.granted() && !isResetSince(leaderResetTerm);
                for (long request : forwardedReads.answered(message.request())) {
                    node.emit(granted ? new Effect.ReadAt(request, message.index()) : new Effect.ReadRefused(request));
                }
            }
            return null;
        }

        /** Dissertation §3.10: the leader wants this node to lead. Pre-votes would be refused, since everybody hears the leader. */
        @Override
        public Void timeoutNow(TimeoutNow message) {
            boolean fromLeader = message.term() == node.term && leader.equals(Optional.of(from));
            boolean able = node.isVoter(node.self) && !receipt.isLoading() && !repairing;
            if (fromLeader && role == RaftRole.FOLLOWER && able) {
                campaign(true);
            }
            return null;
        }
    }

    // Roles.

    /** A group has just become known: wait for its leader, or lead it if there is nobody else. */
    private void takeUpGroup() {
        if (node.isSoleVoter()) {
            campaign(false);
        } else {
            awaitLeader();
        }
    }

    /** Sets the election timer anew; it is drawn for each election (R12). Who has no vote waits only to notice that its leader is gone. */
    private void awaitLeader() {
        preVoting = false;
        boolean waits = mayStand() || leader.isPresent();
        dueNanos = waits ? node.nowNanos + electionWaitNanos() : NEVER;
    }

    /**
     * Whether this node may stand for election: it votes, or it does until a change is committed that is not known to be. By then it may be the only one
     * with the entry of that change, without which the others cannot go on (dissertation §4.2.2); its own vote does not count.
     */
    private boolean mayStand() {
        boolean leaving = node.configurations.currentIndex() > node.commitIndex
                && node.configurations
                        .at(node.commitIndex)
                        .filter(group -> group.isVoter(node.self))
                        .isPresent();
        return node.isVoter(node.self) || leaving;
    }

    private long electionWaitNanos() {
        long timeout = node.timing.electionTimeoutNanos();
        return timeout + node.random.nextLong(timeout);
    }

    /**
     * Nobody waits for a leader whose process has ended. A little is waited, so that the others have heard of it as well, and drawn, so that not all stand at
     * once (decision 0053).
     */
    private long leaderGoneWaitNanos() {
        long timeout = node.timing.electionTimeoutNanos();
        return timeout / GONE_WAIT_MIN_SHARE + node.random.nextLong(Math.max(1, timeout / GONE_WAIT_DRAWN_SHARE));
    }

    /** Whether there is a leader that this node must not help to depose (dissertation §4.2.3). */
    private boolean heardLeaderLately() {
        if (!node.rules.staysWithLeader()) {
            return false;
        }
        long timeout = node.timing.electionTimeoutNanos();
        return leadership != null
                ? leadership.heardMajorityWithin(timeout)
                : leader.isPresent() && node.nowNanos - leaderHeardNanos < timeout;
    }

    private void adoptTerm(long newTerm) {
        check(newTerm > node.term, "TermsNeverDecrease", node.term + " to " + newTerm);
        boolean led = leadership != null;
        node.term = newTerm;
        node.votedFor = Optional.empty();
        become(RaftRole.FOLLOWER, Optional.empty());
        if (led || dueNanos == NEVER) {
            // A sole voter that waited for its own vote had no timer, either.
            awaitLeader();
        }
        node.persist(List.of());
    }

    private void follow(NodeId newLeader) {
        check(
                leadership == null,
                "ElectionSafety",
                "term " + node.term + " is led by " + node.self + " and " + newLeader);
        if (role != RaftRole.FOLLOWER || !leader.equals(Optional.of(newLeader))) {
            become(RaftRole.FOLLOWER, Optional.of(newLeader));
            dropForeignChunks(newLeader);
        }
        endHandover(newLeader);
        leaderHeardNanos = node.nowNanos;
        electionsLeftToOthers = 0;
        awaitLeader();
        forwardedReads.overdue(node.timing.resendNanos(), node.nowNanos).ifPresent(this::askLeader);
    }

    /** An election timeout has passed without a word of it: who writes or reads here is to hear that nobody leads, though this node does not stand (R17). */
    private void forgetSilentLeader() {
        if (leader.isPresent()) {
            become(RaftRole.FOLLOWER, Optional.empty());
        }
    }

    private void standForElection() {
        if (node.rules.preVote() && !node.isSoleVoter()) {
            askForPreVotes();
        } else {
            campaign(false);
        }
    }

    /** Asks who would vote for this node, without raising the term. A round that fails is repeated sooner than an election, since it disturbs nobody. */
    private void askForPreVotes() {
        if (role != RaftRole.FOLLOWER || leader.isPresent()) {
            become(RaftRole.FOLLOWER, Optional.empty());
        }
        preVoting = true;
        preVoteAttempt++;
        tally = new Tally(node.quorum());
        tally.record(node.self, true);
        dueNanos = node.nowNanos + electionWaitNanos() / 2;
        PreVote question = new PreVote(node.term, node.log.lastIndex(), node.log.lastTerm(), preVoteAttempt);
        otherVoters().forEach(voter -> node.reply(voter, question));
    }

    private void campaign(boolean transfer) {
        check(leadership == null, "ElectionSafety", "the leader of term " + node.term + " would campaign");
        node.term++;
        node.votedFor = Optional.of(node.self);
        tally = new Tally(node.quorum());
        become(RaftRole.CANDIDATE, Optional.empty());
        // A sole voter waits for nothing but its own disk; a new term would only make it wait anew.
        dueNanos = node.isSoleVoter() ? NEVER : node.nowNanos + electionWaitNanos();
        ownVoteWrite = node.persist(List.of());
        RequestVote question = new RequestVote(node.term, node.log.lastIndex(), node.log.lastTerm(), transfer);
        otherVoters().forEach(voter -> node.emit(new Effect.Send(voter, question, ownVoteWrite)));
    }

    private List<NodeId> otherVoters() {
        return node.group().members().stream()
                .filter(member -> node.isVoter(member) && !member.equals(node.self))
                .toList();
    }

    private boolean ownVoteIsDurable() {
        return node.durability.isDurable(ownVoteWrite);
    }

    private void leadIfElected() {
        if (role != RaftRole.CANDIDATE || !tally.won() || !ownVoteIsDurable()) {
            return;
        }
        become(RaftRole.LEADER, Optional.of(node.self));
        endHandover(node.self);
        Leadership won = new Leadership(node);
        leadership = won;
        won.begin();
    }

    private void become(RaftRole newRole, Optional<NodeId> newLeader) {
        if (leadership != null) {
            handover = leadership.end();
        }
        leadership = null;
        preVoting = false;
        role = newRole;
        leader = newLeader;
        forwardedReads.takeAll().forEach(request -> node.emit(new Effect.ReadRefused(request)));
        node.emit(new Effect.RoleChanged(role, node.term, leader));
    }

    private void endHandover(NodeId newLeader) {
        handover.ifPresent(ended -> node.emit(ended.endedWith(newLeader, node.self)));
        handover = Optional.empty();
    }

    private void askLeader(long request) {
        leader.ifPresent(to -> node.reply(to, new ReadIndexRequest(node.term, session, request)));
    }

    // Snapshots that come.

    private void tellOffset(NodeId to, SnapshotHead head, long offset) {
        node.reply(to, new InstallSnapshotReply(node.term, head.index(), offset, false));
    }

    /** What another leader than the sender says makes the rest of a snapshot superfluous, or it begins anew with its own. */
    private void dropForeignChunks(NodeId newLeader) {
        boolean foreign =
                receipt.sender().filter(sender -> !sender.equals(newLeader)).isPresent();
        if (foreign && !receipt.isLoading() && receipt.clear()) {
            node.emit(new Effect.DropChunks());
        }
    }

    /** Whether the log has the snapshot's last entry, so that what follows it stays (Figure 13, 6). */
    private boolean logGoesOnBehind(SnapshotHead head) {
        return node.log.knows(head.index()) && node.log.termAt(head.index()) == head.term();
    }

    /** Figure 13, 6 to 8. Nothing committed is lost: the snapshot holds all of it, and more. */
    private void takeOver(SnapshotHead head) {
        check(
                head.index() > node.commitIndex,
                "CommittedNeverLost",
                "snapshot at " + head.index() + ", committed " + node.commitIndex);
        if (logGoesOnBehind(head)) {
            node.log.compactTo(head.index());
        } else {
            if (node.log.lastIndex() > head.index()) {
                node.emit(new Effect.Discarded(head.index() + 1, node.log.lastIndex() - head.index()));
            }
            node.log.reset(head.index(), head.term());
            node.configurations.truncateFrom(head.index() + 1);
        }
        node.configurations.replaceTo(head.index(), head.configuration());
        node.durability.replacedTo(head.index(), node.log.lastIndex());
        node.snapshotIndex = head.index();
        node.commitIndex = head.index();
        node.emit(new Effect.ConfigurationCommitted(head.index(), head.configuration()));
    }

    private void emitWake() {
        if (dueNanos != NEVER) {
            node.emit(new Effect.WakeAt(dueNanos));
        }
    }
}
