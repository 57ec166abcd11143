package io.muster.raft.core;

import io.muster.member.NodeId;
import io.muster.raft.RaftRole;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.LogView;
import io.muster.raft.core.membership.ConfigurationHistory;
import io.muster.raft.core.message.PeerMessage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** Cores in virtual time, with quick disks and a quick network in which links can be cut; nobody writes. For questions of who leads, and for how long. */
final class QuietCluster {

    static final long ELECTION_TIMEOUT = 1_000;

    private static final CoreTiming TIMING = new CoreTiming(100, ELECTION_TIMEOUT);
    private static final int DELAY_MAX = 5;

    private final Random random;
    private final TreeMap<NodeId, RaftCore> cores = new TreeMap<>();
    private final TreeMap<NodeId, TreeMap<Long, LogEntry>> logs = new TreeMap<>();
    private final Set<String> cut = new HashSet<>();
    private final PriorityQueue<Delivery> deliveries = new PriorityQueue<>();
    private long now;
    private long sequence;

    /** An input on its way; those of the same time in the order of their numbers. */
    private record Delivery(long nanos, long number, NodeId to, Input input) implements Comparable<Delivery> {
        @Override
        public int compareTo(Delivery other) {
            int byTime = Long.compare(nanos, other.nanos);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    QuietCluster(long seed, int count, Rules rules) {
        random = new Random(seed);
        NodeId[] voters = new NodeId[count];
        for (int i = 0; i < count; i++) {
            voters[i] = CoreFixture.node(i + 1);
        }
        for (NodeId voter : voters) {
            ConfigurationHistory configurations = new ConfigurationHistory();
            configurations.put(0, CoreFixture.group(voters));
            cores.put(voter, new RaftCore(voter, TIMING, CoreLimits.DEFAULTS, rules, new Random(random.nextLong())));
            logs.put(voter, new TreeMap<>());
            on(voter, new Input.Start(new HardState(1, Optional.empty(), 0), new LogView(0, 0), configurations));
        }
    }

    Set<NodeId> nodes() {
        return cores.keySet();
    }

    RaftCore core(NodeId node) {
        return cores.get(node);
    }

    List<NodeId> leaders() {
        return cores.entrySet().stream()
                .filter(node -> node.getValue().role() == RaftRole.LEADER)
                .map(node -> node.getKey())
                .toList();
    }

    void cut(NodeId from, NodeId to, boolean isCut) {
        if (isCut) {
            cut.add(from + ">" + to);
        } else {
            cut.remove(from + ">" + to);
        }
    }

    void cutBoth(NodeId one, NodeId other, boolean isCut) {
        cut(one, other, isCut);
        cut(other, one, isCut);
    }

    void heal() {
        cut.clear();
    }

    void run(long nanos) {
        long end = now + nanos;
        while (!deliveries.isEmpty() && deliveries.peek().nanos <= end) {
            Delivery next = deliveries.remove();
            now = Math.max(now, next.nanos);
            on(next.to, next.input);
        }
        now = end;
    }

    private void later(NodeId to, long delay, Input input) {
        sequence++;
        deliveries.add(new Delivery(now + delay, sequence, to, input));
    }

    private void on(NodeId node, Input input) {
        for (Effect effect : cores.get(node).on(input, now)) {
            if (effect instanceof Effect.Persist persist) {
                persist.entries().forEach(entry -> {
                    logs.get(node).tailMap(entry.index(), true).clear();
                    logs.get(node).put(entry.index(), entry);
                });
                later(node, 1, new Input.Persisted(persist.id()));
            } else if (effect instanceof Effect.Send send) {
                transmit(node, send.to(), send.message());
            } else if (effect instanceof Effect.Replicate replicate) {
                replicate(node, replicate);
            } else if (effect instanceof Effect.WakeAt wake) {
                later(node, wake.nanos() - now, new Input.Tick());
            }
        }
    }

    private void replicate(NodeId node, Effect.Replicate effect) {
        List<LogEntry> entries = new ArrayList<>(logs.get(node)
                .subMap(effect.prevLogIndex(), false, effect.lastLogIndex(), true)
                .values());
        transmit(
                node,
                effect.to(),
                new PeerMessage.AppendEntries(
                        effect.term(),
                        effect.prevLogIndex(),
                        effect.prevLogTerm(),
                        entries,
                        effect.leaderCommit(),
                        effect.round()));
        long last = effect.prevLogIndex() + entries.size();
        later(node, 0, new Input.Sent(effect.to(), effect.term(), effect.prevLogIndex(), last, entries.size()));
    }

    /** A disk's delay is in the network's: what stands on a write comes after it. */
    private void transmit(NodeId from, NodeId to, PeerMessage message) {
        if (!cut.contains(from + ">" + to)) {
            later(to, 2 + random.nextInt(DELAY_MAX), new Input.Received(from, message));
        }
    }
}
