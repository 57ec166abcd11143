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
    static final NodeId SELF = node(1);
    static final NodeId TWO = node(2);
    static final NodeId THREE = node(3);

    private final RaftCore core;
    private final List<Effect> effects = new ArrayList<>();
    private long now;
    private long lastPersist;

    private CoreFixture(long seed) {
        core = new RaftCore(SELF, new CoreTiming(HEARTBEAT, ELECTION_TIMEOUT), new Random(seed));
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

    CoreFixture on(Input input) {
        for (Effect effect : core.on(input, now)) {
            effects.add(effect);
            if (effect instanceof Effect.Persist persist) {
                lastPersist = persist.id();
            }
        }
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

    CoreFixture electionTimeout() {
        return due();
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
        return new AppendEntriesReply(term, true, index, 0);
    }

    static RequestVote vote(long term, long lastIndex, long lastTerm) {
        return new RequestVote(term, lastIndex, lastTerm);
    }
}
