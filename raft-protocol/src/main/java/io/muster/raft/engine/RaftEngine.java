package io.muster.raft.engine;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeListener;
import io.muster.consistency.Codec;
import io.muster.consistency.ConsistencyException.Conflict;
import io.muster.consistency.ConsistencyException.Invalid;
import io.muster.consistency.ConsistencyService;
import io.muster.consistency.Datum;
import io.muster.consistency.Interest;
import io.muster.consistency.Key;
import io.muster.consistency.Mode;
import io.muster.consistency.Readiness;
import io.muster.consistency.Renewal;
import io.muster.consistency.Subscription;
import io.muster.member.NodeIdentity;
import io.muster.member.port.Ports;
import io.muster.raft.EngineFailure;
import io.muster.raft.RaftConfig;
import io.muster.raft.RaftMetrics;
import io.muster.raft.RaftRecovery;
import io.muster.raft.RaftStatus;
import io.muster.raft.core.Machine;
import io.muster.raft.datum.DatumCommand;
import io.muster.raft.datum.DatumResult;
import io.muster.raft.datum.DatumStateMachine;
import io.muster.raft.driver.RaftDriver;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

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
        this(config, codec, identity, ports, metrics, onFailure, UnaryOperator.identity());
    }

    /** @param around see {@link RaftDriver} */
    RaftEngine(
            RaftConfig config,
            Codec<V> codec,
            NodeIdentity identity,
            Ports ports,
            RaftMetrics metrics,
            Consumer<EngineFailure> onFailure,
            UnaryOperator<Machine> around) {
        this.config = config;
        this.metrics = metrics;
        this.data = new DatumStateMachine<>(identity, codec, metrics);
        this.driver = new RaftDriver<>(config, identity, ports, data, metrics, onFailure, around);
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

    /** Takes a snapshot now; completes when it is durable, at once if nothing has changed since the last one. */
    public CompletionStage<Void> snapshot() {
        return driver.snapshot();
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

    @Override
    public Optional<Datum<V>> get(Key key) {
        return key.mode() == Mode.PERSISTENT ? data.get(key) : Optional.empty();
    }

    @Override
    public List<Datum<V>> group(Mode mode, String group) {
        return mode == Mode.PERSISTENT ? data.group(group) : List.of();
    }

    @Override
    public void forEach(Mode mode, Consumer<Datum<V>> visitor) {
        if (mode == Mode.PERSISTENT) {
            data.forEach(visitor);
        }
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

    @Override
    public Readiness readiness(Mode mode) {
        return mode == Mode.PERSISTENT
                ? driver.readiness()
                : Readiness.waitingFor("the persistent side serves no ephemeral keys");
    }
}
