package io.muster.distro;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeListener;
import io.muster.consistency.Codec;
import io.muster.consistency.ConsistencyException.Invalid;
import io.muster.consistency.ConsistencyService;
import io.muster.consistency.Datum;
import io.muster.consistency.Interest;
import io.muster.consistency.Key;
import io.muster.consistency.Mode;
import io.muster.consistency.Readiness;
import io.muster.consistency.Renewal;
import io.muster.consistency.Subscription;
import io.muster.distro.core.Counts;
import io.muster.distro.core.DistroCore;
import io.muster.distro.core.RecordDigest;
import io.muster.distro.driver.DistroDriver;
import io.muster.member.NodeIdentity;
import io.muster.member.port.Ports;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * The AP engine: ephemeral data in memory, always available, living as long as their clients' sessions (R40). All methods may be called
 * from any thread; listeners and stages run on the thread of {@link Ports#time}.
 *
 * <p>Life: {@link #start} once, then service, then {@link #stop}. Before and after, writes and renewals fail with {@code NotReady} and reads
 * find nothing or what was left.
 */
public final class DistroEngine<V> implements ConsistencyService<V> {

    private final DistroConfig config;
    private final DistroDriver<V> driver;

    /**
     * @param codec its encoding of a value is hashed for digests, at each put
     * @param ports all callbacks on one thread, this engine's own
     */
    public DistroEngine(
            DistroConfig config, Codec<V> codec, NodeIdentity identity, Ports ports, DistroMetrics metrics) {
        this(config, codec, identity, ports, metrics, broken -> {});
    }

    /**
     * @param codec its encoding of a value is hashed for digests, at each put
     * @param ports all callbacks on one thread, this engine's own
     * @param onFailure is told, once and on the engine's thread, if a broken invariant stops the engine: what it holds is in doubt, and the
     *     process should end. Must not throw or block
     */
    public DistroEngine(
            DistroConfig config,
            Codec<V> codec,
            NodeIdentity identity,
            Ports ports,
            DistroMetrics metrics,
            Consumer<Throwable> onFailure) {
        this.config = config;
        DistroCore<V> core = new DistroCore<>(
                identity,
                config.leases(),
                config.guard(),
                config.coldStartHoldMillis(),
                value -> RecordDigest.ofValue(codec.encode(value)),
                ports.time().wallMillis(),
                ports.time().monoNanos());
        this.driver = new DistroDriver<>(core, ports, config.queuedChangesMax(), metrics, onFailure);
    }

    /**
     * Loads, and serves when the stage completes; the stage fails with {@code NotReady} if the engine stops first. A node alone counts as
     * loaded at once (R49).
     */
    public CompletionStage<DistroStart> start() {
        return driver.start()
                .thenApply(coldStart -> new DistroStart(coldStart, coldStart ? config.coldStartHoldMillis() : 0));
    }

    /** Carries out what was accepted, answers it, and stops serving; idempotent. */
    public CompletionStage<Void> stop() {
        return driver.stop();
    }

    /**
     * Whether this node lost what it held a moment ago, so that its lists may be falsely short: readers are to be told to wait or to go
     * elsewhere, and nothing is to be pushed (design §5, "Cold start"; X13). Writes and renewals go on.
     */
    public boolean warmingUp() {
        return driver.counts().warmingUp();
    }

    /** Completes when this node is loaded and not, or no longer, {@link #warmingUp}. */
    public CompletionStage<Void> warmedUp() {
        return driver.warmedUp();
    }

    public DistroStatus status() {
        Counts counts = driver.counts();
        return new DistroStatus(
                driver.readiness(),
                counts.loaded() ? 1 : 0,
                HexFormat.of().toHexDigits(counts.digest()),
                counts.groups(),
                counts.responsibleGroups(),
                counts.records(),
                counts.unhealthy(),
                counts.expired(),
                counts.tombstones(),
                driver.warmUpMillisLeft(),
                counts.removalsHeld(),
                driver.queuedChanges(),
                counts.unhealthyTotal(),
                counts.expiredTotal(),
                counts.revivedTotal(),
                counts.staleRefusedTotal());
    }

    @Override
    public CompletionStage<List<Optional<Datum<V>>>> apply(List<Change<V>> changes) {
        for (Change<V> change : changes) {
            if (change.key().mode() != Mode.EPHEMERAL) {
                return CompletableFuture.failedFuture(wrongMode());
            }
        }
        return driver.apply(changes);
    }

    @Override
    public Renewal renew(Key key) {
        requireEphemeral(key.mode());
        return driver.renew(key);
    }

    @Override
    public Optional<Datum<V>> get(Key key) {
        requireEphemeral(key.mode());
        return driver.records().get(key);
    }

    @Override
    public List<Datum<V>> group(Mode mode, String group) {
        requireEphemeral(mode);
        return driver.records().group(group);
    }

    @Override
    public void forEach(Mode mode, Consumer<Datum<V>> visitor) {
        requireEphemeral(mode);
        driver.records().forEach(visitor);
    }

    /** There is no such point for ephemeral keys. */
    @Override
    public CompletionStage<Void> readBarrier() {
        return CompletableFuture.failedFuture(new Invalid("ephemeral keys have no read barrier"));
    }

    @Override
    public Subscription listen(Interest interest, ChangeListener<V> listener) {
        requireEphemeral(interest.mode());
        return driver.listen(interest, listener);
    }

    @Override
    public Readiness readiness(Mode mode) {
        requireEphemeral(mode);
        return driver.readiness();
    }

    private static void requireEphemeral(Mode mode) {
        if (mode != Mode.EPHEMERAL) {
            throw wrongMode();
        }
    }

    private static Invalid wrongMode() {
        return new Invalid("this engine serves ephemeral keys only");
    }
}
