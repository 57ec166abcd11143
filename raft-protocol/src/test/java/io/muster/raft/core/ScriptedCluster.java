package io.muster.raft.core;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.LogView;
import io.muster.raft.core.log.Payload;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.membership.ConfigurationHistory;
import io.muster.raft.core.membership.MembershipChange;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.core.snapshot.SnapshotHead;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * Nodes that do what a script says, one step at a time, with disks that are durable at once. Commands:
 *
 * <pre>
 *   voters N…            starts nodes 1 to 5, with these voters
 *   timeout N            lets time pass until N's timer is due
 *   isolate N            lets the others go on without N until its timer is due, and does not show that
 *   stabilize            delivers messages until there are none
 *   deliver N            delivers what is on its way to N
 *   drop N               loses what is on its way to N
 *   propose N TEXT…      proposes at N
 *   read N               asks N for a linearizable read
 *   transfer N M         hands leadership from N to M
 *   learner N M          leader N takes M in as a learner
 *   change N M…          leader N makes these the voters
 *   snapshot N I         N has a snapshot of index I, and drops the log up to there
 *   status               shows all nodes
 * </pre>
 */
final class ScriptedCluster {

    private static final int NODES = 5;
    private static final int SNAPSHOT_BYTES = 20;

    private final TreeMap<NodeId, RaftCore> cores = new TreeMap<>();
    private final TreeMap<NodeId, TreeMap<Long, LogEntry>> logs = new TreeMap<>();
    private final TreeMap<NodeId, SnapshotHead> snapshots = new TreeMap<>();
    private final List<InFlight> network = new ArrayList<>();
    private List<String> output = new ArrayList<>();
    private long now;
    private long request;

    private record InFlight(NodeId from, NodeId to, PeerMessage message) {}

    /** Gives what was done, one line an effect. */
    List<String> command(String line) {
        output = new ArrayList<>();
        String[] words = line.split(" ");
        switch (words[0]) {
            case "voters" -> start(nodes(words, 1));
            case "timeout" -> timeout(node(words[1]));
            case "isolate" -> isolate(node(words[1]));
            case "stabilize" -> deliverAll();
            case "deliver" -> take(node(words[1])).forEach(this::deliver);
            case "drop" -> take(node(words[1])).forEach(lost -> output.add("lost: " + show(lost)));
            case "propose" -> on(node(words[1]), proposal(words));
            case "read" -> on(node(words[1]), new Input.ReadIndex(++request));
            case "transfer" -> on(node(words[1]), new Input.TransferLeadership(++request, Optional.of(node(words[2]))));
            case "learner" -> change(node(words[1]), of(words).withLearner(node(words[2])));
            case "change" ->
                change(node(words[1]), new MembershipChange(nodes(words, 2), List.of(), List.of(), false, false));
            case "snapshot" -> snapshot(node(words[1]), Long.parseLong(words[2]));
            case "status" -> status();
            default -> throw new IllegalArgumentException("no such command: " + line);
        }
        return output;
    }

    private static NodeId node(String number) {
        return CoreFixture.node(Integer.parseInt(number));
    }

    private static List<NodeId> nodes(String[] words, int from) {
        List<NodeId> nodes = new ArrayList<>();
        for (int i = from; i < words.length; i++) {
            nodes.add(node(words[i]));
        }
        return nodes;
    }

    private static Input.Propose proposal(String[] words) {
        List<Payload> payloads = new ArrayList<>();
        for (int i = 2; i < words.length; i++) {
            payloads.add(CoreFixture.command(words[i]));
        }
        return new Input.Propose(payloads);
    }

    private MembershipChange of(String[] words) {
        return MembershipChange.of(cores.get(node(words[1])).configuration().orElseThrow());
    }

    private void start(List<NodeId> voters) {
        Configuration group = new Configuration(new ClusterId(1, 1), voters);
        for (int i = 1; i <= NODES; i++) {
            NodeId id = CoreFixture.node(i);
            ConfigurationHistory configurations = new ConfigurationHistory();
            configurations.put(0, group);
            CoreTiming timing = new CoreTiming(100, 1_000);
            cores.put(id, new RaftCore(id, timing, CoreFixture.LIMITS, new Rules(), new Random(i)));
            logs.put(id, new TreeMap<>());
            on(id, new Input.Start(new HardState(1, Optional.empty(), 0), new LogView(0, 0), configurations));
        }
    }

    private void timeout(NodeId node) {
        now = Math.max(now, cores.get(node).dueNanos());
        on(node, new Input.Tick());
    }

    private void isolate(NodeId away) {
        long end = cores.get(away).dueNanos();
        Optional<NodeId> next = nextDueBefore(end, away);
        while (next.isPresent()) {
            timeout(next.get());
            while (!network.isEmpty()) {
                InFlight message = network.remove(0);
                if (!message.to.equals(away)) {
                    deliver(message);
                }
            }
            next = nextDueBefore(end, away);
        }
        output.clear();
    }

    private Optional<NodeId> nextDueBefore(long end, NodeId except) {
        return cores.keySet().stream()
                .filter(node -> !node.equals(except) && cores.get(node).dueNanos() < end)
                .min(Comparator.comparingLong(node -> cores.get(node).dueNanos()));
    }

    private void change(NodeId leader, MembershipChange change) {
        on(leader, new Input.ChangeMembers(++request, change));
    }

    private void snapshot(NodeId node, long index) {
        RaftCore core = cores.get(node);
        snapshots.put(
                node,
                new SnapshotHead(
                        index,
                        core.log().termAt(index),
                        core.configurationAt(index).orElseThrow()));
        logs.get(node).headMap(index, true).clear();
        on(node, new Input.SnapshotSaved(index));
    }

    private void status() {
        cores.forEach((id, core) -> output.add(name(id) + ": " + core.role() + ", term " + core.term() + ", leader "
                + core.leader().map(ScriptedCluster::name).orElse("none") + ", log to "
                + core.log().lastIndex() + ", committed to " + core.commitIndex()));
    }

    // The network.

    private void deliverAll() {
        while (!network.isEmpty()) {
            deliver(network.remove(0));
        }
    }

    private List<InFlight> take(NodeId to) {
        List<InFlight> taken =
                network.stream().filter(message -> message.to.equals(to)).toList();
        network.removeAll(taken);
        return taken;
    }

    private void deliver(InFlight message) {
        output.add(show(message));
        on(message.to, new Input.Received(message.from, message.message));
    }

    // A driver that keeps to the duties.

    private void on(NodeId node, Input input) {
        List<Input> followUps = new ArrayList<>();
        for (Effect effect : cores.get(node).on(input, now)) {
            carryOut(node, effect, followUps);
        }
        followUps.forEach(next -> on(node, next));
    }

    private void carryOut(NodeId node, Effect effect, List<Input> followUps) {
        TreeMap<Long, LogEntry> log = logs.get(node);
        if (effect instanceof Effect.Persist persist) {
            persist.entries().forEach(entry -> {
                log.tailMap(entry.index(), true).clear();
                log.put(entry.index(), entry);
            });
            followUps.add(new Input.Persisted(persist.id()));
        } else if (effect instanceof Effect.Send send) {
            network.add(new InFlight(node, send.to(), send.message()));
        } else if (effect instanceof Effect.Replicate replicate) {
            replicate(node, replicate, followUps);
        } else if (effect instanceof Effect.SendChunk chunk) {
            int end = Math.min(SNAPSHOT_BYTES, (int) chunk.offset() + chunk.bytesMax());
            byte[] bytes = new byte[end - (int) chunk.offset()];
            network.add(new InFlight(
                    node,
                    chunk.to(),
                    new PeerMessage.InstallSnapshot(
                            chunk.term(), snapshots.get(node), chunk.offset(), bytes, end == SNAPSHOT_BYTES)));
            followUps.add(new Input.ChunkSent(
                    chunk.to(), chunk.term(), chunk.index(), chunk.offset(), bytes.length, end == SNAPSHOT_BYTES));
        } else if (effect instanceof Effect.StoreChunk chunk) {
            followUps.add(new Input.ChunkStored(chunk.id()));
        } else if (effect instanceof Effect.LoadSnapshot load) {
            output.add(
                    name(node) + " loads the snapshot of index " + load.head().index());
            log.clear();
            followUps.add(new Input.SnapshotLoaded(load.head().index()));
        } else if (!(effect instanceof Effect.WakeAt)) {
            output.add(name(node) + " " + shorten(effect.toString()));
        }
    }

    private void replicate(NodeId node, Effect.Replicate effect, List<Input> followUps) {
        List<LogEntry> entries = new ArrayList<>(logs.get(node)
                .subMap(effect.prevLogIndex(), false, effect.lastLogIndex(), true)
                .values());
        network.add(new InFlight(
                node,
                effect.to(),
                new PeerMessage.AppendEntries(
                        effect.term(),
                        effect.prevLogIndex(),
                        effect.prevLogTerm(),
                        entries,
                        effect.leaderCommit(),
                        effect.round())));
        long last = effect.prevLogIndex() + entries.size();
        followUps.add(new Input.Sent(effect.to(), effect.term(), effect.prevLogIndex(), last, entries.size()));
    }

    // Words.

    private static String name(NodeId node) {
        return "n" + node.low();
    }

    private static String show(InFlight message) {
        return name(message.from) + "→" + name(message.to) + " " + shorten(show(message.message));
    }

    private static String show(PeerMessage message) {
        if (message instanceof PeerMessage.AppendEntries append) {
            return "AppendEntries[term=" + append.term() + ", prev=" + append.prevLogIndex() + "/"
                    + append.prevLogTerm() + ", entries="
                    + append.entries().stream().map(LogEntry::index).toList() + ", commit=" + append.leaderCommit()
                    + ", round=" + append.round() + "]";
        }
        if (message instanceof PeerMessage.InstallSnapshot install) {
            return "InstallSnapshot[term=" + install.term() + ", index="
                    + install.head().index() + ", offset=" + install.offset() + ", bytes=" + install.bytes().length
                    + ", last=" + install.last() + "]";
        }
        if (message instanceof PeerMessage.AppendEntriesReply reply) {
            return "AppendEntriesReply[term=" + reply.term() + ", "
                    + (reply.success()
                            ? "match=" + reply.index()
                            : "refused=" + reply.index() + ", hint=" + reply.hintIndex() + "/" + reply.hintTerm())
                    + ", round=" + reply.round() + "]";
        }
        // A run's name is drawn, and says nothing here.
        return message.toString().replaceAll("session=-?\\d+, ", "");
    }

    private static String shorten(String text) {
        return text.replaceAll("0{31}(\\d)", "n$1").replaceAll("clusterId=\\w+, ", "");
    }
}
