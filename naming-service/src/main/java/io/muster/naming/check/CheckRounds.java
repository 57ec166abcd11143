package io.muster.naming.check;

import io.muster.consistency.ConsistencyService;
import io.muster.consistency.FormatInForce;
import io.muster.consistency.Subscription;
import io.muster.naming.check.core.AnswerTimes;
import io.muster.naming.check.core.CheckCore;
import io.muster.naming.check.core.CheckCounts;
import io.muster.naming.check.core.CheckEffect;
import io.muster.naming.check.core.CheckRules;
import io.muster.naming.check.core.Obstacle;
import io.muster.naming.check.core.Sight;
import io.muster.naming.check.core.Verdict;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.ServiceName;
import io.muster.naming.model.SwitchSettings;
import io.muster.naming.registry.Registry;
import io.muster.naming.registry.ServiceIndex;
import io.muster.naming.registry.ServiceListener;
import io.muster.naming.registry.ServiceView;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The health checks of one member but for the sockets: tells the core what is to be checked here, hands on the checks that it asks for, and writes
 * its verdicts. Knows neither Vert.x nor a clock of its own, so that a simulation runs it in virtual time.
 *
 * <p>One thread, that of whoever calls {@link #turn}; changes of services may be heard on any, and {@link #counts} be read by any.
 */
public final class CheckRounds {

    /** Makes checks. Is called on the thread of the rounds, and tells how each ends, there too. */
    public interface Prober {

        /** Ends by exactly one {@link CheckRounds#ended} or {@link CheckRounds#endedLocally}, unless it is cancelled. */
        void begin(CheckEffect.Start start);

        /** Lets go of a check; unknown ones have ended. */
        void cancel(long checkId);
    }

    private static final Logger LOG = LoggerFactory.getLogger(CheckRounds.class);

    /** A service that changes all the time is looked at no more often. */
    private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** Nor for more than a twentieth of the time: one service may have 100,000 instances. */
    private static final int LOOK_TIMES = 20;

    /** Everything is looked at again after this: what was beyond a bound may fit now. */
    private static final long LOOK_AT_ALL_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** So long nobody is told that checks are held back. */
    private static final long HELD_BACK_TELL_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Instances looked at in one turn; a larger service is one turn. */
    private static final int LOOKS_A_TURN = 2_000;

    /** Verdicts renewed in one turn, and as many taken away. */
    private static final int RENEWALS_A_TURN = 500;

    /** How often is looked for verdicts that have outlived their instances for long enough. */
    private static final long OUTLIVED_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Verdicts are renewed so many times a lease: four may be missed. */
    private static final int RENEWALS_A_LEASE = 5;

    private final Registry registry;
    private final CheckOwnership ownership;
    private final CheckConfig config;
    private final LongSupplier nanos;
    private final Prober prober;
    private final Sights sights;
    private final Verdicts verdicts;
    private final CheckCore core;
    private final List<Subscription> subscriptions = new ArrayList<>();
    private final ServiceListener listener = this::changed;

    /** Services with persistent instances, and with those that were there when last looked at. */
    private final Set<ServiceName> known = ConcurrentHashMap.newKeySet();

    /** Of the known ones, those that changed since they were looked at. */
    private final Set<ServiceName> dirty = ConcurrentHashMap.newKeySet();

    private final ArrayDeque<ServiceName> toLookAt = new ArrayDeque<>();
    private SwitchSettings heeded = SwitchSettings.DEFAULT;
    private CheckSwitches switches;
    private long epoch;
    private long lookedNanos;
    private long lookTookNanos;
    private long lookedAtAllNanos;
    private long renewedNanos;
    private long outlivedNanos;
    private boolean carryingOut;
    private boolean cutOff;

    /** Whether there is no other member: nobody can be cut off then. */
    private boolean alone;

    /** Whether verdicts are records that not all members read (R32): then nothing is checked. */
    private boolean heldBack;

    private boolean heldBackTold;
    private long begunNanos;

    private volatile CheckCounts counts = CheckCounts.NONE;

    /**
     * @param wallMillis for what people are shown
     * @param nanos monotonic
     * @param random for jitter
     */
    public CheckRounds(
            Registry registry,
            ConsistencyService<RegistryRecord> consistency,
            CheckOwnership ownership,
            CheckConfig config,
            CheckRules rules,
            LongSupplier wallMillis,
            LongSupplier nanos,
            RandomGenerator random,
            Prober prober) {
        this.registry = registry;
        this.ownership = ownership;
        this.config = config;
        this.nanos = nanos;
        this.prober = prober;
        this.sights = new Sights(ownership, config);
        this.verdicts = new Verdicts(consistency, registry.index(), ownership, config, wallMillis, nanos);
        this.switches = CheckSwitches.of(heeded, config);
        this.core = new CheckCore(switches.settings(), rules, random, nanos.getAsLong());
    }

    /** Begins to hear of services and verdicts; before the registry starts, so that none is missed. */
    public void listen() {
        registry.index().addListener(listener);
        subscriptions.addAll(verdicts.listen());
    }

    /** From now on turns are taken. */
    public void begin() {
        long nowNanos = nanos.getAsLong();
        epoch = ownership.epoch();
        lookedNanos = nowNanos - LOOK_EVERY_NANOS;
        lookedAtAllNanos = nowNanos;
        renewedNanos = nowNanos - renewEveryNanos();
        outlivedNanos = nowNanos;
        begunNanos = nowNanos;
    }

    /** Hears of nothing any more. Any thread. */
    public void close() {
        registry.index().removeListener(listener);
        subscriptions.forEach(Subscription::close);
    }

    /** On an engine's thread. */
    private void changed(ServiceName service) {
        ServiceIndex index = registry.index();
        if (known.contains(service)) {
            dirty.add(service);
        } else if (index.persistentInstanceCount(service) > 0) {
            known.add(service);
            dirty.add(service);
        }
    }

    /**
     * Looks around, and lets time pass: what is late ends, what is due begins. Every {@link CheckCore#TICK_MILLIS} ms.
     *
     * @return whether there is nothing to do for a while
     */
    public boolean turn() {
        long nowNanos = nanos.getAsLong();
        heed(nowNanos);
        heedCut(nowNanos);
        lookAround(nowNanos);
        core.tick(nowNanos);
        carryOut();
        counts = core.counts(nowNanos);
        renew(nowNanos);
        return counts.targets() == 0 && dirty.isEmpty() && toLookAt.isEmpty();
    }

    /** Switches and owners may have changed; then everything is looked at again. */
    private void heed(long nowNanos) {
        SwitchSettings current = registry.switches().current();
        long currentEpoch = ownership.epoch();
        if (heedFormat(nowNanos)) {
            lookedAtAllNanos = nowNanos - LOOK_AT_ALL_NANOS;
        }
        boolean nowAlone = ownership.isAlone();
        if (!current.equals(heeded) || nowAlone != alone) {
            heeded = current;
            alone = nowAlone;
            switches = CheckSwitches.of(current, config);
            core.settings(alone ? switches.settings().withoutHold() : switches.settings());
        } else if (currentEpoch == epoch && nowNanos - lookedAtAllNanos < LOOK_AT_ALL_NANOS) {
            return;
        }
        if (currentEpoch != epoch) {
            // What the member before us renewed last, nobody else may have heard: less of the leases may be left than a
            // round takes.
            renewedNanos = nowNanos - renewEveryNanos();
        }
        epoch = currentEpoch;
        lookedAtAllNanos = nowNanos;
        dirty.addAll(known);
    }

    /** @return whether checks begin, or end, by it */
    private boolean heedFormat(long nowNanos) {
        boolean now = !registry.format().allows(FormatInForce.SECOND);
        boolean changed = now != heldBack;
        heldBack = now;
        // A cluster that is just being founded, or has just met, will have it in a moment.
        boolean lasts = nowNanos - begunNanos >= HELD_BACK_TELL_NANOS;
        if (now && lasts && !heldBackTold && !known.isEmpty()) {
            heldBackTold = true;
            LOG.warn(
                    "Persistent instances are not checked: that {}",
                    registry.format().objectionTo(FormatInForce.SECOND).orElse(""));
        } else if (!now && heldBackTold) {
            heldBackTold = false;
            LOG.info("Persistent instances are checked from now on: all members read the verdicts");
        }
        return changed;
    }

    private void heedCut(long nowNanos) {
        boolean now = ownership.isCutOff();
        if (now != cutOff) {
            cutOff = now;
            core.cutOff(now, nowNanos);
            LOG.info(
                    now
                            ? "This server sees less than half of the cluster: health checks do not take silence for an answer"
                            : "This server sees half of the cluster or more: silence counts in health checks again");
        }
    }

    private void lookAround(long nowNanos) {
        long pauseNanos = Math.max(LOOK_EVERY_NANOS, LOOK_TIMES * lookTookNanos);
        if (toLookAt.isEmpty() && !dirty.isEmpty() && nowNanos - lookedNanos >= pauseNanos) {
            lookedNanos = nowNanos;
            lookTookNanos = 0;
            for (Iterator<ServiceName> all = dirty.iterator(); all.hasNext(); ) {
                toLookAt.add(all.next());
                // Before it is looked at: a change after that makes it dirty again.
                all.remove();
            }
        }
        int left = LOOKS_A_TURN;
        while (left > 0 && !toLookAt.isEmpty()) {
            left -= 1 + lookAt(toLookAt.remove(), nowNanos);
        }
        if (left < LOOKS_A_TURN) {
            lookTookNanos += nanos.getAsLong() - nowNanos;
        }
    }

    private int lookAt(ServiceName service, long nowNanos) {
        Optional<ServiceView> view = registry.index().find(service);
        int instances = view.map(seen -> seen.instances().size()).orElse(0);
        boolean persistent = instances > 0
                && view.filter(seen -> seen.instances().size() > seen.ephemeralCount())
                        .isPresent();
        if (!persistent) {
            known.remove(service);
            if (registry.index().persistentInstanceCount(service) > 0) {
                // One came between the two.
                changed(service);
            }
        }
        if (persistent && !heldBack && switches.checks(service)) {
            core.seen(service.keyGroup(), view.map(sights::of).orElse(new Sight(0, 0, List.of())), nowNanos);
        } else {
            core.gone(service.keyGroup());
        }
        return instances;
    }

    private long renewEveryNanos() {
        return TimeUnit.MILLISECONDS.toNanos(config.leaseMillis()) / RENEWALS_A_LEASE;
    }

    private void renew(long nowNanos) {
        if (nowNanos - renewedNanos >= renewEveryNanos()) {
            renewedNanos = nowNanos;
            verdicts.beginRenewals();
        }
        verdicts.renew(RENEWALS_A_TURN);
        if (nowNanos - outlivedNanos >= OUTLIVED_EVERY_NANOS) {
            outlivedNanos = nowNanos;
            verdicts.beginRemovals();
        }
        verdicts.removeOutlived(RENEWALS_A_TURN);
    }

    /** A check may end while it begins, and the end may ask for more. */
    private void carryOut() {
        if (carryingOut) {
            return;
        }
        carryingOut = true;
        try {
            List<CheckEffect> effects = core.drain();
            while (!effects.isEmpty()) {
                effects.forEach(this::carryOut);
                effects = core.drain();
            }
        } finally {
            carryingOut = false;
        }
    }

    private void carryOut(CheckEffect effect) {
        if (effect instanceof CheckEffect.Start start) {
            prober.begin(start);
        } else if (effect instanceof CheckEffect.Cancel cancel) {
            prober.cancel(cancel.checkId());
        } else if (effect instanceof CheckEffect.Flip flip) {
            verdicts.write(flip.target(), flip.healthy(), flip.reason());
        } else if (effect instanceof CheckEffect.Clear clear) {
            verdicts.clear(clear.target());
        } else if (effect instanceof CheckEffect.Delete delete) {
            verdicts.delete(delete.target(), delete.unhealthyMillis());
        } else if (effect instanceof CheckEffect.Starved starved) {
            LOG.warn(
                    "This server is short of time or files: most failed health checks say more of it than of their targets, and do not count. "
                            + "It makes at most {} checks a second for now",
                    starved.checksPerSecond());
        } else if (effect instanceof CheckEffect.TooManyTargets many) {
            LOG.warn("{} instances are not checked: that is more than one member can. Add members", many.unchecked());
        }
    }

    /** The name of a check's host is resolved: from now on its time runs. */
    public void begun(long checkId) {
        core.begun(checkId, nanos.getAsLong());
    }

    /** A check has its result. */
    public void ended(long checkId, Verdict verdict) {
        core.ended(checkId, verdict, nanos.getAsLong());
        carryOut();
    }

    /** A check could not be made. */
    public void endedLocally(long checkId, Obstacle obstacle) {
        core.endedLocally(checkId, obstacle, nanos.getAsLong());
        carryOut();
    }

    /** This process begins to check itself. */
    public void controlStarted(long nowNanos) {
        core.controlStarted(nowNanos);
    }

    /** The check of this process by itself is through. */
    public void controlEnded(long nowNanos, boolean passed) {
        core.controlEnded(nowNanos, passed);
    }

    /** How long checks of a service take here, by cluster. On the thread of the rounds. */
    SortedMap<String, AnswerTimes> answerTimes(ServiceName service) {
        return core.answerTimes(service.keyGroup());
    }

    /** How many instances of the service are checked here. On the thread of the rounds. */
    int targetCount(ServiceName service) {
        return core.targetCount(service.keyGroup());
    }

    public CheckCounts counts() {
        return counts;
    }

    /** Verdicts that stand in the cluster: instances that are not as registered. */
    public int verdictCount() {
        return verdicts.standingCount();
    }

    /** Verdicts that could not be written. */
    public long refusedWriteCount() {
        return verdicts.refusedCount();
    }
}
