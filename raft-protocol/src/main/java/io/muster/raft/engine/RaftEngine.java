package io.muster.raft.engine;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeListener;
import io.muster.consistency.Codec;
import io.muster.consistency.ConsistencyException.Conflict;
import io.muster.consistency.ConsistencyException.Invalid;
import io.muster.consistency.ConsistencyException.NotReady;
import io.muster.consistency.ConsistencyException.OutcomeUnknown;
import io.muster.consistency.ConsistencyService;
import io.muster.consistency.Datum;
import io.muster.consistency.FormatInForce;
import io.muster.consistency.Interest;
import io.muster.consistency.Key;
import io.muster.consistency.Mode;
import io.muster.consistency.Readiness;
import io.muster.consistency.Renewal;
import io.muster.consistency.Subscription;
import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.member.NodeIdentity;
import io.muster.member.port.Ports;
import io.muster.raft.EngineFailure;
import io.muster.raft.RaftConfig;
import io.muster.raft.RaftMetrics;
import io.muster.raft.RaftRecovery;
import io.muster.raft.RaftStatus;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.Payload;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.datum.DatumCommand;
import io.muster.raft.datum.DatumResult;
import io.muster.raft.datum.DatumStateMachine;
import io.muster.raft.driver.GroupCommand;
import io.muster.raft.driver.RaftDriver;
import io.muster.raft.driver.Seams;
import io.muster.raft.storage.RaftStorage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * The CP engine: a {@link ConsistencyService} for persistent keys. All methods may be called from any thread; none blocks.
 *
 * <p>An acknowledged change is durable on a majority of the voters, applied here, and told to the listeners here. Readers of this node see each
 * key change in one step; one that reads beside a batch may see part of it, one that reads after its acknowledgement sees all.
 *
 * <p>Life: {@link #listen} whoever shall hear of the restored state, {@link #start}, use, {@link #stop}.
 *
 * @param <V> the caller's family of immutable values
 */
public final class RaftEngine<V> implements ConsistencyService<V> {

    /** Names in the data directory of which one at least is there from a node's first start on; it has forgotten what it promised where none is. */
    public static final List<String> MEMORY = RaftStorage.MEMORY;

    private final RaftConfig config;
    private final RaftMetrics metrics;
    private final DatumStateMachine<V> data;
    private final RaftDriver<DatumCommand<V>, DatumResult<V>> driver;

    /**
     * @param codec of the values, for log, snapshots and digests
     * @param identity of this node and this run of it
     * @param ports of this engine alone: it sets the network's frame handler
     * @param metrics is told of everything worth measuring
     * @param onFailure is told, on the engine's thread, if the engine stops itself while running; not of a failed start
     */
    public RaftEngine(
            RaftConfig config,
            Codec<V> codec,
            NodeIdentity identity,
            Ports ports,
            RaftMetrics metrics,
            Consumer<EngineFailure> onFailure) {
        this(config, codec, identity, ports, metrics, onFailure, Seams.NONE);
    }

    /** @param seams {@link Seams#NONE}, outside of simulations */
    RaftEngine(
            RaftConfig config,
            Codec<V> codec,
            NodeIdentity identity,
            Ports ports,
            RaftMetrics metrics,
            Consumer<EngineFailure> onFailure,
            Seams seams) {
        this.config = config;
        this.metrics = metrics;
        this.data = new DatumStateMachine<>(identity, codec, metrics);
        this.driver = new RaftDriver<>(config, identity, ports, data, metrics, onFailure, seams);
    }

    /**
     * Restores the state, tells it to the listeners, and takes part (R13, R33). When the stage completes, reads are served; writes are once
     * {@link #readiness} says so, which for a sole voter is a disk sync or two later. Writes that come meanwhile wait for that, within their
     * time.
     *
     * @return fails with {@link io.muster.raft.DamagedDataException} if stored data is damaged (exit code 75), or with {@link
     *     io.muster.member.port.DiskException} if the disk failed (exit code 74)
     */
    public CompletionStage<RaftRecovery> start() {
        return driver.start();
    }

    /** Refuses new writes, ends those that are on their way, and stops; idempotent. Takes no longer than the write timeout. */
    public CompletionStage<Void> stop() {
        return driver.stop();
    }

    /** What the engine is and knows now. */
    public RaftStatus status() {
        return driver.status();
    }

    /** Bytes of the writes that wait or are in flight. */
    public long queueBytes() {
        return driver.queueBytes();
    }

    /**
     * Takes a snapshot now; completes when it is durable, at once if nothing has changed since the last one. Fails within the write timeout if none can be
     * begun, as while one from the leader is being received; after a minute if it still goes on.
     */
    public CompletionStage<Void> snapshot() {
        return driver.snapshot();
    }

    /** Has this node's state replaced by the leader's (R15); completes when that has begun. Not on the leader. */
    public CompletionStage<Void> repair() {
        return driver.repair();
    }

    /** The cluster that this node belongs to, for the peer channel; empty until it is founded or joined. Any thread, at no cost. */
    public Optional<ClusterId> clusterId() {
        return driver.clusterId();
    }

    /**
     * A request of another member that came otherwise than as a frame, which counts as if it had (R25).
     *
     * @param cluster that the sender takes this node to be in
     * @param from who asks; the caller has made sure that it is a member who speaks
     * @param request a vote asked for or entries sent, with an attempt or a round that no other request bears
     * @return the answer, when what it says is durable; fails with {@link Invalid} if the sender is in another cluster or none of the other
     *     members, or if no leader could say such a thing; nothing has changed then
     */
    public CompletionStage<PeerMessage> exchange(ClusterId cluster, NodeId from, PeerMessage request) {
        return driver.exchange(cluster, from, request);
    }

    /**
     * The log entry of one change, the same on every node for the same arguments.
     *
     * @param leader of the term, who made the entry
     * @throws IllegalArgumentException for a key that has no encoding
     */
    public LogEntry entry(NodeId leader, long term, long index, Change<V> change) {
        byte[] bytes = data.encodeAs(leader, term, index, List.of(change)).bytes();
        return new LogEntry(index, term, new Payload.Command(bytes));
    }

    /** Which format is in force among the members, as far as this node knows (R32); any thread, at no cost. */
    public FormatInForce format() {
        return new FormatInForce() {
            @Override
            public int number() {
                return driver.formatInForce();
            }

            @Override
            public String heldBackBy() {
                return driver.formatHeldBackBy();
            }
        };
    }

    // Operators. Each stage gives one line for people, or fails with a ConsistencyException that says why nothing was
    // done.

    /** Hands leadership over, to the voter that is named or to the one that is furthest (R22); only on the leader. */
    public CompletionStage<String> transferLeader(Optional<NodeId> target) {
        return driver.command(new GroupCommand.TransferLeadership(target));
    }

    /** Takes a node in as a learner, which becomes a voter when it has caught up (R21); only on the leader. */
    public CompletionStage<String> addMember(NodeId node) {
        return driver.command(new GroupCommand.AddMember(node));
    }

    /**
     * Lets a member go; only on the leader.
     *
     * @param force whether half of the voters or more may leave
     */
    public CompletionStage<String> removeMember(NodeId node, boolean force) {
        return driver.command(new GroupCommand.RemoveMember(node, force));
    }

    /** Founds a group though not all listed members agree; whoever else founds one at the same time makes a second cluster. */
    public CompletionStage<String> found(List<NodeId> members) {
        return driver.command(new GroupCommand.Found(members));
    }

    /**
     * Goes to the cluster that the listed members belong to.
     *
     * @param discardLocal whether this node's copy of its own cluster's data may be thrown away for it
     */
    public CompletionStage<String> join(boolean discardLocal) {
        return driver.command(new GroupCommand.Join(Optional.empty(), discardLocal));
    }

    /**
     * Goes to a cluster that the operator names: members of different clusters do not talk to each other, so that none may have told of it.
     *
     * @param discardLocal whether this node's copy of its own cluster's data may be thrown away for it
     */
    public CompletionStage<String> join(ClusterId cluster, boolean discardLocal) {
        return driver.command(new GroupCommand.Join(Optional.of(cluster), discardLocal));
    }

    /** Makes the members follow the lookup's list now, whoever leaves; only on the leader. */
    public CompletionStage<String> applyWish() {
        return driver.command(new GroupCommand.ApplyWish());
    }

    /** Stops making the members follow the lookup's list, in the whole group; only on the leader. */
    public CompletionStage<String> pauseWish() {
        return driver.command(new GroupCommand.PauseWish(true));
    }

    /** Goes on with it; only on the leader. */
    public CompletionStage<String> resumeWish() {
        return driver.command(new GroupCommand.PauseWish(false));
    }

    /** Declares a majority lost for good: these are the voters now, this node among them (R23). What only the lost ones held is lost. */
    public CompletionStage<String> resetMembership(List<NodeId> voters) {
        return driver.command(new GroupCommand.ResetMembership(voters));
    }

    @Override
    public CompletionStage<List<Optional<Datum<V>>>> apply(List<Change<V>> changes) {
        if (changes.isEmpty() || changes.size() > BATCH_CHANGES_MAX) {
            return invalid("a batch takes 1 to " + BATCH_CHANGES_MAX + " changes, this one has " + changes.size());
        }
        for (Change<V> change : changes) {
            if (change.key().mode() != Mode.PERSISTENT) {
                return invalid("the persistent side takes persistent keys only: " + change.key());
            }
        }
        DatumStateMachine.Encoded<V> encoded;
        try {
            encoded = data.encode(changes);
        } catch (IllegalArgumentException e) {
            return invalid("a key cannot be stored: " + e.getMessage());
        }
        if (encoded.bytes().length > config.commandBytesMax()) {
            return invalid("the batch takes " + encoded.bytes().length + " bytes, and " + config.commandBytesMax()
                    + " are allowed");
        }
        CompletableFuture<List<Optional<Datum<V>>>> standing = new CompletableFuture<>();
        driver.submit(encoded.command(), encoded.bytes()).whenComplete((result, error) -> {
            if (error != null) {
                standing.completeExceptionally(error);
            } else if (result instanceof DatumResult.Changed<V> changed) {
                standing.complete(changed.data());
            } else if (result instanceof DatumResult.TooLate<V>) {
                metrics.writeFailed(RaftMetrics.WriteFailure.OUTCOME_UNKNOWN);
                standing.completeExceptionally(new OutcomeUnknown(
                        "the write came through the log too late to tell whether it had done so before"));
            } else if (result instanceof DatumResult.Conflicted<V> conflicted) {
                metrics.writeFailed(RaftMetrics.WriteFailure.CONFLICT);
                standing.completeExceptionally(new Conflict(conflicted.key(), conflicted.condition()));
            }
        });
        return standing;
    }

    private static <T> CompletionStage<T> invalid(String message) {
        return CompletableFuture.failedFuture(new Invalid(message));
    }

    @Override
    public Renewal renew(Key key) {
        throw new Invalid("only ephemeral keys can be renewed: " + key);
    }

    /** {@inheritDoc} Throws {@link NotReady} once this node's copy is known to be wrong for good (R15), as the other reads do. */
    @Override
    public Optional<Datum<V>> get(Key key) {
        requireSound();
        return key.mode() == Mode.PERSISTENT ? data.get(key) : Optional.empty();
    }

    @Override
    public List<Datum<V>> group(Mode mode, String group) {
        requireSound();
        return mode == Mode.PERSISTENT ? data.group(group) : List.of();
    }

    @Override
    public void forEach(Mode mode, Consumer<Datum<V>> visitor) {
        if (mode == Mode.PERSISTENT) {
            data.forEach(visitor);
        }
    }

    private void requireSound() {
        driver.readsStopped().ifPresent(why -> {
            throw new NotReady(why);
        });
    }

    @Override
    public CompletionStage<Void> readBarrier() {
        return driver.readBarrier();
    }

    /** {@inheritDoc} A listener that comes after the start is told of all that stands in one turn of the engine. */
    @Override
    public Subscription listen(Interest interest, ChangeListener<V> listener) {
        if (interest.mode() != Mode.PERSISTENT) {
            throw new Invalid("the persistent side tells of persistent keys only: " + interest);
        }
        DatumStateMachine.PreparedListener prepared = data.prepareListener(interest, listener);
        driver.execute(prepared.putInForce());
        return prepared.subscription();
    }

    /**
     * Tells when this node's leadership becomes effective (true) and when it ends (false), by turns; that it has begun, soon after the call (R30).
     *
     * @param listener is called on the engine's thread
     */
    public Subscription whileLeading(Consumer<Boolean> listener) {
        driver.execute(() -> data.addLeading(listener));
        return () -> driver.execute(() -> data.removeLeading(listener));
    }

    @Override
    public Readiness readiness(Mode mode) {
        return mode == Mode.PERSISTENT
                ? driver.readiness()
                : Readiness.waitingFor("the persistent side serves no ephemeral keys");
    }
}
