package io.muster.raft.core;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.RaftRole;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.LogView;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.membership.ConfigurationHistory;
import io.muster.raft.core.message.PeerMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Several cores on one thread, with messages that are lost, doubled, late and out of order, disks that sync late, and crashes that lose what is not
 * synced; checked after every step against the invariants of {@code spec/simulation.md} §5.
 */
final class CoreCluster {

    private static final long ELECTION_TIMEOUT = 100;
    private static final long HEARTBEAT = 10;

    private final Random random;
    private final UnaryOperator<Machine> bug;
    private final Configuration group;
    private final TreeMap<NodeId, Node> nodes = new TreeMap<>();
    private final List<InFlight> network = new ArrayList<>();
    private long now;
    private int nextCommand;
    private boolean faulty = true;

    // The observer (O of the specification).
    private final Map<Long, NodeId> leaderOfTerm = new HashMap<>();
    private final TreeMap<Long, LogEntry> committed = new TreeMap<>();
    private final Map<String, NodeId> voteOf = new HashMap<>();

    private record InFlight(NodeId from, NodeId to, PeerMessage message) {}

    /** One node: its core, its log in memory, and what of it is on disk. */
    private final class Node {
        final NodeId id;
        RaftCore core;
        Machine machine;
        final TreeMap<Long, LogEntry> log = new TreeMap<>();
        final TreeMap<Long, LogEntry> disk = new TreeMap<>();
        HardState diskState = new HardState(1, Optional.empty(), 0);
        final List<Effect.Persist> unsynced = new ArrayList<>();
        final List<Effect.Send> held = new ArrayList<>();
        long durableId;
        long applied;

        Node(NodeId id) {
            this.id = id;
            start();
        }

        void start() {
            core = new RaftCore(id, new CoreTiming(HEARTBEAT, ELECTION_TIMEOUT), new Random(random.nextLong()));
            machine = bug.apply(core);
            log.clear();
            log.putAll(disk);
            unsynced.clear();
            held.clear();
            durableId = 0;
            applied = 0;
            LogView view = new LogView(0, 0);
            disk.values().forEach(entry -> view.append(entry.term(), 1));
            ConfigurationHistory configurations = new ConfigurationHistory();
            configurations.put(0, group);
            HardState state = new HardState(diskState.term(), diskState.votedFor(), 0);
            on(new Input.Start(state, view, configurations));
        }

        void on(Input input) {
            for (Effect effect : machine.on(input, now)) {
                carryOut(effect);
            }
        }

        private void carryOut(Effect effect) {
            if (effect instanceof Effect.Persist persist) {
                persist.entries().forEach(entry -> put(log, entry));
                unsynced.add(persist);
            } else if (effect instanceof Effect.Send send) {
                if (send.afterPersist() > durableId) {
                    held.add(send);
                } else {
                    transmit(send.to(), send.message());
                }
            } else if (effect instanceof Effect.Replicate replicate) {
                replicate(replicate);
            } else if (effect instanceof Effect.Commit commit) {
                apply(commit.index());
            } else if (effect instanceof Effect.RoleChanged changed && changed.role() == RaftRole.LEADER) {
                leads(this, changed.term());
            }
        }

        private void replicate(Effect.Replicate effect) {
            List<LogEntry> entries =
                    log.subMap(effect.prevLogIndex(), false, effect.lastLogIndex(), true).values().stream()
                            .limit(1 + random.nextInt(4))
                            .toList();
            transmit(
                    effect.to(),
                    new PeerMessage.AppendEntries(
                            effect.term(),
                            effect.prevLogIndex(),
                            effect.prevLogTerm(),
                            entries,
                            effect.leaderCommit(),
                            effect.round()));
        }

        void sync() {
            if (unsynced.isEmpty()) {
                return;
            }
            int count = 1 + random.nextInt(unsynced.size());
            for (Effect.Persist persist : unsynced.subList(0, count)) {
                persist.entries().forEach(entry -> put(disk, entry));
                check(persist.hardState().term() >= diskState.term(), "VoteOnce", "the persisted term falls");
                diskState = persist.hardState();
                durableId = persist.id();
            }
            unsynced.subList(0, count).clear();
            List<Effect.Send> free = held.stream()
                    .filter(send -> send.afterPersist() <= durableId)
                    .toList();
            held.removeAll(free);
            free.forEach(send -> transmit(send.to(), send.message()));
            on(new Input.Persisted(durableId));
        }

        private void transmit(NodeId to, PeerMessage message) {
            if (message instanceof PeerMessage.RequestVoteReply reply && reply.granted()) {
                NodeId before = voteOf.putIfAbsent(id + "/" + reply.term(), to);
                check(before == null || before.equals(to), "VoteOnce", id + " voted for " + before + " and " + to);
                check(
                        diskState.term() >= reply.term(),
                        "VoteOnce",
                        id + " sent its vote of term " + reply.term() + " before it was stored");
            }
            network.add(new InFlight(id, to, message));
        }

        private void apply(long index) {
            while (applied < index) {
                applied++;
                LogEntry entry = log.get(applied);
                LogEntry before = committed.putIfAbsent(applied, entry);
                check(
                        before == null || before.equals(entry),
                        "StateMachineSafety",
                        id + " applies " + entry + " where " + before + " was");
                long copies = nodes.values().stream()
                        .filter(node -> entry.equals(node.disk.get(entry.index())))
                        .count();
                check(before != null || copies * 2 > nodes.size(), "AckIsDurable", entry + " is on " + copies);
            }
        }
    }

    CoreCluster(long seed) {
        this(seed, UnaryOperator.identity());
    }

    /** @param bug stands around each core */
    CoreCluster(long seed, UnaryOperator<Machine> bug) {
        this.bug = bug;
        random = new Random(seed);
        List<NodeId> voters = new ArrayList<>();
        int count = List.of(1, 2, 3, 3, 5).get(random.nextInt(5));
        for (int i = 1; i <= count; i++) {
            voters.add(new NodeId(0, i));
        }
        group = new Configuration(new ClusterId(1, 1), voters);
        voters.forEach(voter -> nodes.put(voter, new Node(voter)));
    }

    /** Chaos for so many steps, then a healed cluster that must make progress. */
    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            step();
        }
        faulty = false;
        long before = committed.isEmpty() ? 0 : committed.lastKey();
        for (int i = 0; i < 20_000; i++) {
            step();
            if (committed.size() > before + 20 && converged()) {
                return;
            }
        }
        throw new AssertionError(
                "LeaderBound: no progress after healing: " + committed.size() + " committed, was " + before);
    }

    private boolean converged() {
        long last = committed.lastKey();
        return nodes.values().stream().allMatch(node -> node.applied >= last - 5);
    }

    private void step() {
        now += random.nextInt(3);
        Node node = new ArrayList<>(nodes.values()).get(random.nextInt(nodes.size()));
        int drawn = random.nextInt(100);
        if (drawn < 55) {
            deliver();
        } else if (drawn < 75) {
            node.sync();
        } else if (drawn < 85) {
            if (now >= node.core.dueNanos()) {
                node.on(new Input.Tick());
            }
        } else if (drawn < 97) {
            if (node.core.role() == RaftRole.LEADER) {
                node.on(new Input.Propose(List.of(CoreFixture.command("c" + nextCommand++))));
            }
        } else if (faulty && drawn < 98) {
            node.start();
        }
        checkLogs();
    }

    private void deliver() {
        if (network.isEmpty()) {
            return;
        }
        int drawn = faulty ? random.nextInt(network.size()) : 0;
        InFlight message = network.get(drawn);
        boolean doubled = faulty && random.nextInt(10) == 0;
        if (!doubled) {
            network.remove(drawn);
        }
        boolean lost = faulty && random.nextInt(6) == 0;
        if (!lost) {
            nodes.get(message.to).on(new Input.Received(message.from, message.message));
        }
    }

    private void leads(Node node, long term) {
        NodeId before = leaderOfTerm.putIfAbsent(term, node.id);
        check(before == null || before.equals(node.id), "ElectionSafety", before + " and " + node.id + " lead " + term);
        committed.forEach((index, entry) ->
                check(entry.equals(node.log.get(index)), "LeaderCompleteness", node.id + " lacks " + entry));
    }

    private void checkLogs() {
        for (Node node : nodes.values()) {
            check(
                    node.core.commitIndex() <= node.core.log().lastIndex(),
                    "CommitMonotone",
                    node.id + " commits beyond its log");
            for (Node other : nodes.values()) {
                long common =
                        Math.min(node.core.log().lastIndex(), other.core.log().lastIndex());
                if (common > 0
                        && node.core.log().termAt(common) == other.core.log().termAt(common)) {
                    check(
                            node.log.get(common).equals(other.log.get(common)),
                            "LogMatching",
                            node.id + " and " + other.id + " differ at " + common);
                }
            }
        }
    }

    private static void put(NavigableMap<Long, LogEntry> log, LogEntry entry) {
        log.tailMap(entry.index(), true).clear();
        log.put(entry.index(), entry);
    }

    private static void check(boolean holds, String invariant, String what) {
        if (!holds) {
            throw new AssertionError(invariant + ": " + what);
        }
    }

    int committedCount() {
        return committed.size();
    }

    long termsLed() {
        return leaderOfTerm.size();
    }
}
