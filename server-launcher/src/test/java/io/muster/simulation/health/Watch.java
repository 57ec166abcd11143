package io.muster.simulation.health;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeEvent;
import io.muster.consistency.ConsistencyService;
import io.muster.consistency.Interest;
import io.muster.consistency.Key;
import io.muster.consistency.Mode;
import io.muster.naming.model.Health;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Keys;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.registry.InstanceView;
import io.muster.naming.registry.ServiceView;
import io.muster.sim.run.InvariantViolation;
import io.muster.sim.run.SimRun;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Looks at every verdict that a member writes, and asks what it truly met.
 *
 * <ul>
 *   <li>HO1 {@code EnoughResults}: a flip has n results of its kind behind it, made by that member since its last flip and since anybody else's.
 *   <li>HO2 {@code LiveStaysHealthy}: who answered all checks that reached it is never found unhealthy, be the member as slow or short as it likes.
 *   <li>HO3 {@code MinorityFlipsNothing}: silence that a member met while it saw less than half of the cluster, for long enough to know, is behind no
 *       flip.
 *   <li>HO7 {@code NotDeletedTooSoon}: who is deleted was dead for as long as that takes, or gave the member that deletes it no answer in time for so long, and most
 *       of its service was not.
 * </ul>
 */
final class Watch {

    /** What core and oracle may see at different times: a look at services, and a tick. */
    private static final Duration LOOK = Duration.ofMillis(300);

    /** Whoever has asked for a flip takes it for its own if it comes within this. */
    private static final long OWN_NANOS = TimeUnit.SECONDS.toNanos(6);

    private static final long NEVER = Long.MIN_VALUE / 2;

    private final SimRun run;
    private final int times;
    private final Map<InstanceKey, CheckedTarget> targets;
    private final Minorities minorities;

    /** By process and target: what readers there see, since when, and what the process asked for last. */
    private final Map<List<Object>, Sighting> sightings = new HashMap<>();

    /** When the last flip was asked for. */
    long lastFlipNanos = NEVER;

    private static final class Sighting {
        private boolean healthy = true;
        private long changes;
        private long changedNanos = NEVER;
        private boolean asked;
        private long askedNanos = NEVER;
    }

    Watch(SimRun run, int times, Map<InstanceKey, CheckedTarget> targets, Minorities minorities) {
        this.run = run;
        this.times = times;
        this.targets = targets;
        this.minorities = minorities;
    }

    /**
     * The engines as the checks of a node have them.
     *
     * @param refuses whether they take nothing now
     */
    ConsistencyService<RegistryRecord> over(
            CheckedNode node, ConsistencyService<RegistryRecord> engines, BooleanSupplier refuses) {
        return new WatchedEngines(
                engines,
                change -> {
                    written(node, engines, change);
                    return change;
                },
                refuses);
    }

    /** Hears of verdicts where the node's readers do. */
    void listen(CheckedNode node, ConsistencyService<RegistryRecord> engines) {
        engines.listen(Interest.all(Mode.EPHEMERAL), events -> events.forEach(event -> heard(node, event)));
    }

    private Sighting sighting(CheckedNode node, CheckedTarget target) {
        return sightings.computeIfAbsent(List.of(node, target), first -> new Sighting());
    }

    private Optional<CheckedTarget> target(Key key, String prefix) {
        return key.id().startsWith(prefix)
                ? Optional.ofNullable(targets.get(InstanceKey.ofId(key.id())))
                : Optional.empty();
    }

    private void heard(CheckedNode node, ChangeEvent<RegistryRecord> event) {
        target(event.key(), Keys.HEALTH_PREFIX).ifPresent(target -> {
            boolean healthy = !(event instanceof ChangeEvent.Stored<RegistryRecord> stored)
                    || ((Health) stored.datum().value()).healthy();
            Sighting sighting = sighting(node, target);
            if (healthy == sighting.healthy || event instanceof ChangeEvent.Marked<RegistryRecord>) {
                return;
            }
            sighting.healthy = healthy;
            long change = ++sighting.changes;
            long nowNanos = node.process.time().monoNanos();
            sighting.changedNanos = nowNanos;
            tell(node, target, "is heard to be " + (healthy ? "as registered" : "unhealthy"));
            boolean own = sighting.asked == healthy && nowNanos - sighting.askedNanos < OWN_NANOS;
            if (!own) {
                run.mark("another's verdict");
                // What is under way has its result after.
                long countsFromNanos = target.unendedSinceNanos(node, nowNanos);
                node.process.time().after(LOOK, () -> {
                    if (sighting.changes == change) {
                        target.forgetBefore(node, countsFromNanos);
                    }
                });
            }
        });
    }

    private void written(CheckedNode node, ConsistencyService<RegistryRecord> engines, Change<RegistryRecord> change) {
        if (change.key().mode() == Mode.PERSISTENT) {
            target(change.key(), Keys.INSTANCE_PREFIX).ifPresent(target -> deleted(node, target));
            return;
        }
        target(change.key(), Keys.HEALTH_PREFIX)
                .filter(target -> engines.get(Keys.instance(
                                change.key().group(),
                                InstanceKey.ofId(change.key().id()),
                                false))
                        .isPresent())
                .ifPresent(target -> flipped(
                        node,
                        target,
                        !(change instanceof Change.Put<RegistryRecord> put) || ((Health) put.value()).healthy()));
    }

    private void flipped(CheckedNode node, CheckedTarget target, boolean healthy) {
        int machine = node.process.index();
        long nowNanos = node.process.time().monoNanos();
        List<CheckedTarget.Check> checks = target.checksBy(node);
        run.mark(healthy ? "found healthy" : "found unhealthy");
        tell(node, target, "is found " + (healthy ? "healthy" : "unhealthy") + " by " + checks);
        if (healthy) {
            require(count(checks, CheckedTarget.Met.ANSWER) >= times, "HO1", machine, target, checks);
        } else {
            unhealthy(machine, target, checks);
        }
        target.forget(node);
        Sighting sighting = sighting(node, target);
        sighting.asked = healthy;
        sighting.askedNanos = nowNanos;
        lastFlipNanos = nowNanos;
        run.sensitive("verdict", machine);
    }

    private void unhealthy(int machine, CheckedTarget target, List<CheckedTarget.Check> checks) {
        long refusals = count(checks, CheckedTarget.Met.REFUSAL);
        long silences = checks.stream().filter(Watch::isSilence).count();
        boolean lives = refusals + count(checks, CheckedTarget.Met.SILENCE) == 0;
        require(refusals + silences >= times, lives ? "HO2" : "HO1", machine, target, checks);
        long soundSilences = checks.stream()
                .filter(check -> isSilence(check) && !minorities.couldKnow(machine, check.atNanos()))
                .count();
        long sound = refusals + soundSilences;
        require(sound >= times, "HO3", machine, target, checks);
        OptionalLong since = minorities.since(machine);
        boolean allWithin = since.isPresent()
                && refusals < times
                && checks.stream().allMatch(check -> !isSilence(check) || check.atNanos() >= since.getAsLong());
        if (allWithin) {
            judgeLater(machine, target, checks, since.getAsLong());
        }
    }

    /** Whoever believes the silence that began with the cut must have waited until it would have known. */
    private void judgeLater(int machine, CheckedTarget target, List<CheckedTarget.Check> checks, long sinceNanos) {
        run.cluster()
                .clock()
                .after(
                        Duration.ofNanos(Minorities.KNOWN_AFTER_NANOS).plusMillis(100),
                        () -> require(!minorities.couldKnow(machine, sinceNanos), "HO3", machine, target, checks));
    }

    private static boolean isSilence(CheckedTarget.Check check) {
        return check.met() == CheckedTarget.Met.SILENCE || check.met() == CheckedTarget.Met.NO_WAY;
    }

    private static long count(List<CheckedTarget.Check> checks, CheckedTarget.Met met) {
        return checks.stream().filter(check -> check.met() == met).count();
    }

    private void deleted(CheckedNode node, CheckedTarget target) {
        run.mark("deleted for being unhealthy");
        long nowNanos = node.process.time().monoNanos();
        long downNanos = target.isUp() ? 0 : nowNanos - target.sinceNanos;
        long deadNanos = Math.max(downNanos, target.unheardNanos(node, nowNanos));
        require(
                deadNanos >= TimeUnit.MILLISECONDS.toNanos(HealthOverlaySubject.DELETE_AFTER_MILLIS),
                "HO7",
                node.process.index(),
                target,
                "is deleted after " + TimeUnit.NANOSECONDS.toMillis(deadNanos) + " ms");
        List<InstanceView> all = node.registry
                .index()
                .find(target.service)
                .map(ServiceView::instances)
                .orElse(List.of());
        // What it hears of between two looks at a service, it can't heed yet.
        long unhealthy = all.stream()
                .filter(view -> !view.healthy())
                .flatMap(view -> Optional.ofNullable(targets.get(view.key())).stream())
                .filter(one -> nowNanos - sighting(node, one).changedNanos > LOOK.toNanos())
                .count();
        require(
                unhealthy * 2 <= all.size(),
                "HO7",
                node.process.index(),
                target,
                "is deleted with " + unhealthy + " unhealthy of " + all.size());
    }

    private void tell(CheckedNode node, CheckedTarget target, String what) {
        run.cluster().clock().tell(() -> "n" + (node.process.index() + 1) + ": " + target + " " + what);
    }

    private void require(boolean holds, String invariant, int machine, CheckedTarget target, Object what) {
        if (!holds) {
            throw new InvariantViolation(invariant, machine, target + ": " + what);
        }
    }
}
