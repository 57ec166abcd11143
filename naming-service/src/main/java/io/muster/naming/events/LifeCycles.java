package io.muster.naming.events;

import io.muster.consistency.ChangeEvent;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Mark;
import io.muster.consistency.Mode;
import io.muster.consistency.Removal;
import io.muster.naming.events.ServiceEvent.Cause;
import io.muster.naming.events.ServiceEvent.Kind;
import io.muster.naming.model.Health;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Keys;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.RegistryRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Tells what the changes that an engine applies mean for instances, by what stood before. Runs on the engines' threads.
 *
 * <p>What arrives while an engine restores or loads its state is no event: it happened earlier, and was told then. The
 * same holds for what a node takes over from others and has already.
 */
public final class LifeCycles {

    private final Function<Key, Optional<Datum<RegistryRecord>>> standing;
    private final Predicate<Mode> restored;
    private final ServiceEvents events;
    private final EventLog log;

    /** Whose engine has what it begins with. */
    private final Set<Mode> begun = ConcurrentHashMap.newKeySet();

    /**
     * @param standing what readers see under a key now
     * @param restored whether the engine of that mode has the state with which it begins
     */
    public LifeCycles(
            Function<Key, Optional<Datum<RegistryRecord>>> standing,
            Predicate<Mode> restored,
            ServiceEvents events,
            EventLog log) {
        this.standing = standing;
        this.restored = restored;
        this.events = events;
        this.log = log;
    }

    /** To be called with each batch of changes, before readers see it. */
    public void changing(List<ChangeEvent<RegistryRecord>> changes) {
        if (!begun(changes.get(0).key().mode())) {
            return;
        }
        // A key may change more than once in a batch.
        Map<Key, Optional<Datum<RegistryRecord>>> within = new HashMap<>();
        for (ChangeEvent<RegistryRecord> change : changes) {
            Optional<Datum<RegistryRecord>> before = before(change.key(), within);
            Optional<Datum<RegistryRecord>> after = after(change);
            if (changes.size() > 1) {
                within.put(change.key(), after);
            }
            RegistryRecord value = after.or(() -> before).map(Datum::value).orElse(null);
            if (value != null) {
                switch (value.kind()) {
                    case INSTANCE -> instance(change, before, after);
                    case OVERLAY -> overlay(change, before, after);
                    case HEALTH -> health(change, before, after);
                    case SERVICE, CLUSTER, NAMESPACE, SWITCHES -> {
                        // No instance's life.
                    }
                }
            }
        }
    }

    private boolean begun(Mode mode) {
        return begun.contains(mode) || (restored.test(mode) && begun.add(mode));
    }

    private Optional<Datum<RegistryRecord>> before(Key key, Map<Key, Optional<Datum<RegistryRecord>>> within) {
        Optional<Datum<RegistryRecord>> earlier = within.get(key);
        return earlier == null ? standing.apply(key) : earlier;
    }

    /** What readers see after it. */
    private static Optional<Datum<RegistryRecord>> after(ChangeEvent<RegistryRecord> change) {
        if (change instanceof ChangeEvent.Stored<RegistryRecord> stored) {
            return visible(stored.datum());
        }
        if (change instanceof ChangeEvent.Marked<RegistryRecord> marked) {
            return visible(marked.datum());
        }
        return Optional.empty();
    }

    private static Optional<Datum<RegistryRecord>> visible(Datum<RegistryRecord> datum) {
        return datum.mark() == Mark.EXPIRED ? Optional.empty() : Optional.of(datum);
    }

    private void instance(
            ChangeEvent<RegistryRecord> change,
            Optional<Datum<RegistryRecord>> before,
            Optional<Datum<RegistryRecord>> after) {
        Key key = change.key();
        if (after.isEmpty()) {
            if (before.isPresent()) {
                tell(key, Kind.REMOVED, cause(change), by(change), "");
            }
            return;
        }
        Instance now = (Instance) after.get().value();
        if (before.isEmpty()) {
            tell(key, Kind.REGISTERED, key.mode() == Mode.EPHEMERAL ? Cause.CLIENT : Cause.REQUEST, "", "");
            return;
        }
        described(key, (Instance) before.get().value(), now);
        Mark mark = after.get().mark();
        if (before.get().mark() != mark) {
            boolean beats = mark == Mark.HEALTHY;
            tell(
                    key,
                    beats ? Kind.HEALTHY : Kind.UNHEALTHY,
                    Cause.SESSION,
                    "",
                    beats ? "its client beats again" : "its client has ceased to beat");
        }
    }

    private void described(Key key, Instance was, Instance now) {
        // The same word may carry less of what was said before.
        if (!was.word().map(Overlay::said).equals(now.word().map(Overlay::said))) {
            now.word().ifPresent(word -> word(key, now, word));
        }
        Instance before = was.withWord(now.word());
        if (!before.equals(now)) {
            boolean healthAlone = before.withHealthy(now.healthy()).equals(now);
            tell(
                    key,
                    !healthAlone ? Kind.CHANGED : now.healthy() ? Kind.HEALTHY : Kind.UNHEALTHY,
                    Cause.REQUEST,
                    "",
                    Differences.between(before, now));
        }
    }

    /** An operator's word that is not stored yet; where the stored overlay arrived first, that was told. */
    private void word(Key key, Instance now, Overlay word) {
        boolean told = overlayOn(key.group(), now.key())
                .filter(overlay -> overlay.said().number() >= word.said().number())
                .isPresent();
        if (!told) {
            boolean takenBack = word.resets() && word.isEmpty();
            tell(key, takenBack ? Kind.OVERLAY_REMOVED : Kind.OVERLAID, Cause.OPERATOR, "", Differences.said(word));
        }
    }

    private void overlay(
            ChangeEvent<RegistryRecord> change,
            Optional<Datum<RegistryRecord>> before,
            Optional<Datum<RegistryRecord>> after) {
        Key key = change.key();
        Optional<Overlay> word = wordOf(key);
        if (after.isEmpty()) {
            boolean shown =
                    before.filter(was -> !((Overlay) was.value()).isEmpty()).isPresent();
            if (shown && word.filter(Overlay::takesAllBack).isEmpty()) {
                tell(key, Kind.OVERLAY_REMOVED, cause(change), by(change), "");
            }
            return;
        }
        Overlay now = (Overlay) after.get().value();
        boolean told =
                word.filter(said -> said.said().number() == now.said().number()).isPresent();
        if (!told
                && before.filter(was -> saysTheSame((Overlay) was.value(), now)).isEmpty()) {
            Kind kind = now.isEmpty() ? Kind.OVERLAY_REMOVED : Kind.OVERLAID;
            tell(key, kind, Cause.OPERATOR, "", Differences.said(now));
        }
    }

    private Optional<Overlay> overlayOn(String keyGroup, InstanceKey instance) {
        return standing.apply(Keys.overlay(keyGroup, instance)).map(datum -> (Overlay) datum.value());
    }

    /** What the record of the instance carries that the overlay lies on. */
    private Optional<Overlay> wordOf(Key overlay) {
        return standing.apply(Keys.instance(overlay.group(), InstanceKey.ofId(overlay.id()), true))
                .flatMap(datum -> ((Instance) datum.value()).word());
    }

    /** What the server found out itself; where there is no record, the instance counts as it was registered. */
    private void health(
            ChangeEvent<RegistryRecord> change,
            Optional<Datum<RegistryRecord>> before,
            Optional<Datum<RegistryRecord>> after) {
        Key key = change.key();
        Optional<Boolean> registered = standing.apply(Keys.instance(key.group(), InstanceKey.ofId(key.id()), false))
                .map(datum -> ((Instance) datum.value()).healthy());
        Optional<Health> was = before.map(datum -> (Health) datum.value());
        Optional<Health> now = after.map(datum -> (Health) datum.value());
        if (registered.isEmpty()) {
            return; // Of an instance that is gone there is nothing to tell.
        }
        boolean wasHealthy = was.map(Health::healthy).orElse(registered.get());
        boolean isHealthy = now.map(Health::healthy).orElse(registered.get());
        if (wasHealthy != isHealthy) {
            tell(
                    key,
                    isHealthy ? Kind.HEALTHY : Kind.UNHEALTHY,
                    Cause.HEALTH_CHECK,
                    "",
                    now.map(Health::reason).orElse("as registered"));
        }
    }

    private static boolean saysTheSame(Overlay one, Overlay other) {
        return one.weight().equals(other.weight())
                && one.enabled().equals(other.enabled())
                && one.metadata().equals(other.metadata());
    }

    private static Cause cause(ChangeEvent<RegistryRecord> change) {
        Removal cause =
                change instanceof ChangeEvent.Removed<RegistryRecord> removed ? removed.cause() : Removal.EXPIRED;
        return switch (cause) {
            case CLIENT -> Cause.CLIENT;
            case OPERATOR -> Cause.OPERATOR;
            case EXPIRED -> Cause.EXPIRED;
            case HOUSEKEEPING -> Cause.HOUSEKEEPING;
            case WHILE_AWAY -> Cause.WHILE_AWAY;
        };
    }

    private static String by(ChangeEvent<RegistryRecord> change) {
        return change instanceof ChangeEvent.Removed<RegistryRecord> removed && removed.cause() != Removal.WHILE_AWAY
                ? removed.by()
                : "";
    }

    private void tell(Key key, Kind kind, Cause cause, String by, String detail) {
        String id = key.id();
        // Overlays lie on ephemeral instances, verdicts on persistent ones: each is stored by the other engine.
        boolean ephemeral =
                id.startsWith(Keys.INSTANCE_PREFIX) ? key.mode() == Mode.EPHEMERAL : id.startsWith(Keys.OVERLAY_PREFIX);
        log.tell(events.tell(key.group(), id.substring(id.indexOf('/') + 1), ephemeral, kind, cause, by, detail));
    }
}
