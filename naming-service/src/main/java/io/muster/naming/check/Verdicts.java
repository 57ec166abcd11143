package io.muster.naming.check;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeEvent;
import io.muster.consistency.ChangeListener;
import io.muster.consistency.Condition;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.ConsistencyService;
import io.muster.consistency.Datum;
import io.muster.consistency.Interest;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Mark;
import io.muster.consistency.Mode;
import io.muster.consistency.Removal;
import io.muster.consistency.Subscription;
import io.muster.naming.check.core.TargetId;
import io.muster.naming.model.ClusterDefinition;
import io.muster.naming.model.Health;
import io.muster.naming.model.HealthChecker;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Keys;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.ServiceName;
import io.muster.naming.registry.AuditLog;
import io.muster.naming.registry.Caller;
import io.muster.naming.registry.ServiceIndex;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The verdicts that stand, as ephemeral records in the group of the service. A record stands only while the verdict differs from what was
 * registered; nothing that an operator or a client set is ever written (design §7).
 *
 * <p>The member that is responsible for the group renews its records, whoever checks, and whether or not anybody does: a verdict must not run out and
 * show "as registered" because checks are switched off or late. It takes a record away some seconds after it heard that the instance was removed: another
 * member that hears of the verdict's end before it hears of the instance's would show the dead as healthy for a moment. An instance that is
 * registered again meanwhile does not inherit it. A record of whose instance's end nobody heard is not renewed any more, and ends with its lease.
 *
 * <p>Writes are conditional on what was read: of two members that write, one is refused, and looks again at its next result. May be called from any
 * thread.
 */
final class Verdicts {

    private static final Logger LOG = LoggerFactory.getLogger(Verdicts.class);

    /** By then all members that are well have heard that an instance was removed. */
    static final long OUTLIVES_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final ConsistencyService<RegistryRecord> consistency;
    private final ServiceIndex index;
    private final CheckOwnership ownership;
    private final Lease lease;
    private final LongSupplier wallMillis;
    private final LongSupplier nanos;
    private final AuditLog audit = new AuditLog();
    private final LongAdder refused = new LongAdder();

    /** The keys of all that stand in the cluster, as values that say nothing more. */
    private final ConcurrentHashMap<Key, Boolean> standing = new ConcurrentHashMap<>();

    /** Of what stands, whose instance went, as far as this member heard; each stays here for {@link #OUTLIVES_NANOS}, and no longer than it stands. */
    private final ConcurrentHashMap<Key, Outlived> outlived = new ConcurrentHashMap<>();

    /** Where the round of renewals is. The caller's thread alone. */
    private Iterator<Key> round = List.<Key>of().iterator();

    /** The same of the round over what outlived its instance. */
    private Iterator<Key> outlivedRound = List.<Key>of().iterator();

    /**
     * A verdict whose instance has gone.
     *
     * @param ours this member wrote it when the instance had gone already, which the responsible one may have heard before
     */
    private record Outlived(long untilNanos, boolean ours) {}

    Verdicts(
            ConsistencyService<RegistryRecord> consistency,
            ServiceIndex index,
            CheckOwnership ownership,
            CheckConfig config,
            LongSupplier wallMillis,
            LongSupplier nanos) {
        this.consistency = consistency;
        this.index = index;
        this.ownership = ownership;
        // Never marked unhealthy before it ends: there is no session behind it.
        this.lease = new Lease(config.leaseMillis(), config.leaseMillis());
        this.wallMillis = wallMillis;
        this.nanos = nanos;
    }

    /** Begins to hear what stands, and which instances go. */
    List<Subscription> listen() {
        ChangeListener<RegistryRecord> verdicts = events -> events.forEach(this::hear);
        ChangeListener<RegistryRecord> instances = events -> events.forEach(this::hearInstance);
        return List.of(
                consistency.listen(Interest.all(Mode.EPHEMERAL), verdicts),
                consistency.listen(Interest.all(Mode.PERSISTENT), instances));
    }

    private void hear(ChangeEvent<RegistryRecord> event) {
        if (!event.key().id().startsWith(Keys.HEALTH_PREFIX)) {
            return;
        }
        boolean gone = event instanceof ChangeEvent.Removed<RegistryRecord>
                || (event instanceof ChangeEvent.Marked<RegistryRecord> marked
                        && marked.datum().mark() == Mark.EXPIRED);
        if (gone) {
            standing.remove(event.key());
            outlived.remove(event.key());
        } else {
            standing.put(event.key(), Boolean.TRUE);
        }
    }

    /** Whoever is responsible when the time has come takes it away: that may be another member by then, so all remember. */
    private void hearInstance(ChangeEvent<RegistryRecord> event) {
        Key key = event.key();
        if (standing.isEmpty() || !key.id().startsWith(Keys.INSTANCE_PREFIX)) {
            return;
        }
        Key verdict = Keys.health(key.group(), InstanceKey.ofId(key.id()));
        if (event instanceof ChangeEvent.Removed<RegistryRecord>) {
            outlives(verdict, false);
        } else {
            registeredAgain(verdict);
        }
    }

    private void outlives(Key verdict, boolean ours) {
        long untilNanos = nanos.getAsLong() + OUTLIVES_NANOS;
        standing.computeIfPresent(verdict, (key, stands) -> {
            outlived.merge(
                    key, new Outlived(untilNanos, ours), (was, now) -> new Outlived(now.untilNanos, was.ours || ours));
            return stands;
        });
    }

    /** What was found of the one before says nothing of this one. */
    private void registeredAgain(Key verdict) {
        takeAway(verdict, outlived.remove(verdict));
    }

    private void takeAway(Key verdict, @Nullable Outlived what) {
        if (what != null
                && (what.ours || ownership.isMine(verdict.group()))
                && consistency.readiness(Mode.EPHEMERAL).ready()) {
            remove(verdict);
        }
    }

    /** Says so from now on. */
    void write(TargetId target, boolean healthy, String reason) {
        Key key = Keys.health(target.keyGroup(), target.instance());
        Optional<Datum<RegistryRecord>> read = consistency.get(key);
        if (read.map(Datum::value).filter(says(healthy)).isPresent()) {
            // Here it is not seen yet; the time since when it stands must not change.
            return;
        }
        Health health = new Health(healthy, reason, Math.max(0, wallMillis.getAsLong()));
        // Where nothing stands, whatever comes between is another member's verdict of the same target. "Absent" would
        // be refused for a while
        // after a record was taken away (R44).
        Condition condition =
                read.map(datum -> Condition.versionIs(datum.version())).orElse(Condition.ALWAYS);
        noted(
                key,
                consistency
                        .apply(List.of(Change.put(key, health, lease, condition)))
                        .thenAccept(done -> removeUnwanted(key)));
    }

    /** The instance may have gone while its verdict was under way: a verdict that nobody takes away would meet the next one of that address. */
    private void removeUnwanted(Key key) {
        if (!isWanted(key)) {
            outlives(key, true);
        }
    }

    private static Predicate<RegistryRecord> says(boolean healthy) {
        return record -> record instanceof Health standing && standing.healthy() == healthy;
    }

    /** The instance is as registered again. */
    void clear(TargetId target) {
        remove(Keys.health(target.keyGroup(), target.instance()));
    }

    private void remove(Key key) {
        consistency
                .get(key)
                .ifPresent(datum -> noted(
                        key,
                        consistency.apply(List.of(
                                Change.remove(key, Removal.HOUSEKEEPING, Condition.versionIs(datum.version()))))));
    }

    /** Deletes the instance itself, if nobody has changed it meanwhile. */
    void delete(TargetId target, long unhealthyMillis) {
        Key key = Keys.instance(target.keyGroup(), target.instance(), false);
        Optional<Datum<RegistryRecord>> read;
        try {
            read = consistency.get(key);
        } catch (ConsistencyException unreadable) {
            // It is asked for again after some more failures.
            noted(key, CompletableFuture.failedFuture(unreadable));
            return;
        }
        if (read.isEmpty()) {
            return;
        }
        Condition unchanged = Condition.versionIs(read.get().version());
        noted(
                key,
                audit.audited(
                        Caller.SERVER,
                        "delete-unhealthy-instance",
                        target,
                        "unhealthy for " + unhealthyMillis + " ms",
                        () -> consistency
                                .get(key)
                                .map(Datum::value)
                                .map(Object::toString)
                                .orElse("none"),
                        () -> consistency.apply(List.of(Change.remove(key, Removal.HOUSEKEEPING, unchanged)))));
    }

    private void noted(Key key, CompletionStage<?> write) {
        write.whenComplete((done, failure) -> {
            if (failure != null) {
                refused.increment();
                LOG.debug("The verdict on {} was not written: {}", key, failure.toString());
            }
        });
    }

    /** Writes that did not happen. */
    long refusedCount() {
        return refused.sum();
    }

    int standingCount() {
        return standing.size();
    }

    /** How many of those that stand have outlived their instances. */
    int outlivedCount() {
        return outlived.size();
    }

    /** Begins a round over what outlived its instance, unless one is under way. */
    void beginRemovals() {
        if (!outlivedRound.hasNext()) {
            outlivedRound = outlived.keySet().iterator();
        }
    }

    /** Carries that round on, by a few records. */
    void removeOutlived(int recordsMax) {
        long nowNanos = nanos.getAsLong();
        for (int i = 0; i < recordsMax && outlivedRound.hasNext(); i++) {
            Key key = outlivedRound.next();
            Outlived what = outlived.get(key);
            if (what != null && nowNanos - what.untilNanos >= 0 && outlived.remove(key, what) && !isWanted(key)) {
                takeAway(key, what);
            }
        }
    }

    /** Begins a round over all that stands, unless one is under way. */
    void beginRenewals() {
        if (!round.hasNext()) {
            round = standing.keySet().iterator();
        }
    }

    /** Carries the round on, by a few records. */
    void renew(int recordsMax) {
        for (int i = 0; i < recordsMax && round.hasNext(); i++) {
            Key key = round.next();
            if (ownership.isMine(key.group())
                    && consistency.readiness(Mode.EPHEMERAL).ready()
                    && isWanted(key)) {
                consistency.renew(key);
            }
        }
    }

    /** While the persistent side is not ready here, nobody knows better than the record. */
    private boolean isWanted(Key verdict) {
        if (!consistency.readiness(Mode.PERSISTENT).ready()) {
            return true;
        }
        InstanceKey instance = InstanceKey.ofId(verdict.id());
        return consistency.get(Keys.instance(verdict.group(), instance, false)).isPresent()
                && index.find(ServiceName.ofKeyGroup(verdict.group()))
                        .map(view -> view.clusters().getOrDefault(instance.cluster(), ClusterDefinition.DEFAULT))
                        .filter(cluster -> cluster.healthChecker().type() != HealthChecker.Type.NONE)
                        .isPresent();
    }
}
