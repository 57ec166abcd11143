package io.muster.naming.registry;

import com.github.benmanes.caffeine.cache.Interner;
import io.muster.consistency.Change;
import io.muster.consistency.Condition;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.ConsistencyService;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Removal;
import io.muster.naming.model.HeartbeatSettings;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceIds;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Keys;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.ServiceName;
import io.muster.naming.model.SwitchSettings;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the owners of instances do: register, beat, deregister (nacos-v1-http.md §3.1, §3.3). None of it ever writes an
 * overlay (X12).
 */
public final class Registrations {

    /** How often a registration tries to replace exactly the record that it read. */
    private static final int KEEPING_ATTEMPTS_MAX = 3;

    private final ConsistencyService<RegistryRecord> consistency;
    private final ServiceIndex index;
    private final Switches switches;
    private final Leases leases;
    private final ConditionalWrites writes;
    private final InstanceNumbers numbers;
    private final InstanceKinds kinds;
    private final AuditLog audit;
    private final BothKindsLog bothKinds;

    /** Clusters and apps repeat a millionfold; each is held once. */
    private final Interner<String> names = Interner.newWeakInterner();

    Registrations(
            ConsistencyService<RegistryRecord> consistency,
            ServiceIndex index,
            Switches switches,
            Leases leases,
            ConditionalWrites writes,
            AuditLog audit,
            BothKindsLog bothKinds) {
        this.consistency = consistency;
        this.index = index;
        this.switches = switches;
        this.leases = leases;
        this.writes = writes;
        this.numbers = new InstanceNumbers(index);
        this.kinds = new InstanceKinds(index);
        this.audit = audit;
        this.bothKinds = bothKinds;
    }

    /**
     * Registers an instance, or registers it anew: then weight, enabled, metadata and app are taken over, and the
     * instance id stays. For an ephemeral instance it counts as a beat, too, so that a provider that restarts is
     * healthy at once; a persistent one keeps its health. A repetition does no harm (R43).
     *
     * @return done when it is acknowledged and readable here (R71)
     * @throws IllegalArgumentException if the service can't bear such a name, or a preserved metadata time can't be
     *     read
     */
    public CompletionStage<Void> register(ServiceName service, Instance instance, Caller caller) {
        return register(service, instance, Condition.ALWAYS, caller);
    }

    private CompletionStage<Void> register(ServiceName service, Instance instance, Condition condition, Caller caller) {
        service.requireLegal();
        HeartbeatSettings.requireReadable(instance.metadata());
        if (instance.ephemeral()) {
            return store(service, instance, condition);
        }
        Key key = Keys.instance(keyGroup(service), instance.key(), false);
        return audit.audited(
                caller,
                "register-instance",
                service,
                instance,
                () -> writes.standing(key),
                () -> store(service, instance, condition));
    }

    /**
     * Deregisters an instance; one that is not there is none all the same. Its overlay stays (X12).
     *
     * @param ephemeral which of the two kinds is meant; the other one stays
     */
    public CompletionStage<Void> deregister(
            ServiceName service, InstanceKey instance, boolean ephemeral, Caller caller) {
        Key key = Keys.instance(keyGroup(service), instance, ephemeral);
        if (ephemeral) {
            return consistency.remove(key, Removal.CLIENT);
        }
        return audit.audited(
                caller,
                "deregister-instance",
                service,
                instance,
                () -> writes.standing(key),
                () -> consistency.remove(key, Removal.OPERATOR));
    }

    /**
     * A heartbeat. A known instance is renewed and nothing else of the beat counts; an unknown one is registered if the
     * beat describes it (R44), else its client is told to register. An instance deregistered just now is answered as
     * known: the beat was in flight.
     *
     * @param described the instance as a full beat describes it; empty for a light one
     * @throws IllegalArgumentException if the beat describes an instance that can't be registered
     */
    public CompletionStage<BeatAnswer> beat(
            ServiceName service, InstanceKey instance, Optional<Instance> described, Caller caller) {
        ServiceEntry entry = index.entry(service);
        String keyGroup = entry == null ? service.keyGroup() : entry.keyGroup();
        Key key = Keys.instance(keyGroup, instance, true);
        return switch (consistency.renew(key)) {
            case RENEWED -> CompletableFuture.completedFuture(renewed(service, entry, key));
            case JUST_REMOVED -> CompletableFuture.completedFuture(known(service, entry, Metadata.EMPTY));
            case UNKNOWN -> unknown(service, instance, described, caller);
        };
    }

    /** How often an instance is to beat, and how long it lives without: its own word, its service's, its namespace's or the server's (X18). */
    public HeartbeatSettings heartbeat(InstanceView instance) {
        return leases.inForce(
                instance.service(),
                instance.shown().metadata(),
                switches.current().clientBeatIntervalMillis());
    }

    private BeatAnswer renewed(ServiceName service, @Nullable ServiceEntry entry, Key key) {
        Optional<Datum<RegistryRecord>> datum = consistency.get(key);
        if (datum.isEmpty()) {
            return known(service, entry, Metadata.EMPTY);
        }
        Instance instance = (Instance) datum.get().value();
        if (!instance.healthy()) {
            recover(service, datum.get(), instance);
        }
        return known(service, entry, shownMetadata(entry, instance));
    }

    /** An operator's word on the beat interval is the client's order, too. */
    private static Metadata shownMetadata(@Nullable ServiceEntry entry, Instance instance) {
        return entry == null || !entry.isOverlaid()
                ? instance.metadata()
                : entry.laid(instance.key()).with(instance.word()).over(instance.metadata());
    }

    /**
     * A beat makes healthy what was registered, or set, as unhealthy. If somebody else changes the record at the same
     * moment the next beat tries again, and so it does after any failure.
     */
    private void recover(ServiceName service, Datum<RegistryRecord> datum, Instance instance) {
        consistency.apply(List.of(Change.put(
                datum.key(),
                instance.withHealthy(true),
                leases.of(service, instance),
                Condition.versionIs(datum.version()))));
    }

    private BeatAnswer known(ServiceName service, @Nullable ServiceEntry entry, Metadata instance) {
        SwitchSettings current = switches.current();
        long interval = leases.intervalMillis(service, entry, instance, current.clientBeatIntervalMillis());
        return new BeatAnswer(true, interval, current.lightBeatEnabled());
    }

    private CompletionStage<BeatAnswer> unknown(
            ServiceName service, InstanceKey instance, Optional<Instance> described, Caller caller) {
        Key persistentKey = Keys.instance(keyGroup(service), instance, false);
        if (isHeardOf(service, persistentKey)) {
            // Persistent instances need no beats; the server checks them itself.
            return CompletableFuture.completedFuture(known(service, index.entry(service), Metadata.EMPTY));
        }
        Optional<RegistryException> refusal = kinds.refusal(service, true);
        if (refusal.isPresent()) {
            // Told to register, the client would beat and register in turn for ever.
            return CompletableFuture.failedFuture(refusal.get());
        }
        if (described.isEmpty()) {
            SwitchSettings current = switches.current();
            return CompletableFuture.completedFuture(
                    new BeatAnswer(false, current.clientBeatIntervalMillis(), current.lightBeatEnabled()));
        }
        Instance toRegister = described.get();
        // Only if it is still unknown: a registration that came between says more than a beat does.
        return register(service, toRegister, Condition.ABSENT, caller)
                .handle((done, failure) -> failure == null ? null : ConditionalWrites.cause(failure))
                .thenCompose(failure -> failure == null || failure instanceof ConsistencyException.Conflict
                        ? CompletableFuture.completedFuture(known(service, index.entry(service), toRegister.metadata()))
                        : CompletableFuture.failedFuture(failure));
    }

    /** Puts the instance as given, but for what an instance that is there already keeps. */
    CompletionStage<Void> store(ServiceName service, Instance given, Condition condition) {
        return store(service, given, condition, 1);
    }

    /**
     * What a known ephemeral instance keeps may have changed elsewhere a moment ago, an operator's word above all: so it
     * is replaced as it was read, if that succeeds soon, and after that in any case.
     */
    private CompletionStage<Void> store(ServiceName service, Instance given, Condition condition, int attempt) {
        Key key = Keys.instance(keyGroup(service), given.key(), given.ephemeral());
        Optional<Datum<RegistryRecord>> stored = consistency.get(key);
        boolean asRead = attempt <= KEEPING_ATTEMPTS_MAX
                && given.ephemeral()
                && stored.isPresent()
                && condition.equals(Condition.ALWAYS);
        if (!asRead) {
            return store(service, given, key, stored, condition);
        }
        return store(service, given, key, stored, ConditionalWrites.unchanged(stored))
                .<CompletionStage<Void>>handle((done, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedFuture(null);
                    }
                    Throwable cause = ConditionalWrites.cause(failure);
                    return cause instanceof ConsistencyException.Conflict
                            ? writes.readAnew(key, attempt)
                                    .thenCompose(ready -> store(service, given, condition, attempt + 1))
                            : CompletableFuture.failedFuture(cause);
                })
                .thenCompose(Function.identity());
    }

    private CompletionStage<Void> store(
            ServiceName service, Instance given, Key key, Optional<Datum<RegistryRecord>> stored, Condition condition) {
        Optional<Instance> known = stored.map(datum -> (Instance) datum.value());
        Optional<RegistryException> refusal =
                known.isPresent() ? Optional.empty() : kinds.refusal(service, given.ephemeral());
        if (refusal.isPresent()) {
            return CompletableFuture.failedFuture(refusal.get());
        }
        if (known.isEmpty() && isHeardOf(service, Keys.instance(key.group(), given.key(), !given.ephemeral()))) {
            bothKinds.tell(service, given.key());
        }
        boolean draws = InstanceIds.wantsNumber(given.metadata())
                && known.filter(instance -> instance.number() != Instance.NOT_NUMBERED)
                        .isEmpty();
        int drawn = draws ? numbers.reserve(service) : Instance.NOT_NUMBERED;
        int number = draws || known.isEmpty() ? drawn : keptNumber(given, known.get());
        boolean healthy = known.map(instance -> instance.ephemeral() || instance.healthy())
                .orElse(given.healthy());
        Optional<Overlay> word = given.ephemeral()
                ? index.laid(service, given.key())
                        .with(known.flatMap(Instance::word))
                        .word()
                : Optional.empty();
        Instance instance = new Instance(
                given.ip(),
                given.port(),
                names.intern(given.cluster()),
                given.weight(),
                given.enabled(),
                healthy,
                given.ephemeral(),
                given.metadata(),
                names.intern(given.app()),
                number,
                word);
        Change<RegistryRecord> put = instance.ephemeral()
                ? Change.put(key, instance, leases.of(service, instance), condition)
                : Change.put(key, instance, condition);
        return consistency
                .apply(List.of(put))
                .whenComplete((done, failure) -> numbers.release(service, drawn))
                .thenAccept(done -> {});
    }

    /** Asks the index: the persistent engine may refuse to be read, and what is ephemeral depends on nothing of it (X10). */
    private boolean isHeardOf(ServiceName service, Key key) {
        ServiceEntry entry = index.entry(service);
        return entry != null && entry.datum(key).isPresent();
    }

    private static int keptNumber(Instance given, Instance known) {
        return InstanceIds.wantsNumber(given.metadata()) ? known.number() : Instance.NOT_NUMBERED;
    }

    /** The one string of a known service, else a new one. */
    String keyGroup(ServiceName service) {
        ServiceEntry entry = index.entry(service);
        return entry == null ? service.keyGroup() : entry.keyGroup();
    }
}
