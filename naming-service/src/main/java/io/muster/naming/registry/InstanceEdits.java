package io.muster.naming.registry;

import io.muster.consistency.Change;
import io.muster.consistency.Condition;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.ConsistencyService;
import io.muster.consistency.Datum;
import io.muster.consistency.FormatInForce;
import io.muster.consistency.Key;
import io.muster.consistency.Mode;
import io.muster.naming.model.HeartbeatSettings;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.InstancePatch;
import io.muster.naming.model.Keys;
import io.muster.naming.model.MetadataEdit;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.ServiceName;
import io.muster.naming.model.WordStamp;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What operators do to single instances: PUT, PATCH, and taking their word back (nacos-v1-http.md §3.1; X12). Of a known
 * ephemeral instance, exactly the fields sent become the operator's word: it goes into the record at once, by the
 * ephemeral engine, beside what the client registered, and then as an {@link Overlay} to the persistent engine. What
 * the client registered stays as it is, so that taking the word back restores it; and so does its session, since an
 * operator is no sign of life. While not all members read such records (R32), it is done as {@link EditsBeforeWords} says.
 */
public final class InstanceEdits {

    private final ConsistencyService<RegistryRecord> consistency;
    private final ServiceIndex index;
    private final Registrations registrations;
    private final Leases leases;
    private final ConditionalWrites writes;
    private final Overlays overlays;
    private final AuditLog audit;
    private final LongSupplier wallMillis;
    private final FormatInForce format;
    private final EditsBeforeWords beforeWords;

    InstanceEdits(
            ConsistencyService<RegistryRecord> consistency,
            ServiceIndex index,
            Registrations registrations,
            Leases leases,
            ConditionalWrites writes,
            Overlays overlays,
            AuditLog audit,
            LongSupplier wallMillis,
            FormatInForce format) {
        this.consistency = consistency;
        this.index = index;
        this.registrations = registrations;
        this.leases = leases;
        this.writes = writes;
        this.overlays = overlays;
        this.audit = audit;
        this.wallMillis = wallMillis;
        this.format = format;
        this.beforeWords = new EditsBeforeWords(leases, writes);
    }

    /**
     * Replaces an instance: what is not given takes its default, as in a registration, but of a known ephemeral instance
     * it stays as the client registered it. The health of a known instance stays. An unknown one is registered, unless
     * it must exist.
     *
     * @param mustExist whether the client is one that expects a refusal for an unknown instance (Java from 1.0.0 on)
     * @return fails with {@link RegistryException.NotFound}
     * @throws IllegalArgumentException as {@link Registrations#register} does
     */
    public CompletionStage<OverlayOutcome> update(
            ServiceName service,
            InstanceKey instance,
            boolean ephemeral,
            InstancePatch given,
            boolean mustExist,
            Caller caller) {
        service.requireLegal();
        given.metadata().ifPresent(HeartbeatSettings::requireReadable);
        Instance wanted = given.toInstance(instance, ephemeral);
        Key key = Keys.instance(registrations.keyGroup(service), instance, ephemeral);
        return audit.audited(caller, "update-instance", service, wanted, () -> standing(service, key), () -> {
            if (consistency.get(key).isPresent()) {
                if (ephemeral && !wordsAreRead(service, key)) {
                    return beforeWords.edit(
                            service,
                            key,
                            known -> wanted.withHealthy(known.healthy())
                                    .withNumber(known.number())
                                    .withWord(known.word()),
                            given.toOverlay());
                }
                return ephemeral
                        ? say(service, key, given.withoutHealth(), given.toOverlay(), caller)
                        : replace(
                                key,
                                known -> wanted.withHealthy(known.healthy()).withNumber(known.number()));
            }
            return mustExist
                    ? CompletableFuture.failedFuture(unknown(service, wanted))
                    : registrations
                            .store(service, wanted, Condition.ALWAYS)
                            .thenApply(done -> OverlayOutcome.NOT_NEEDED);
        });
    }

    private RegistryException unknown(ServiceName service, Instance wanted) {
        return new RegistryException.NotFound(
                index.exists(service)
                        ? "instance not exist: " + wanted.key().wireForm() + "_" + wanted.weight() + "_"
                                + wanted.healthy() + "_false_" + wanted.cluster()
                        : "service not found, namespace: " + service.namespaceId() + ", service: " + service.grouped());
    }

    /**
     * Changes only what is given; metadata is replaced as a whole. The ephemeral instance is meant if both kinds bear
     * the identity.
     *
     * @return fails with {@link RegistryException.NotFound}
     */
    public CompletionStage<OverlayOutcome> patch(
            ServiceName service, InstanceKey instance, InstancePatch given, Caller caller) {
        given.metadata().ifPresent(HeartbeatSettings::requireReadable);
        String keyGroup = registrations.keyGroup(service);
        Key ephemeralKey = Keys.instance(keyGroup, instance, true);
        Key key = consistency.get(ephemeralKey).isPresent() ? ephemeralKey : Keys.instance(keyGroup, instance, false);
        return audit.audited(
                caller, "patch-instance", service, instance + " " + given, () -> standing(service, key), () -> {
                    if (key.mode() == Mode.PERSISTENT) {
                        return replace(key, given::applyTo);
                    }
                    return wordsAreRead(service, key)
                            ? say(service, key, given, given.toOverlay(), caller)
                            : beforeWords.edit(service, key, given::applyTo, given.toOverlay());
                });
    }

    /**
     * Whether all members read records with words, and edits that keep a session. A word that was said of the instance proves it to a member that has yet to
     * learn so from its group, such as one whose data was lost while there is no majority: an edit of the record would lie below that word, unseen.
     */
    private boolean wordsAreRead(ServiceName service, Key key) {
        return format.allows(FormatInForce.SECOND)
                || index.laid(service, InstanceKey.ofId(key.id())).number() > 0;
    }

    /** Edits the metadata of one instance, without a line of audit: the batch that it is part of writes that. */
    CompletionStage<OverlayOutcome> editMetadata(
            ServiceName service, InstanceKey instance, boolean ephemeral, MetadataEdit edit, Caller caller) {
        HeartbeatSettings.requireReadable(edit.put());
        Key key = Keys.instance(registrations.keyGroup(service), instance, ephemeral);
        if (!ephemeral) {
            return replace(key, known -> edited(known, edit));
        }
        return wordsAreRead(service, key)
                ? say(service, key, InstancePatch.NOTHING, Overlay.ofMetadata(edit), caller)
                : beforeWords.edit(service, key, known -> edited(known, edit), Overlay.ofMetadata(edit));
    }

    private static Instance edited(Instance known, MetadataEdit edit) {
        return known.withMetadata(edit.applyTo(known.metadata()));
    }

    /**
     * Takes back what operators said of an instance: readers see at once what its client registered.
     *
     * @return {@link OverlayOutcome#PENDING} if the stored overlay could not be removed yet and will be. Fails with
     *     {@link RegistryException.NotFound} if nobody said anything; for an instance that is not registered now, also
     *     as the persistent engine does
     */
    public CompletionStage<OverlayOutcome> removeOverlay(ServiceName service, InstanceKey instance, Caller caller) {
        Key key = Keys.instance(registrations.keyGroup(service), instance, true);
        return audit.audited(caller, "remove-overlay", service, instance, () -> standing(service, key), () -> {
            if (!wordsAreRead(service, key)) {
                return beforeWords.removeOverlay(key);
            }
            return consistency.get(key).isPresent()
                    ? say(service, key, InstancePatch.NOTHING, Overlay.reset(), caller)
                    : removeOfAbsent(service, key, instance, caller);
        });
    }

    /** An empty overlay is left. Fails with {@link RegistryException.NotFound} if readers of the instance would see none. */
    private CompletionStage<OverlayOutcome> removeOfAbsent(
            ServiceName service, Key key, InstanceKey instance, Caller caller) {
        return sayOfAbsent(key, index.laid(service, instance).word(), Overlay.reset(), caller)
                .thenApply(done -> OverlayOutcome.WRITTEN);
    }

    private CompletionStage<Void> sayOfAbsent(Key key, Optional<Overlay> open, Overlay said, Caller caller) {
        InstanceKey instance = InstanceKey.ofId(key.id());
        return overlays.writeOfAbsent(key, open, laid -> next(laid, instance, Optional.empty(), said, caller));
    }

    /** Replaces a persistent instance's record. */
    private CompletionStage<OverlayOutcome> replace(Key key, UnaryOperator<Instance> change) {
        AtomicBoolean met = new AtomicBoolean();
        return writes.write(key, stored -> {
                    Instance known = found(stored, key, met);
                    return List.of(
                            Change.<RegistryRecord>put(key, change.apply(known), ConditionalWrites.unchanged(stored)));
                })
                .thenApply(done -> OverlayOutcome.NOT_NEEDED);
    }

    /** Puts a word on an ephemeral instance's record, and hands it to the persistent engine. */
    private CompletionStage<OverlayOutcome> say(
            ServiceName service, Key key, InstancePatch patch, Overlay said, Caller caller) {
        AtomicReference<@Nullable Overlay> put = new AtomicReference<>();
        Set<Overlay> attempted = new HashSet<>();
        AtomicBoolean met = new AtomicBoolean();
        boolean silent = said.isEmpty() && !said.resets();
        return writes.write(key, stored -> {
                    if (stored.isEmpty() && !attempted.isEmpty()) {
                        put.set(null);
                        return List.of();
                    }
                    Instance known = found(stored, key, met);
                    // An attempt whose answer was lost took effect, and was then in its own way. Stamps alone don't
                    // tell: two edits of one operator may bear
                    // the same.
                    Optional<Overlay> own =
                            known.word().filter(word -> attempted.stream().anyMatch(word::carries));
                    if (own.isPresent()) {
                        put.set(own.get());
                        return List.of();
                    }
                    Laid laid = index.laid(service, known.key()).with(known.word());
                    Optional<Overlay> open = silent
                            ? laid.word()
                            : Optional.of(next(laid, known.key(), Optional.of(known), said, caller));
                    Instance edited = patch.withoutOverlay().applyTo(known).withWord(open);
                    if (edited.equals(known)) {
                        return List.of();
                    }
                    put.set(silent ? null : open.orElseThrow());
                    if (!silent) {
                        attempted.add(open.orElseThrow().alone());
                    }
                    return List.of(Change.<RegistryRecord>edit(
                            key, edited, leases.of(service, edited), ConditionalWrites.unchanged(stored)));
                })
                .thenCompose(done -> {
                    Overlay word = put.get();
                    if (word != null) {
                        return overlays.add(key, word).thenApply(outcome -> asHeardOf(service, key, word, outcome));
                    }
                    return attempted.isEmpty()
                            ? CompletableFuture.completedFuture(OverlayOutcome.NOT_NEEDED)
                            : sayOfGone(service, key, said, attempted, caller);
                });
    }

    /**
     * What was to be put on a record that went meanwhile stays all the same, as it does when the record goes a moment later (X12). An attempt may have taken effect
     * before, and others may have heard of it: so without the persistent engine nobody can tell, unless this node has heard of it itself.
     */
    private CompletionStage<OverlayOutcome> sayOfGone(
            ServiceName service, Key key, Overlay said, Set<Overlay> attempted, Caller caller) {
        InstanceKey instance = InstanceKey.ofId(key.id());
        Optional<Overlay> open = index.laid(service, instance).word();
        Optional<Overlay> own = open.filter(word -> attempted.stream().anyMatch(word::carries));
        if (own.isPresent()) {
            return overlays.add(key, own.get());
        }
        return sayOfAbsent(key, open, said, caller)
                .<CompletionStage<OverlayOutcome>>handle((done, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedFuture(OverlayOutcome.WRITTEN);
                    }
                    Throwable cause = ConditionalWrites.cause(failure);
                    return CompletableFuture.failedFuture(
                            cause instanceof ConsistencyException
                                    ? mayStand(instance, String.valueOf(cause.getMessage()))
                                    : cause);
                })
                .thenCompose(Function.identity());
    }

    private static ConsistencyException mayStand(InstanceKey instance, String notStoredFor) {
        return new ConsistencyException.OutcomeUnknown(instance.wireForm()
                + " went while it was edited: what was said of it may stand, and can't be stored now (" + notStoredFor
                + ")");
    }

    /** What a removal has overtaken counts as carried out, and no record bears the word: nobody would store it later. */
    private OverlayOutcome asHeardOf(ServiceName service, Key key, Overlay word, OverlayOutcome outcome) {
        InstanceKey instance = InstanceKey.ofId(key.id());
        Optional<Overlay> borne = consistency.get(key).flatMap(datum -> ((Instance) datum.value()).word());
        boolean heard = index.laid(service, instance).with(borne).number()
                >= word.said().number();
        if (outcome == OverlayOutcome.PENDING && !heard) {
            throw mayStand(instance, "the persistent engine does not take it");
        }
        return outcome;
    }

    /**
     * The word that the instance carries from now on: what was said and is not stored, and this.
     *
     * @param known empty if it is not registered at the moment
     * @throws IllegalArgumentException if what operators said of the instance is beyond the bounds altogether
     */
    private Overlay next(Laid laid, InstanceKey instance, Optional<Instance> known, Overlay said, Caller caller) {
        if (said.resets() && !laid.isVisible()) {
            throw Overlays.notFound(instance);
        }
        long borne =
                known.flatMap(Instance::word).map(word -> word.said().number()).orElse(0L);
        long latest = Math.max(laid.number(), borne);
        Overlay alone = said.saidAs(stamp(latest, caller));
        Overlay word = laid.word().map(open -> upon(open, alone)).orElse(alone);
        // To be refused now, before anybody sees it, and not when it is to be stored. What is shown may be more.
        Overlay stored = laid.stored().map(overlay -> overlay.then(word)).orElseGet(word::merged);
        if (said.metadata().isPresent() && known.isPresent()) {
            stored.metadata().ifPresent(edit -> edit.applyTo(known.get().metadata()));
        }
        return word;
    }

    /** While not all members read words that carry others, all is said anew, and lies on what was stored meanwhile, unheard here. */
    private Overlay upon(Overlay open, Overlay word) {
        boolean read = format.allows(FormatInForce.THIRD) || open.upon().isPresent();
        return read ? word.saidUpon(open) : open.then(word);
    }

    /**
     * The number is taken from the clock where that is greater, so that a word said just after an overlay went, at a
     * node that has not heard of it, is later than that all the same.
     */
    private WordStamp stamp(long latest, Caller caller) {
        long now = Math.max(0, wallMillis.getAsLong());
        String by = caller.user().isEmpty() ? caller.address() : caller.user();
        return new WordStamp(Math.max(latest + 1, now), now, WordStamp.cut(by));
    }

    /** What the client registered and what operators said, for the audit. */
    private String standing(ServiceName service, Key key) {
        Laid laid = index.laid(service, InstanceKey.ofId(key.id()));
        String overlay = key.mode() == Mode.EPHEMERAL && laid.stored().isPresent()
                ? ", " + laid.stored().get()
                : "";
        return writes.standing(key) + overlay;
    }

    /** For the audit of a batch. */
    String shownMetadata(ServiceName service, MetadataBatch.Target target) {
        Key key = Keys.instance(registrations.keyGroup(service), target.instance(), target.ephemeral());
        Laid laid = target.ephemeral() ? index.laid(service, target.instance()) : Laid.NOTHING;
        return consistency
                .get(key)
                .map(datum -> laid.over(((Instance) datum.value()).metadata()).toString())
                .orElse("nothing");
    }

    /** @param met whether an attempt of the same edit has found it */
    private static Instance found(Optional<Datum<RegistryRecord>> stored, Key key, AtomicBoolean met) {
        if (stored.isEmpty()) {
            throw new RegistryException.NotFound(
                    met.get()
                            ? "instance not found: "
                                    + InstanceKey.ofId(key.id()).wireForm() + " went while it was edited"
                            : "instance not found");
        }
        met.set(true);
        return (Instance) stored.get().value();
    }
}
