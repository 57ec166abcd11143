package io.muster.raft.core;

import io.muster.member.NodeId;
import io.muster.raft.InvariantBroken;
import io.muster.raft.core.digest.DigestBook;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.LogView;
import io.muster.raft.core.log.Payload;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.membership.ConfigurationHistory;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.core.quorum.Quorum;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What a node knows whatever its role is, and the few steps that keep it consistent: every change of what must be durable emits the {@link
 * Effect.Persist} for it. One object, shared by the role machine and its parts.
 */
final class CoreState {

    static final long NEVER = Long.MAX_VALUE;

    final NodeId self;
    final CoreTiming timing;
    final CoreLimits limits;
    final Rules rules;
    final RandomGenerator random;
    final DigestBook digests;

    // Persistent state: what is in memory here is at most one Persist effect ahead of the disk.

    /** Never decreases. */
    long term;

    /** Set at most once in a term. */
    Optional<NodeId> votedFor = Optional.empty();

    LogView log = new LogView(0, 0);
    ConfigurationHistory configurations = new ConfigurationHistory();

    // Volatile state.

    /** Never decreases; {@code <= log.lastIndex()}. */
    long commitIndex;

    /** The highest commit index that a leader has told of, be the entries here or not; not below the own one. */
    long heardCommitIndex;

    /** Of the newest durable snapshot; 0 if there is none. The log may still hold entries before it. */
    long snapshotIndex;

    Durability durability = new Durability(0);

    /** Whether the state is wrong and being replaced (R15). */
    boolean repairing;

    /** The time of the input at hand. */
    long nowNanos;

    /** Effects of the input at hand. */
    private List<Effect> effects = new ArrayList<>();

    CoreState(NodeId self, CoreTiming timing, CoreLimits limits, Rules rules, RandomGenerator random) {
        this.self = self;
        this.timing = timing;
        this.limits = limits;
        this.rules = rules;
        this.random = random;
        this.digests = new DigestBook(self);
    }

    void begin(long now) {
        nowNanos = now;
        effects = new ArrayList<>();
    }

    List<Effect> effects() {
        return effects;
    }

    void emit(Effect effect) {
        effects.add(effect);
    }

    // The group.

    Optional<Configuration> configuration() {
        return rules.inForce(configurations, commitIndex);
    }

    Configuration group() {
        return configuration().orElseThrow();
    }

    Quorum quorum() {
        Configuration group = group();
        return new Quorum(group.voters(), group.outgoing(), rules::majority);
    }

    boolean isMember(NodeId node) {
        return configuration().filter(group -> group.isMember(node)).isPresent();
    }

    boolean isVoter(NodeId node) {
        return configuration().filter(group -> group.isVoter(node)).isPresent();
    }

    boolean isSoleVoter() {
        return configuration().filter(group -> group.isSoleVoter(self)).isPresent();
    }

    /**
     * Whether this node may stand for election: it votes, or it does until a change is committed that is not known to be. By then it may be the only one
     * with the entry of that change, without which the others cannot go on (dissertation §4.2.2); its own vote does not count.
     */
    boolean mayStand() {
        boolean leaving = configurations.currentIndex() > commitIndex
                && configurations
                        .at(commitIndex)
                        .filter(group -> group.isVoter(self))
                        .isPresent();
        return isVoter(self) || leaving;
    }

    /** Whether an operator has declared who votes, in a term of which nothing is committed here: then what is committed here need not be so elsewhere (R23). */
    boolean isResetSince(long resetTerm) {
        return resetTerm > 0
                && configurations
                        .at(commitIndex)
                        .filter(group -> group.resetTerm() < resetTerm)
                        .isPresent();
    }

    // The log.

    /** Leaders and founders: puts payloads of the own term at the end of the log. */
    void append(List<Payload> payloads) {
        List<LogEntry> entries = new ArrayList<>(payloads.size());
        long index = log.lastIndex();
        for (Payload payload : payloads) {
            index++;
            entries.add(new LogEntry(index, term, payload));
        }
        addToLog(entries);
    }

    /** Followers: takes over what the log lacks; points 3 and 4 of Figure 2. */
    void store(List<LogEntry> entries) {
        List<LogEntry> lacking = entries.subList(rules.entriesKnown(entries, log), entries.size());
        if (lacking.isEmpty()) {
            return;
        }
        long from = lacking.get(0).index();
        if (from <= log.lastIndex()) {
            check(from > commitIndex, "CommittedNeverLost", "truncation from " + from + ", committed " + commitIndex);
            emit(new Effect.Discarded(from, log.lastIndex() - from + 1));
            log.truncateFrom(from);
            rules.truncate(configurations, from);
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

    long persist(List<LogEntry> entries) {
        long id = durability.begin(log.lastIndex());
        emit(new Effect.Persist(id, new HardState(term, votedFor, commitIndex), entries));
        return id;
    }

    void commitTo(long index) {
        if (index <= commitIndex) {
            return;
        }
        check(index <= log.lastIndex(), "CommitMonotone", "commit index " + index + " beyond " + log);
        long before = commitIndex;
        commitIndex = index;
        emit(new Effect.Commit(index));
        for (long at = configurations.nextAfter(before); at <= index; at = configurations.nextAfter(at)) {
            emit(new Effect.ConfigurationCommitted(at, configurations.at(at).orElseThrow()));
        }
    }

    // Messages.

    /** Sends a message that stands on everything said to be persisted so far. */
    void reply(NodeId to, PeerMessage message) {
        emit(new Effect.Send(to, message, durability.outstandingId()));
    }

    /** Sends a message that stands on the stored term alone, as everything that a leader sends. */
    void send(NodeId to, PeerMessage message) {
        emit(new Effect.Send(to, message, 0));
    }

    static void check(boolean holds, String invariant, String values) {
        if (!holds) {
            throw new InvariantBroken(invariant, values);
        }
    }
}
