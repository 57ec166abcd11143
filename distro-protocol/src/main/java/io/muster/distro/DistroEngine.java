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
import io.muster.distro.core.Inspection;
import io.muster.distro.core.PeerStatus;
import io.muster.distro.driver.DistroDriver;
import io.muster.distro.driver.Watchdog;
import io.muster.distro.wire.MessageCodec;
import io.muster.member.NodeId;
import io.muster.member.NodeIdentity;
import io.muster.member.port.Ports;
import io.muster.member.port.Time;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
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
    private final Inspection<V> inspection;
    private final Time time;

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
        this.time = ports.time();
        DistroCore<V> core = new DistroCore<>(
                identity,
                config.core(),
                codec,
                ports.time().wallMillis(),
                ports.time().monoNanos());
        this.inspection = core.inspection();
        this.driver = new DistroDriver<>(
                core, new MessageCodec<>(codec), ports, config.queuedChangesMax(), metrics, onFailure);
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
        Counts.Totals totals = counts.totals();
        return new DistroStatus(
                driver.readiness(),
                counts.loadProgress(),
                HexFormat.of().toHexDigits(counts.digest()),
                counts.groups(),
                counts.responsibleGroups(),
                counts.records(),
                counts.ownSessions(),
                counts.unhealthy(),
                counts.expired(),
                counts.tombstones(),
                driver.warmUpMillisLeft(),
                counts.removalsHeld(),
                driver.queuedChanges(),
                totals.unhealthy(),
                totals.expired(),
                totals.revived(),
                totals.staleRefused(),
                totals,
                counts.disputed(),
                driver.peers().stream().map(this::peer).toList());
    }

    private DistroPeer peer(PeerStatus peer) {
        return new DistroPeer(
                peer.id(),
                peer.alive(),
                peer.loaded(),
                peer.pending(),
                driver.millisSince(peer.lastSyncNanos()),
                driver.millisSince(peer.lastVerifyNanos()),
                peer.mismatches());
    }

    /** Whether this node counts as loaded, so that it may be responsible for groups: member health tells the others. */
    public boolean loaded() {
        return driver.loaded();
    }

    /**
     * Tells whenever {@link #loaded} changes, and soon if it holds, on the observer's thread. An engine whose own thread stands still ceases to count as
     * loaded, and takes nothing, until it goes on; a pause of the whole process is none of that.
     *
     * @param observer another thread than the engine's, such as that of member health
     * @param loaded must be quick
     */
    public void watch(Time observer, Consumer<Boolean> loaded) {
        new Watchdog(driver, observer, loaded).start();
    }

    /**
     * Prepares for {@link #stop}: leases are handed over and changes passed on; completes when the others have all that changed here, or after
     * two seconds. Writes and renewals go on being served meanwhile.
     */
    public CompletionStage<Void> leave() {
        return driver.leave();
    }

    /** Who is responsible for the group, as this node sees it; empty while nobody is loaded. */
    public Optional<NodeId> responsibleFor(String group) {
        return driver.responsibility().memberFor(group);
    }

    /** Changes whenever another member may have become responsible for some group, or none is any more. */
    public long responsibilityEpoch() {
        return driver.responsibility().fingerprint();
    }

    /** How many groups each member is responsible for. Walks over all groups, on the caller's thread. */
    public Map<NodeId, Integer> shares() {
        return inspection.shares(driver.responsibility());
    }

    /**
     * A page of all records that are held, expired ones and tombstones too, in the order of their hashes (R54). May walk over one large group.
     *
     * @param after what the page before ended with; empty for the first one
     */
    public DistroPage<V> page(Optional<DistroPage.Place> after) {
        return DistroPage.of(inspection.page(after.map(DistroPage.Place::cursor), time.monoNanos()));
    }

    /**
     * A page of what is visible in one group, in the order of ids. Walks over the group.
     *
     * @param after the last id of the page before; empty text for the first one
     * @param dataMax at most so many
     */
    public List<Datum<V>> group(String name, String after, int dataMax) {
        return inspection.group(name, after, dataMax);
    }

    /**
     * Takes in a frame of the engine's own form as if it had come from the member by the peer channel (R54).
     *
     * @return the frame that answers it; empty if nothing does. Fails with {@code Invalid} if it is no frame, or no member with whom this node
     *     exchanges data
     */
    public CompletionStage<Optional<byte[]>> exchange(NodeId from, byte[] frame) {
        return driver.exchange(from, frame);
    }

    /** Digests of all that is visible, by bucket (R48, R54). */
    public DistroChecksums checksums() {
        return DistroChecksums.of(inspection.digests());
    }

    /**
     * Digests of the groups of one bucket, by name. Walks over them.
     *
     * @throws IllegalArgumentException if there is no such bucket
     */
    public Map<String, Long> checksums(int bucket) {
        return inspection.groupDigests(bucket);
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

    /** Whether ephemeral data may be read here: whenever the engine is ready, and while it loads anew what it may have missed in a cut (R50). */
    public Readiness readable() {
        return driver.readable();
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
