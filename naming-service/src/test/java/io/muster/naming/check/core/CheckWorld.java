package io.muster.naming.check.core;

import io.muster.naming.model.HealthChecker;
import io.muster.naming.model.InstanceKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Targets that live, die and hang in virtual time around one {@link CheckCore}: a driver that carries out what the core asks for, and readers
 * who see a flip a moment after it.
 */
final class CheckWorld {

    static final CheckSettings SETTINGS = new CheckSettings(
            3,
            new CheckSettings.Pace(5_000, 1_000, 0.75, 500),
            new CheckSettings.Pace(5_000, 500, 0.85, 1_000),
            new CheckSettings.Pace(3_000, 2_000, 0.65, 2_000),
            2_000,
            3_500);

    static final String GROUP = "public##g@@orders";

    /** What readers see of a flip comes that much later. */
    private static final long WRITE_MILLIS = 20;

    /** What a target does when it is asked. */
    enum Behaviour {
        UP,
        REFUSES,
        HANGS,
        NO_FILES_HERE,

        /** Nothing leads there from here. */
        NO_ROUTE,

        /** A name that does not resolve. */
        NAMELESS,

        /** A name whose server does not answer. */
        NAME_HANGS
    }

    final CheckCore core;

    /** What the core asked for, checks apart, as {@code kind ip:port:cluster}. */
    final List<String> asked = new ArrayList<>();

    /** When each target's checks began, in milliseconds. */
    final Map<InstanceKey, List<Long>> starts = new HashMap<>();

    long wallMillis = 1_700_000_000_000L;
    long answerMillis = 1;

    /** How long a name server takes. */
    long nameMillis = 1;

    boolean writesFail;
    int inFlightMost;
    private long nowMillis;
    private final PriorityQueue<Later> later =
            new PriorityQueue<>(Comparator.comparingLong(Later::atMillis).thenComparingLong(Later::order));
    private long order;
    private final Map<InstanceKey, Behaviour> behaviours = new HashMap<>();
    private final Map<InstanceKey, Shown> shown = new LinkedHashMap<>();
    private final Map<Long, InstanceKey> running = new HashMap<>();
    private long deleteAfterMillis;

    private record Later(long atMillis, long order, Runnable task) {}

    private record Shown(boolean registered, boolean shown, long sinceMillis) {}

    CheckWorld(long seed) {
        this(seed, SETTINGS);
    }

    CheckWorld(long seed, CheckSettings settings) {
        core = new CheckCore(settings, new CheckRules(), new Random(seed), nanos());
    }

    static InstanceKey target(int number) {
        return new InstanceKey("10." + number / 65_536 + "." + number / 256 % 256 + "." + number % 256, 80, "DEFAULT");
    }

    long nowMillis() {
        return nowMillis;
    }

    long nanos() {
        // Beyond the sign bit within minutes: monotonic time may be anywhere.
        return Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(30) + TimeUnit.MILLISECONDS.toNanos(nowMillis);
    }

    void add(InstanceKey instance, Behaviour behaviour) {
        behaviours.put(instance, behaviour);
        shown.put(instance, new Shown(true, true, 0));
        see();
    }

    void addAll(int from, int to, Behaviour behaviour) {
        for (int i = from; i < to; i++) {
            behaviours.put(target(i), behaviour);
            shown.put(target(i), new Shown(true, true, 0));
        }
        see();
    }

    void is(InstanceKey instance, Behaviour behaviour) {
        behaviours.put(instance, behaviour);
    }

    void remove(InstanceKey instance) {
        shown.remove(instance);
        see();
    }

    /** Somebody else's verdict arrives. */
    void show(InstanceKey instance, boolean healthy) {
        Shown before = shown.get(instance);
        shown.put(instance, new Shown(before.registered(), healthy, wallMillis));
        see();
    }

    void deleteAfter(long millis) {
        deleteAfterMillis = millis;
        see();
    }

    boolean isShownHealthy(InstanceKey instance) {
        return shown.get(instance).shown();
    }

    long shownHealthyCount() {
        return shown.values().stream().filter(Shown::shown).count();
    }

    /** All of it goes to another node, and comes back. */
    void handOver() {
        core.gone(GROUP);
        carryOut();
        see();
    }

    void see() {
        List<Seen> seen = new ArrayList<>();
        shown.forEach((instance, state) -> seen.add(new Seen(
                instance,
                new Plan(HealthChecker.TCP, instance.ip(), instance.port()),
                state.registered(),
                state.shown(),
                state.sinceMillis(),
                deleteAfterMillis)));
        int unhealthy = (int) (shown.size() - shownHealthyCount());
        core.seen(GROUP, new Sight(shown.size(), unhealthy, seen), nanos());
        carryOut();
    }

    void run(long millis) {
        long until = nowMillis + millis;
        while (nowMillis < until) {
            pass(CheckCore.TICK_MILLIS);
            tick();
        }
    }

    /** The process does not run for a while; what came meanwhile waits, and is there before the next tick or after it. */
    void standStill(long millis, boolean ticksFirst) {
        nowMillis += millis;
        wallMillis += millis;
        if (ticksFirst) {
            tick();
        }
        deliver();
        tick();
    }

    void control(long tookMillis, boolean passed) {
        core.controlStarted(nanos());
        after(tookMillis, () -> core.controlEnded(nanos(), passed));
    }

    private void pass(long millis) {
        nowMillis += millis;
        wallMillis += millis;
        deliver();
    }

    private void tick() {
        core.tick(nanos());
        carryOut();
        inFlightMost = Math.max(inFlightMost, core.counts(nanos()).inFlight());
    }

    private void deliver() {
        while (!later.isEmpty() && later.peek().atMillis() <= nowMillis) {
            later.poll().task().run();
            carryOut();
        }
    }

    private void after(long millis, Runnable task) {
        order++;
        later.add(new Later(nowMillis + millis, order, task));
    }

    CheckCounts counts() {
        return core.counts(nanos());
    }

    private void carryOut() {
        for (CheckEffect effect : core.drain()) {
            if (effect instanceof CheckEffect.Start start) {
                start(start);
            } else if (effect instanceof CheckEffect.Flip flip) {
                asked.add((flip.healthy() ? "up " : "down ") + flip.target().instance());
                write(flip.target().instance(), flip.healthy());
            } else if (effect instanceof CheckEffect.Clear clear) {
                asked.add("clear " + clear.target().instance());
                Shown before = shown.get(clear.target().instance());
                write(clear.target().instance(), before == null || before.registered());
            } else if (effect instanceof CheckEffect.Delete delete) {
                asked.add("delete " + delete.target().instance());
            } else if (effect instanceof CheckEffect.Starved) {
                asked.add("starved");
            } else if (effect instanceof CheckEffect.TooManyTargets many) {
                asked.add("too many: " + many.unchecked());
            }
        }
    }

    private void write(InstanceKey instance, boolean healthy) {
        if (writesFail) {
            return;
        }
        after(WRITE_MILLIS, () -> {
            if (shown.containsKey(instance)) {
                show(instance, healthy);
            }
        });
    }

    private long nameMillis(CheckEffect.Start start) {
        return start.plan().isNamed() ? nameMillis : 0;
    }

    private void start(CheckEffect.Start start) {
        InstanceKey instance = new InstanceKey(start.plan().host(), start.plan().port(), "DEFAULT");
        starts.computeIfAbsent(instance, ignored -> new ArrayList<>()).add(nowMillis);
        long checkId = start.checkId();
        running.put(checkId, instance);
        Behaviour behaviour = behaviours.getOrDefault(instance, Behaviour.HANGS);
        if (start.plan().isNamed() && behaviour != Behaviour.NAMELESS && behaviour != Behaviour.NAME_HANGS) {
            after(nameMillis, () -> core.begun(checkId, nanos()));
        }
        switch (behaviour) {
            case UP -> after(nameMillis(start) + answerMillis, () -> core.ended(checkId, Verdict.PASSED, nanos()));
            case REFUSES -> after(answerMillis, () -> core.ended(checkId, Verdict.REFUSED, nanos()));
            case NO_FILES_HERE -> after(answerMillis, () -> core.endedLocally(checkId, Obstacle.SHORTAGE, nanos()));
            case NO_ROUTE -> after(answerMillis, () -> core.endedLocally(checkId, Obstacle.NO_ROUTE, nanos()));
            case NAMELESS -> after(answerMillis, () -> core.endedLocally(checkId, Obstacle.TARGETS_OWN, nanos()));
            case HANGS, NAME_HANGS -> {
                // The core ends it.
            }
        }
    }
}
