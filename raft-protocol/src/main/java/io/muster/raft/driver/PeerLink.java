package io.muster.raft.driver;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.member.port.Net;
import io.muster.raft.core.Effect;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.storage.RaftStorage;
import io.muster.raft.wire.PayloadCodec;
import io.muster.raft.wire.PeerCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Messages to and from other members, as frames of this cluster. */
final class PeerLink {

    private final Net net;
    private final RaftStorage storage;
    private final int entryBytesMax;

    /** Unknown before the group is founded; then there is nobody to talk to. */
    private @Nullable ClusterId clusterId;

    PeerLink(Net net, RaftStorage storage, int entryBytesMax) {
        this.net = net;
        this.storage = storage;
        this.entryBytesMax = entryBytesMax;
    }

    void setClusterId(ClusterId id) {
        clusterId = id;
    }

    /** The message in the frame; empty if it is malformed or another cluster's. */
    Optional<PeerMessage> decode(byte[] bytes) {
        try {
            PeerCodec.Frame frame = PeerCodec.decode(bytes);
            return frame.clusterId().equals(clusterId) ? Optional.of(frame.message()) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    void send(NodeId to, PeerMessage message) {
        if (clusterId != null) {
            net.send(to, PeerCodec.encode(clusterId, message));
        }
    }

    /** Sends as many of the entries as one message takes, from memory where they are still there, else from disk. */
    CompletableFuture<Void> replicate(Effect.Replicate effect, EntryTail tail) {
        long from = effect.prevLogIndex() + 1;
        if (from <= effect.lastLogIndex() && !tail.holds(from) && storage.holds(from)) {
            return storage.read(from, effect.lastLogIndex() + 1, entryBytesMax)
                    .thenAccept(entries -> send(effect, entries));
        }
        List<LogEntry> entries = new ArrayList<>();
        long bytes = 0;
        for (long index = from; index <= effect.lastLogIndex() && tail.holds(index); index++) {
            LogEntry entry = tail.get(index);
            bytes += RaftStorage.entryBytes(PayloadCodec.size(entry.payload()));
            if (bytes > entryBytesMax && !entries.isEmpty()) {
                break;
            }
            entries.add(entry);
        }
        send(effect, entries);
        return CompletableFuture.completedFuture(null);
    }

    private void send(Effect.Replicate effect, List<LogEntry> entries) {
        send(
                effect.to(),
                new PeerMessage.AppendEntries(
                        effect.term(),
                        effect.prevLogIndex(),
                        effect.prevLogTerm(),
                        entries,
                        effect.leaderCommit(),
                        effect.round()));
    }
}
