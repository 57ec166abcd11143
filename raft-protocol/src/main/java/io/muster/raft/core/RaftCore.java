package io.muster.raft.core;

import io.muster.member.NodeId;
import io.muster.raft.InvariantBroken;
import io.muster.raft.RaftRole;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.LogView;
import io.muster.raft.core.log.Payload;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.membership.ConfigurationHistory;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.core.message.PeerMessage.AppendEntries;
import io.muster.raft.core.message.PeerMessage.AppendEntriesReply;
import io.muster.raft.core.message.PeerMessage.RequestVote;
import io.muster.raft.core.message.PeerMessage.RequestVoteReply;
import io.muster.raft.core.quorum.Majority;
import io.muster.raft.core.quorum.Tally;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;

/**
 * The role machine: what each input means for a follower, a candidate and a leader (Raft paper, Figure 2). It is one class so that the
 * control flow is in one place; what can be computed without looking at the role stands beside it.
 *
 * <p>A node whose log names no group stands idle. A sole voter elects itself at once, since nobody else could vote or lead.
 */
public final class RaftCore implements Machine {

    /** Bound on linearizable reads that wait for a leadership check; more are refused. */
    public static final int READS_WAITING_MAX = 100_000;

    private static final long NEVER = Long.MAX_VALUE;

    private final NodeId self;
    private final CoreTiming timing;
    private final RandomGenerator random;
    private final Handler handler = new Handler();

    // Persistent state: what is in memory here is at most one Persist effect ahead of the disk.

    /** Never decreases. */
    private long term;

    /** Set at most once in a term. */
    private Optional<NodeId> votedFor = Optional.empty();

    private LogView log = new LogView(0, 0);
    private ConfigurationHistory configurations = new ConfigurationHistory();

    // Volatile state.

    /** Never decreases; {@code <= log.lastIndex()}. */
    private long commitIndex;

    private RaftRole role = RaftRole.FOLLOWER;
    private Optional<NodeId> leader = Optional.empty();
    private Durability durability = new Durability(0);

    /** When this node starts an election or sends heartbeats, by its role. */
    private long dueNanos = NEVER;

    /** Candidates only: who voted, and which write holds the own vote. */
    private Tally tally = new Tally(List.of());

    private long ownVoteWrite;

    /** Leaders only: every other voter. */
    private final TreeMap<NodeId, Progress> others = new TreeMap<>();

    /** Leaders only: the index of the noop that began the term. */
    private long termStartIndex;

    private long round;
    private final List<WaitingRead> waitingReads = new ArrayList<>();

    /** Effects of the input at hand. */
    private List<Effect> effects = new ArrayList<>();

    private long nowNanos;

    /** A read that may go on once the round is confirmed. */
    private record WaitingRead(long request, long index, long round) {}

    /** @param random draws election timeouts and nothing else */
    public RaftCore(NodeId self, CoreTiming timing, RandomGenerator random) {
        this.self = self;
        this.timing = timing;
        this.random = random;
    }

    @Override
    public List<Effect> on(Input input, long now) {
        nowNanos = now;
        effects = new ArrayList<>();
        long dueBefore = dueNanos;
        input.accept(handler);
        if (dueNanos != dueBefore && dueNanos != NEVER) {
            emit(new Effect.WakeAt(dueNanos));
        }
        return effects;
    }

    // Looking in.

    public long term() {
        return term;
    }

    public Optional<NodeId> votedFor() {
        return votedFor;
    }

    public RaftRole role() {
        return role;
    }

    public Optional<NodeId> leader() {
        return leader;
    }

    public long commitIndex() {
        return commitIndex;
    }

    public LogView log() {
        return log;
    }

    /** The group as the log names it; empty before founding. */
    public Optional<Configuration> configuration() {
        return configurations.current();
    }

    /** The group as of a committed index. */
    public Optional<Configuration> configurationAt(long index) {
        return configurations.at(index);
    }

    /** Whether this node leads and has committed an entry of its term (R24). */
    public boolean leadershipEffective() {
        return role == RaftRole.LEADER && commitIndex >= termStartIndex;
    }

    /** When the election or heartbeat timer falls due; {@code Long.MAX_VALUE} where none runs. */
    public long dueNanos() {
        return dueNanos;
    }

    /** One method an input. */
    private final class Handler implements Input.Visitor {

        @Override
        public void start(Input.Start input) {
            term = input.hardState().term();
            votedFor = input.hardState().votedFor();
            log = input.log();
            configurations = input.configurations();
            commitIndex =
                    Math.max(input.log().snapshotIndex(), input.hardState().commitIndex());
            durability = new Durability(log.lastIndex());
            check(commitIndex <= log.lastIndex(), "RecoveryFaithful", "commit index " + commitIndex + " beyond " + log);
            check(log.lastTerm() <= term, "RecoveryFaithful", "term " + term + " below the log's: " + log);
            takeUpGroup();
        }

        @Override
        public void found(Input.Found input) {
            check(
                    log.lastIndex() == 0 && term == 0 && configuration().isEmpty(),
                    "FoundOnce",
                    "founding in term " + term + " with " + log);
            term = 1;
            Configuration group = new Configuration(input.clusterId(), List.of(self));
            append(List.of(new Payload.Members(group)));
            takeUpGroup();
        }

        @Override
        public void tick(Input.Tick input) {
            if (nowNanos < dueNanos) {
                emitWake();
            } else if (role == RaftRole.LEADER) {
                dueNanos = nowNanos + timing.heartbeatNanos();
                others.keySet().forEach(RaftCore.this::replicateTo);
            } else if (role == RaftRole.CANDIDATE && !durability.isDurable(ownVoteWrite)) {
                // A slow disk: nobody was asked yet, so there is nothing to begin anew.
                dueNanos = nowNanos + electionWaitNanos();
            } else {
                campaign();
            }
        }

        @Override
        public void propose(Input.Propose input) {
            if (role != RaftRole.LEADER) {
                emit(new Effect.Refused(input.payloads().size()));
                return;
            }
            emit(new Effect.Accepted(log.lastIndex() + 1, input.payloads().size(), term));
            append(input.payloads());
            replicateToIdle();
        }

        @Override
        public void readIndex(Input.ReadIndex input) {
            if (role != RaftRole.LEADER || waitingReads.size() >= READS_WAITING_MAX) {
                emit(new Effect.ReadRefused(input.request()));
                return;
            }
            // Before the term's first commit the index is not known yet (dissertation §6.4, step 1): the noop's is a
            // safe stand-in.
            round++;
            waitingReads.add(new WaitingRead(input.request(), Math.max(commitIndex, termStartIndex), round));
            others.keySet().forEach(RaftCore.this::replicateTo);
            releaseReads();
        }

        @Override
        public void persisted(Input.Persisted input) {
            durability.done(input.id());
            if (role == RaftRole.CANDIDATE && durability.isDurable(ownVoteWrite)) {
                tally.record(self, true);
                leadIfElected();
            }
            if (role == RaftRole.LEADER) {
                advanceCommit();
            }
        }

        @Override
        public void snapshotSaved(Input.SnapshotSaved input) {
            check(
                    input.index() <= commitIndex,
                    "SnapshotFaithful",
                    "snapshot at " + input.index() + ", committed " + commitIndex);
            configurations.compactTo(input.index());
            log.compactTo(input.index());
        }

        @Override
        public void received(Input.Received input) {
            PeerMessage message = input.message();
            if (message.term() > term) {
                // All servers (Figure 2): a higher term makes anyone a follower.
                adoptTerm(message.term());
            }
            message.accept(new Receiver(input.from()));
        }
    }

    /** One method a message; the message's term is the present one or an older one. */
    private final class Receiver implements PeerMessage.Visitor<Void> {

        private final NodeId from;

        Receiver(NodeId from) {
            this.from = from;
        }

        /** Raft paper §5.2 and §5.4.1. */
        @Override
        @SuppressWarnings("NullAway") // Void has no value but null
        public Void requestVote(RequestVote message) {
            boolean free = votedFor.isEmpty() || votedFor.get().equals(from);
            boolean granted =
                    message.term() == term && free && log.isCoveredBy(message.lastLogIndex(), message.lastLogTerm());
            if (granted) {
                if (votedFor.isEmpty()) {
                    votedFor = Optional.of(from);
                    persist(List.of());
                }
                awaitLeader();
            }
            reply(from, new RequestVoteReply(term, granted));
            return null;
        }

        @Override
        @SuppressWarnings("NullAway") // Void has no value but null
        public Void requestVoteReply(RequestVoteReply message) {
            if (role == RaftRole.CANDIDATE && message.term() == term) {
                tally.record(from, message.granted());
                leadIfElected();
            }
            return null;
        }

        /** Raft paper §5.3, Figure 2 "AppendEntries RPC"; the numbers are those of the figure. */
        @Override
        @SuppressWarnings("NullAway") // Void has no value but null
        public Void appendEntries(AppendEntries message) {
            if (message.term() < term) { // 1
                reply(from, new AppendEntriesReply(term, false, 0, message.round()));
                return null;
            }
            check(role != RaftRole.LEADER, "ElectionSafety", "term " + term + " is led by " + self + " and " + from);
            follow(from);
            long prev = message.prevLogIndex();
            if (prev > log.lastIndex()) { // 2
                reply(from, new AppendEntriesReply(term, false, log.lastIndex(), message.round()));
                return null;
            }
            if (prev >= log.snapshotIndex() && log.termAt(prev) != message.prevLogTerm()) { // 2
                check(prev > commitIndex, "LogMatching", "committed index " + prev + " differs at leader " + from);
                reply(from, new AppendEntriesReply(term, false, prev - 1, message.round()));
                return null;
            }
            store(message.entries());
            long lastNew = prev + message.entries().size();
            commitTo(Math.min(message.leaderCommit(), lastNew)); // 5
            reply(from, new AppendEntriesReply(term, true, lastNew, message.round()));
            return null;
        }

        @Override
        @SuppressWarnings("NullAway") // Void has no value but null
        public Void appendEntriesReply(AppendEntriesReply message) {
            Progress progress = others.get(from);
            if (role != RaftRole.LEADER || message.term() != term || progress == null) {
                return null;
            }
            progress.confirmed(message.round());
            if (message.success()) {
                check(
                        message.index() <= log.lastIndex(),
                        "LogMatching",
                        from + " matches at " + message.index() + " beyond " + log);
                progress.matches(message.index());
                advanceCommit();
            } else {
                progress.differs(message.index());
            }
            releaseReads();
            if (progress.nextIndex() <= log.lastIndex()) {
                replicateTo(from);
            }
            return null;
        }
    }

    // Roles.

    /** A group has just become known: wait for its leader, or lead it if there is nobody else. */
    private void takeUpGroup() {
        if (configuration().filter(group -> group.isSoleVoter(self)).isPresent()) {
            campaign();
        } else {
            awaitLeader();
        }
    }

    /** Sets the election timer anew; it is drawn for each election (R12). */
    private void awaitLeader() {
        boolean votes = configuration().filter(group -> group.isVoter(self)).isPresent();
        dueNanos = votes ? nowNanos + electionWaitNanos() : NEVER;
    }

    private long electionWaitNanos() {
        return timing.electionTimeoutNanos() + random.nextLong(timing.electionTimeoutNanos());
    }

    private void adoptTerm(long newTerm) {
        check(newTerm > term, "TermsNeverDecrease", term + " to " + newTerm);
        boolean led = role == RaftRole.LEADER;
        term = newTerm;
        votedFor = Optional.empty();
        become(RaftRole.FOLLOWER, Optional.empty());
        if (led) {
            awaitLeader();
        }
        persist(List.of());
    }

    private void follow(NodeId newLeader) {
        if (role != RaftRole.FOLLOWER || !leader.equals(Optional.of(newLeader))) {
            become(RaftRole.FOLLOWER, Optional.of(newLeader));
        }
        awaitLeader();
    }

    private void campaign() {
        check(role != RaftRole.LEADER, "ElectionSafety", "the leader of term " + term + " would campaign");
        Configuration group = configuration().orElseThrow();
        term++;
        votedFor = Optional.of(self);
        tally = new Tally(group.voters());
        become(RaftRole.CANDIDATE, Optional.empty());
        // A sole voter waits for nothing but its own disk; a new term would only make it wait anew.
        dueNanos = group.isSoleVoter(self) ? NEVER : nowNanos + electionWaitNanos();
        ownVoteWrite = persist(List.of());
        for (NodeId voter : group.voters()) {
            if (!voter.equals(self)) {
                emit(new Effect.Send(voter, new RequestVote(term, log.lastIndex(), log.lastTerm()), ownVoteWrite));
            }
        }
    }

    private void leadIfElected() {
        if (role != RaftRole.CANDIDATE || !tally.won() || !durability.isDurable(ownVoteWrite)) {
            return;
        }
        become(RaftRole.LEADER, Optional.of(self));
        for (NodeId voter : configuration().orElseThrow().voters()) {
            if (!voter.equals(self)) {
                others.put(voter, new Progress(log.lastIndex() + 1));
            }
        }
        termStartIndex = log.lastIndex() + 1;
        append(List.of(new Payload.Noop()));
        dueNanos = others.isEmpty() ? NEVER : nowNanos + timing.heartbeatNanos();
        others.keySet().forEach(this::replicateTo);
    }

    private void become(RaftRole newRole, Optional<NodeId> newLeader) {
        role = newRole;
        leader = newLeader;
        others.clear();
        for (WaitingRead read : waitingReads) {
            emit(new Effect.ReadRefused(read.request));
        }
        waitingReads.clear();
        emit(new Effect.RoleChanged(role, term, leader));
    }

    // The log.

    /** Leaders and founders: puts payloads of the own term at the end of the log. */
    private void append(List<Payload> payloads) {
        List<LogEntry> entries = new ArrayList<>(payloads.size());
        long index = log.lastIndex();
        for (Payload payload : payloads) {
            index++;
            entries.add(new LogEntry(index, term, payload));
        }
        addToLog(entries);
    }

    /** Followers: takes over what the log lacks; points 3 and 4 of Figure 2. */
    private void store(List<LogEntry> entries) {
        int known = 0;
        for (LogEntry entry : entries) {
            boolean covered = entry.index() <= log.snapshotIndex();
            boolean same = covered || (log.knows(entry.index()) && log.termAt(entry.index()) == entry.term());
            if (!same) {
                break;
            }
            known++;
        }
        List<LogEntry> lacking = entries.subList(known, entries.size());
        if (lacking.isEmpty()) {
            return;
        }
        long from = lacking.get(0).index();
        if (from <= log.lastIndex()) {
            check(from > commitIndex, "CommittedNeverLost", "truncation from " + from + ", committed " + commitIndex);
            emit(new Effect.Discarded(from, log.lastIndex() - from + 1));
            log.truncateFrom(from);
            configurations.truncateFrom(from);
            durability.truncateFrom(from);
        }
        addToLog(lacking);
    }

    private void addToLog(List<LogEntry> entries) {
        for (LogEntry entry : entries) {
            check(entry.index() == log.lastIndex() + 1, "LogWithoutGaps", entry.index() + " after " + log);
            log.append(entry.term(), 1);
            if (entry.payload() instanceof Payload.Members members) {
                configurations.put(entry.index(), members.configuration());
            }
        }
        persist(entries);
    }

    private long persist(List<LogEntry> entries) {
        long id = durability.begin(log.lastIndex());
        emit(new Effect.Persist(id, new HardState(term, votedFor, commitIndex), entries));
        return id;
    }

    // Commit.

    /** Leaders: an entry of the own term that a majority holds durably is committed, with all before it (§5.3, §5.4.2). */
    private void advanceCommit() {
        long reached = reachedByMajority(durability.durableIndex(), Progress::matchIndex);
        if (reached > commitIndex && log.termAt(reached) == term) {
            boolean effectiveBefore = leadershipEffective();
            commitTo(reached);
            if (!effectiveBefore && leadershipEffective()) {
                emit(new Effect.LeadershipEffective(term));
            }
            releaseReads();
        }
    }

    private void commitTo(long index) {
        if (index > commitIndex) {
            check(index <= log.lastIndex(), "CommitMonotone", "commit index " + index + " beyond " + log);
            commitIndex = index;
            emit(new Effect.Commit(index));
        }
    }

    private long reachedByMajority(long own, ToLongFunction<Progress> ofOthers) {
        List<NodeId> voters = configuration().orElseThrow().voters();
        long[] reached = new long[voters.size()];
        for (int i = 0; i < reached.length; i++) {
            NodeId voter = voters.get(i);
            Progress progress = others.get(voter);
            reached[i] = voter.equals(self) ? own : progress == null ? 0 : ofOthers.applyAsLong(progress);
        }
        return Majority.reached(reached);
    }

    // Linearizable reads (dissertation §6.4).

    private void releaseReads() {
        if (role != RaftRole.LEADER || waitingReads.isEmpty() || !leadershipEffective()) {
            return;
        }
        long confirmed = reachedByMajority(round, Progress::confirmedRound);
        while (!waitingReads.isEmpty() && waitingReads.get(0).round <= confirmed) {
            WaitingRead read = waitingReads.remove(0);
            emit(new Effect.ReadAt(read.request, read.index));
        }
    }

    // Messages.

    private void replicateToIdle() {
        for (Map.Entry<NodeId, Progress> other : others.entrySet()) {
            if (!other.getValue().waiting()) {
                replicateTo(other.getKey());
            }
        }
    }

    private void replicateTo(NodeId to) {
        Progress progress = others.get(to);
        if (progress == null) {
            throw new InvariantBroken("OthersAreVoters", to + " is not among " + others.keySet());
        }
        // Entries that only a snapshot holds cannot be sent as entries: the message then begins behind it, and is
        // refused by whoever lacks them.
        long prev = Math.max(progress.nextIndex() - 1, log.snapshotIndex());
        progress.sent();
        emit(new Effect.Replicate(to, term, prev, log.termAt(prev), log.lastIndex(), commitIndex, round));
    }

    private void reply(NodeId to, PeerMessage message) {
        emit(new Effect.Send(to, message, durability.outstandingId()));
    }

    private void emit(Effect effect) {
        effects.add(effect);
    }

    private void emitWake() {
        if (dueNanos != NEVER) {
            emit(new Effect.WakeAt(dueNanos));
        }
    }

    private static void check(boolean holds, String invariant, String values) {
        if (!holds) {
            throw new InvariantBroken(invariant, values);
        }
    }
}
