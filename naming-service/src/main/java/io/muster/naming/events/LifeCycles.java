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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Tells what the changes that an engine applies mean for instances, by what stood before. Runs on the engines' threads.
 *
 * <p>What arrives while an engine restores or loads its state is no event: it happened earlier, and was told then. The
 * same holds for what a node takes over from others and has already.
 */
public final class LifeCycles {

    private final Function<Key, Optional<Datum<RegistryRecord>>> standing;
    private final Function<Key, Optional<Overlay>> heard;
    private final Predicate<Mode> restored;
    private final ServiceEvents events;
    private final EventLog log;

    /** Whose engine has what it begins with. */
    private final Set<Mode> begun = ConcurrentHashMap.newKeySet();

    /**
     * @param standing what readers see under a key now
     * @param heard the word on an instance that is not stored yet, as far as readers know; it outlasts the instance's record
     * @param restored whether the engine of that mode has the state with which it begins
     */
    public LifeCycles(
            Function<Key, Optional<Datum<RegistryRecord>>> standing,
            Function<Key, Optional<Overlay>> heard,
            Predicate<Mode> restored,
            ServiceEvents events,
            EventLog log) {
        this.standing = standing;
        this.heard = heard;
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
            now.word().ifPresent(word -> words(key, now, word, Optional.empty()));
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
        now.word().ifPresent(word -> words(key, now, word, was.word()));
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

    /**
     * What operators said that is not stored yet, each word by itself, in the order in which they were said: several may arrive at once, from beyond a cut. None
     * is told again that the record bore before, or that outlasted the record; nor what the stored overlay holds, which was told when that arrived.
     */
    private void words(Key key, Instance now, Overlay word, Optional<Overlay> before) {
        if (before.equals(Optional.of(word))) {
            return;
        }
        List<Overlay> known = new ArrayList<>();
        before.ifPresent(borne -> known.addAll(borne.each()));
        heard.apply(key).ifPresent(open -> known.addAll(open.each()));
        long stored = overlayOn(key.group(), now.key())
                .map(overlay -> overlay.said().number())
                .orElse(-1L);
        for (Overlay each : word.each()) {
            boolean told = each.said().number() <= stored
                    || known.stream().anyMatch(one -> one.said().equals(each.said()));
            if (!told) {
                word(key, each, known);
            }
        }
    }

    /** Words that became one may take all back and say something, too; below the third format each says anew what was said before it. */
    private void word(Key key, Overlay word, List<Overlay> known) {
        if (word.resets() && (word.isEmpty() || known.stream().noneMatch(Overlay::resets))) {
            tell(key, Kind.OVERLAY_REMOVED, Cause.OPERATOR, "", "");
        }
        if (!word.isEmpty()) {
            tell(key, Kind.OVERLAID, Cause.OPERATOR, "", Differences.said(word));
        }
    }

    private void overlay(
            ChangeEvent<RegistryRecord> change,
            Optional<Datum<RegistryRecord>> before,
            Optional<Datum<RegistryRecord>> after) {
        Key key = change.key();
        Key instance = Keys.instance(key.group(), InstanceKey.ofId(key.id()), true);
        Optional<Overlay> borne = standing.apply(instance).flatMap(datum -> ((Instance) datum.value()).word());
        Optional<Overlay> was = before.map(datum -> (Overlay) datum.value());
        if (after.isEmpty()) {
            boolean shown = was.filter(overlay -> !overlay.isEmpty()).isPresent();
            if (shown && borne.filter(Overlay::takesAllBack).isEmpty()) {
                tell(key, Kind.OVERLAY_REMOVED, cause(change), by(change), "");
            }
            return;
        }
        Overlay now = (Overlay) after.get().value();
        Optional<Overlay> word = heard.apply(instance).or(() -> borne);
        boolean told = Stream.concat(word.stream(), borne.stream())
                .flatMap(one -> one.each().stream())
                .anyMatch(one -> one.said().number() == now.said().number());
        if (!told && was.filter(overlay -> saysTheSame(overlay, now)).isEmpty()) {
            stored(key, laid(was, word), now);
        }
    }

    /** An overlay that holds what nobody here had heard of: all of that as one, since what is stored has one number. */
    private void stored(Key key, Optional<Overlay> was, Overlay now) {
        boolean takenBack =
                was.filter(earlier -> Differences.lacks(earlier, now)).isPresent();
        if (takenBack || now.isEmpty()) {
            tell(key, Kind.OVERLAY_REMOVED, Cause.OPERATOR, "", "");
        }
        Overlay news = takenBack
                ? now
                : was.map(earlier -> Differences.added(earlier, now)).orElse(now);
        if (!news.isEmpty()) {
            tell(key, Kind.OVERLAID, Cause.OPERATOR, "", Differences.said(news));
        }
    }

    /** What was told to lie over the instance: what was stored, and a word on that. */
    private static Optional<Overlay> laid(Optional<Overlay> stored, Optional<Overlay> word) {
        if (stored.isEmpty()) {
            return word.map(Overlay::stored);
        }
        try {
            return word.flatMap(open -> open.after(stored.get().said().number()))
                    .map(open -> stored.get().then(open).stored())
                    .or(() -> stored);
        } catch (IllegalArgumentException beyondBounds) {
            return stored;
        }
    }

    private Optional<Overlay> overlayOn(String keyGroup, InstanceKey instance) {
        return standing.apply(Keys.overlay(keyGroup, instance)).map(datum -> (Overlay) datum.value());
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
