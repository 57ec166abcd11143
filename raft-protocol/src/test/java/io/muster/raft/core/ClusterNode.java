package io.muster.raft.core;

import io.muster.member.NodeId;
import io.muster.raft.RaftRole;
import io.muster.raft.core.digest.StateDigest;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.LogView;
import io.muster.raft.core.log.Payload;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.membership.ConfigurationHistory;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.core.progress.Progress;
import io.muster.raft.core.snapshot.SnapshotHead;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * One node of a {@link CoreCluster}: its core, and a driver that keeps to the duties: memory, a disk that syncs late, and a state that is the hash over
 * all that was applied.
 */
final class ClusterNode {

    /** A snapshot's bytes: the state, and so much beside it that it takes some pieces. */
    private static final int SNAPSHOT_BYTES = 37;

    private static final long DIGEST_EVERY = 8;

    final NodeId id;
    RaftCore core;
    private final CoreCluster cluster;
    private final Random random;
    private final CoreTiming timing;
    private Machine machine;

    // In memory.
    private final TreeMap<Long, Stored> log = new TreeMap<>();
    private long baseIndex;
    private long baseChain;
    private long applied;
    private long appliedChain;
    private final ArrayDeque<Input> followUps = new ArrayDeque<>();

    /** What the disk has been asked for and has not done. */
    private final ArrayDeque<Operation> operations = new ArrayDeque<>();

    private final List<Effect.Send> held = new ArrayList<>();
    private long durableId;
    private final ByteBuffer incoming = ByteBuffer.allocate(SNAPSHOT_BYTES);
    private final Map<Long, Long> acknowledgedAtRead = new HashMap<>();
    private final Map<Long, Long> readsToServe = new HashMap<>();
    private long lastRead;

    // On disk.
    private final TreeMap<Long, Stored> disk = new TreeMap<>();
    private HardState diskState = new HardState(1, Optional.empty(), 0);
    private SnapshotHead snapshot;
    private long snapshotChain;

    /** An entry with the hash over it and all before it. */
    private record Stored(LogEntry entry, long chain) {}

    /** Something the disk does; gives what the core is told then. */
    private interface Operation {
        Input done();
    }

    ClusterNode(NodeId id, Configuration group, CoreCluster cluster, Random random, CoreTiming timing) {
        this.id = id;
        this.cluster = cluster;
        this.random = random;
        this.timing = timing;
        this.snapshot = new SnapshotHead(1, 1, group);
        start();
    }

    /** Starts, or starts again with what is on disk. */
    void start() {
        core = new RaftCore(id, timing, CoreFixture.LIMITS, cluster.rules(), new Random(random.nextLong()));
        machine = cluster.around(core);
        operations.clear();
        held.clear();
        followUps.clear();
        durableId = 0;
        acknowledgedAtRead.clear();
        readsToServe.clear();
        baseIndex = snapshot.index();
        baseChain = snapshotChain;
        log.clear();
        log.putAll(disk.tailMap(baseIndex, false));
        LogView view = new LogView(baseIndex, snapshot.term());
        ConfigurationHistory configurations = new ConfigurationHistory();
        configurations.put(baseIndex, snapshot.configuration());
        log.values().forEach(stored -> {
            view.append(stored.entry.term(), 1);
            if (stored.entry.payload() instanceof Payload.Members members) {
                configurations.put(stored.entry.index(), members.configuration());
            }
        });
        applied = Math.max(baseIndex, diskState.commitIndex());
        appliedChain = chainAt(applied);
        on(new Input.Start(diskState, view, configurations));
    }

    void on(Input input) {
        boolean ledBefore = core.role() == RaftRole.LEADER;
        for (Effect effect : machine.on(input, cluster.now())) {
            carryOut(effect, ledBefore);
        }
        while (!followUps.isEmpty()) {
            on(followUps.remove());
        }
        serveReads();
        cluster.observer().rests(this);
    }

    private void carryOut(Effect effect, boolean ledBefore) {
        cluster.observer().sees(effect);
        if (effect instanceof Effect.Persist persist) {
            persist.entries().forEach(entry -> put(entry, ledBefore && core.role() == RaftRole.LEADER));
            List<Stored> entries = persist.entries().stream()
                    .map(entry -> log.get(entry.index()))
                    .toList();
            operations.add(() -> persisted(persist, entries));
        } else if (effect instanceof Effect.Send send) {
            if (send.afterPersist() > durableId) {
                held.add(send);
            } else {
                transmit(send.to(), send.message());
            }
        } else if (effect instanceof Effect.Replicate replicate) {
            replicate(replicate);
        } else if (effect instanceof Effect.Commit commit) {
            cluster.observer().commits(this, applied, commit.index());
            apply(commit.index());
        } else if (effect instanceof Effect.RoleChanged changed && changed.role() == RaftRole.LEADER) {
            cluster.observer().leads(this, changed.term());
        } else if (effect instanceof Effect.ReadAt read) {
            readsToServe.put(read.request(), read.index());
        } else if (effect instanceof Effect.SendChunk chunk) {
            sendChunk(chunk);
        } else if (effect instanceof Effect.StoreChunk chunk) {
            operations.add(() -> storeChunk(chunk));
        } else if (effect instanceof Effect.LoadSnapshot load) {
            operations.add(() -> loadSnapshot(load));
        }
    }

    // The log.

    private void put(LogEntry entry, boolean leads) {
        if (leads) {
            cluster.observer().appended(this, entry, inForceByLog(), inForceIndexByLog());
        }
        log.tailMap(entry.index(), true).clear();
        long chain = 31 * chainAt(entry.index() - 1) + entry.hashCode();
        log.put(entry.index(), new Stored(entry, chain));
        cluster.observer().stored(this, entry, chain);
    }

    long lastIndex() {
        return log.isEmpty() ? baseIndex : log.lastKey();
    }

    long termAt(long index) {
        Stored stored = log.get(index);
        return stored == null ? core.log().termAt(index) : stored.entry.term();
    }

    private long chainAt(long index) {
        return index == baseIndex ? baseChain : log.get(index).chain;
    }

    /** What this node has at the index; where a snapshot covers it, the ledger's word is taken, since the snapshot was compared with it. */
    long chainAt(long index, NavigableMap<Long, Long> ledger) {
        if (index < baseIndex) {
            return ledger.get(index);
        }
        return index > lastIndex() ? -1 : chainAt(index);
    }

    /** The last configuration that the log names. */
    Configuration inForceByLog() {
        for (Stored stored : log.descendingMap().values()) {
            if (stored.entry.payload() instanceof Payload.Members members) {
                return members.configuration();
            }
        }
        return core.configurationAt(baseIndex).orElseThrow();
    }

    private long inForceIndexByLog() {
        for (Stored stored : log.descendingMap().values()) {
            if (stored.entry.payload() instanceof Payload.Members) {
                return stored.entry.index();
            }
        }
        return baseIndex;
    }

    boolean hasCommittedInTerm() {
        return core.leadershipEffective() && termAt(core.commitIndex()) == core.term();
    }

    private void apply(long index) {
        while (applied < index) {
            applied++;
            appliedChain = chainAt(applied);
            cluster.observer().applies(this, applied, appliedChain, cluster.nodes());
            if (core.role() == RaftRole.LEADER) {
                cluster.observer().acknowledges(applied);
            }
            if (applied % DIGEST_EVERY == 0) {
                followUps.add(new Input.DigestTaken(new StateDigest(applied, "1-" + Long.toHexString(appliedChain))));
            }
        }
    }

    long applied() {
        return applied;
    }

    // The disk.

    boolean holdsDurably(long index, long chain) {
        if (index <= snapshot.index()) {
            return true;
        }
        Stored stored = disk.get(index);
        return stored != null && stored.chain == chain;
    }

    HardState diskState() {
        return diskState;
    }

    /** The disk does some of what it was asked for. */
    void sync() {
        int count = operations.isEmpty() ? 0 : 1 + random.nextInt(operations.size());
        for (int i = 0; i < count && !operations.isEmpty(); i++) {
            Input done = operations.remove().done();
            List<Effect.Send> free = held.stream()
                    .filter(send -> send.afterPersist() <= durableId)
                    .toList();
            held.removeAll(free);
            free.forEach(send -> transmit(send.to(), send.message()));
            on(done);
        }
    }

    private Input persisted(Effect.Persist persist, List<Stored> entries) {
        for (Stored stored : entries) {
            disk.tailMap(stored.entry.index(), true).clear();
            disk.put(stored.entry.index(), stored);
        }
        Observer.check(persist.hardState().term() >= diskState.term(), "VoteOnce", "the persisted term falls");
        diskState = persist.hardState();
        durableId = persist.id();
        return new Input.Persisted(durableId);
    }

    /** Takes a snapshot of what is applied, and drops some of the log. */
    void takeSnapshot() {
        // A snapshot that is on its way is kept, mostly, since whoever waits for it could never have it otherwise.
        boolean sending = core.followers().stream().anyMatch(other -> other.state() == Progress.State.SNAPSHOT);
        boolean busy = core.snapshotUnderway().isPresent() || (sending && random.nextInt(20) > 0);
        if (busy || applied <= snapshot.index() || !isOnDisk(applied)) {
            return;
        }
        long index = applied;
        snapshot = new SnapshotHead(
                index, termAt(index), core.configurationAt(index).orElseThrow());
        snapshotChain = appliedChain;
        cluster.observer().snapshot(this, index, snapshotChain);
        long dropped = index - random.nextInt((int) Math.min(index - baseIndex + 1, 6));
        long chain = chainAt(dropped);
        log.headMap(dropped, true).clear();
        disk.headMap(dropped, true).clear();
        baseIndex = dropped;
        baseChain = chain;
        on(new Input.SnapshotSaved(index, dropped));
    }

    private boolean isOnDisk(long index) {
        return holdsDurably(index, chainAt(index));
    }

    private Input storeChunk(Effect.StoreChunk chunk) {
        if (random.nextInt(20) == 0) {
            return new Input.ChunkRefused(chunk.id());
        }
        incoming.position((int) chunk.offset()).put(chunk.bytes());
        return new Input.ChunkStored(chunk.id());
    }

    private Input loadSnapshot(Effect.LoadSnapshot load) {
        long chain = incoming.getLong(0);
        long index = load.head().index();
        cluster.observer().snapshot(this, index, chain);
        snapshot = load.head();
        snapshotChain = chain;
        if (!load.logIsKept()) {
            log.clear();
            disk.clear();
        }
        log.headMap(index, true).clear();
        disk.headMap(index, true).clear();
        baseIndex = index;
        baseChain = chain;
        applied = index;
        appliedChain = chain;
        return new Input.SnapshotLoaded(index);
    }

    // The network.

    private void replicate(Effect.Replicate effect) {
        List<LogEntry> entries = new ArrayList<>();
        int count = 1 + random.nextInt(4);
        for (long index = effect.prevLogIndex() + 1; index <= effect.lastLogIndex() && count > 0; index++, count--) {
            entries.add(log.get(index).entry);
        }
        transmit(
                effect.to(),
                new PeerMessage.AppendEntries(
                        effect.term(),
                        effect.prevLogIndex(),
                        effect.prevLogTerm(),
                        entries,
                        effect.leaderCommit(),
                        effect.round()));
        followUps.add(new Input.Sent(
                effect.to(),
                effect.term(),
                effect.prevLogIndex(),
                effect.prevLogIndex() + entries.size(),
                entries.size() * CoreFixture.ENTRY_BYTES));
    }

    private void sendChunk(Effect.SendChunk effect) {
        if (effect.index() != snapshot.index()) {
            followUps.add(new Input.SnapshotUnavailable(effect.to(), effect.index()));
            return;
        }
        byte[] bytes =
                ByteBuffer.allocate(SNAPSHOT_BYTES).putLong(snapshotChain).array();
        int from = (int) effect.offset();
        int end = Math.min(bytes.length, from + effect.bytesMax());
        transmit(
                effect.to(),
                new PeerMessage.InstallSnapshot(
                        effect.term(),
                        snapshot,
                        effect.offset(),
                        Arrays.copyOfRange(bytes, from, end),
                        end == bytes.length));
        followUps.add(new Input.ChunkSent(
                effect.to(), effect.term(), effect.index(), effect.offset(), end - from, end == bytes.length));
    }

    private void transmit(NodeId to, PeerMessage message) {
        if (message instanceof PeerMessage.RequestVoteReply reply && reply.granted()) {
            cluster.observer().votes(this, reply.term(), to);
        }
        cluster.send(id, to, message);
    }

    // Clients.

    void read() {
        lastRead++;
        acknowledgedAtRead.put(lastRead, cluster.observer().acknowledged());
        on(new Input.ReadIndex(lastRead));
    }

    private void serveReads() {
        List<Long> served = readsToServe.entrySet().stream()
                .filter(read -> read.getValue() <= applied)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        for (long request : served) {
            readsToServe.remove(request);
            cluster.observer().reads(this, acknowledgedAtRead.remove(request), applied);
        }
    }
}
