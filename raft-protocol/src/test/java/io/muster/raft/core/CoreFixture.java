package io.muster.raft.core;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.LogView;
import io.muster.raft.core.log.Payload;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.membership.ConfigurationHistory;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.core.message.PeerMessage.AppendEntries;
import io.muster.raft.core.message.PeerMessage.AppendEntriesReply;
import io.muster.raft.core.message.PeerMessage.PreVote;
import io.muster.raft.core.message.PeerMessage.PreVoteReply;
import io.muster.raft.core.message.PeerMessage.RequestVote;
import io.muster.raft.core.message.PeerMessage.RequestVoteReply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** One core among voters, driven by hand: it keeps the effects, and makes durable what the test says. */
final class CoreFixture {

    static final long ELECTION_TIMEOUT = 1_000;
    static final long HEARTBEAT = 100;
    static final long STEP_DOWN = 900;
    static final long RESEND = 400;

    /** What each entry counts in the window. */
    static final long ENTRY_BYTES = 10;

    static final CoreLimits LIMITS = new CoreLimits(4, 100, 50, 10, 25, 5);
    static final NodeId SELF = node(1);
    static final NodeId TWO = node(2);
    static final NodeId THREE = node(3);

    private final RaftCore core;
    private final List<Effect> effects = new ArrayList<>();
    private long now;
    private long lastPersist;
    private int entriesAMessage = Integer.MAX_VALUE;
    private boolean sends = true;

    private CoreFixture(long seed) {
        CoreTiming timing = new CoreTiming(HEARTBEAT, ELECTION_TIMEOUT, STEP_DOWN, RESEND);
        core = new RaftCore(SELF, timing, LIMITS, new Rules(), new Random(seed));
    }

    static NodeId node(int number) {
        return new NodeId(0, number);
    }

    static Configuration group(NodeId... voters) {
        return new Configuration(new ClusterId(1, 1), List.of(voters));
    }

    /** A follower of three voters in the term, whose log has entries of these terms from index 1 on. */
    static CoreFixture follower(long term, long... logTerms) {
        return started(1, group(SELF, TWO, THREE), new HardState(term, Optional.empty(), 0), logTerms);
    }

    static CoreFixture started(long seed, Configuration group, HardState state, long... logTerms) {
        CoreFixture fixture = new CoreFixture(seed);
        LogView log = new LogView(0, 0);
        for (long term : logTerms) {
            log.append(term, 1);
        }
        ConfigurationHistory configurations = new ConfigurationHistory();
        configurations.put(0, group);
        fixture.on(new Input.Start(state, log, configurations));
        return fixture;
    }

    /** A node whose directory is empty. */
    static CoreFixture empty() {
        CoreFixture fixture = new CoreFixture(1);
        fixture.on(new Input.Start(HardState.INITIAL, new LogView(0, 0), new ConfigurationHistory()));
        return fixture;
    }

    /** The leader of three voters in the term after the given one; its noop is durable here only. */
    static CoreFixture leader(long term, long... logTerms) {
        CoreFixture fixture = follower(term, logTerms).electionTimeout().durable();
        fixture.from(TWO, new RequestVoteReply(term + 1, true)).durable();
        return fixture;
    }

    /** Entries that it is asked to send are sent at once, in messages of so many. */
    CoreFixture on(Input input) {
        List<Input> followUps = new ArrayList<>();
        for (Effect effect : core.on(input, now)) {
            effects.add(effect);
            if (effect instanceof Effect.Persist persist) {
                lastPersist = persist.id();
            } else if (effect instanceof Effect.Replicate replicate && sends) {
                followUps.add(sent(replicate));
            }
        }
        followUps.forEach(this::on);
        return this;
    }

    private Input.Sent sent(Effect.Replicate asked) {
        long last = Math.min(asked.lastLogIndex(), asked.prevLogIndex() + entriesAMessage);
        long bytes = (last - asked.prevLogIndex()) * ENTRY_BYTES;
        return new Input.Sent(asked.to(), asked.term(), asked.prevLogIndex(), last, bytes);
    }

    /** From now on a message takes so many entries. */
    CoreFixture entriesAMessage(int entries) {
        entriesAMessage = entries;
        return this;
    }

    /** From now on nothing that it is asked to replicate is ever reported as sent. */
    CoreFixture stopSending() {
        sends = false;
        return this;
    }

    CoreFixture from(NodeId sender, PeerMessage message) {
        return on(new Input.Received(sender, message));
    }

    /** Everything asked for so far is durable. */
    CoreFixture durable() {
        return on(new Input.Persisted(lastPersist));
    }

    CoreFixture propose(String... commands) {
        List<Payload> payloads = new ArrayList<>();
        for (String command : commands) {
            payloads.add(command(command));
        }
        return on(new Input.Propose(payloads));
    }

    /** Lets time pass until whatever is due next, and ticks. */
    CoreFixture due() {
        now = core.dueNanos();
        return on(new Input.Tick());
    }

    /** Nobody is heard until the election timeout, and all others say that they would vote. */
    CoreFixture electionTimeout() {
        due();
        for (NodeId voter : core.configuration().orElseThrow().members()) {
            if (!voter.equals(SELF)) {
                sent(voter, PreVote.class).stream()
                        .reduce((first, second) -> second)
                        .ifPresent(last -> from(voter, new PreVoteReply(last.term(), true, last.attempt())));
            }
        }
        return this;
    }

    CoreFixture advance(long nanos) {
        now += nanos;
        return on(new Input.Tick());
    }

    /** Forgets the effects so far. */
    CoreFixture clear() {
        effects.clear();
        return this;
    }

    RaftCore core() {
        return core;
    }

    long now() {
        return now;
    }

    <E extends Effect> List<E> effects(Class<E> kind) {
        return effects.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    List<Effect> effects() {
        return List.copyOf(effects);
    }

    <M extends PeerMessage> List<M> sent(NodeId to, Class<M> kind) {
        return effects(Effect.Send.class).stream()
                .filter(send -> send.to().equals(to) && kind.isInstance(send.message()))
                .map(send -> kind.cast(send.message()))
                .toList();
    }

    /** The last answer to a peer. */
    PeerMessage answer(NodeId to) {
        List<Effect.Send> sends = effects(Effect.Send.class).stream()
                .filter(send -> send.to().equals(to))
                .toList();
        return sends.get(sends.size() - 1).message();
    }

    /** Which persist the last message to a peer waits for; 0 for none. */
    long answerWaitsFor(NodeId to) {
        List<Effect.Send> sends = effects(Effect.Send.class).stream()
                .filter(send -> send.to().equals(to))
                .toList();
        return sends.get(sends.size() - 1).afterPersist();
    }

    Effect.Persist lastPersist() {
        List<Effect.Persist> all = effects(Effect.Persist.class);
        return all.get(all.size() - 1);
    }

    List<Long> commits() {
        return effects(Effect.Commit.class).stream().map(Effect.Commit::index).toList();
    }

    List<Long> logTerms() {
        List<Long> terms = new ArrayList<>();
        for (long index = 1; index <= core.log().lastIndex(); index++) {
            terms.add(core.log().termAt(index));
        }
        return terms;
    }

    static Payload command(String text) {
        return new Payload.Command(text.getBytes(StandardCharsets.UTF_8));
    }

    static LogEntry entry(long index, long term) {
        return new LogEntry(index, term, command("e" + index + "/" + term));
    }

    static AppendEntries append(long term, long prevIndex, long prevTerm, long commit, long... entryTerms) {
        List<LogEntry> entries = new ArrayList<>();
        for (long entryTerm : entryTerms) {
            entries.add(entry(prevIndex + entries.size() + 1, entryTerm));
        }
        return new AppendEntries(term, prevIndex, prevTerm, entries, commit, 0);
    }

    static AppendEntriesReply matched(long term, long index) {
        return AppendEntriesReply.matched(term, index, 0);
    }

    static AppendEntriesReply refused(long term, long prevIndex, long hintIndex, long hintTerm) {
        return AppendEntriesReply.refused(term, prevIndex, hintIndex, hintTerm, 0);
    }

    static RequestVote vote(long term, long lastIndex, long lastTerm) {
        return new RequestVote(term, lastIndex, lastTerm);
    }
}
