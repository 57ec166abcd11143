package io.muster.naming.check.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides which target is checked when, and when its health flips. See the package for what the driver owes it.
 *
 * <p>A target that is as readers see it is checked every {@code max} ms, one fifth more or less; one whose last result says otherwise within
 * {@code min}, in a lane of its own, so that a failing thousand does not hide the next one. Nothing is skipped: when more is due than may
 * start, all of it is later.
 */
public final class CheckCore {

    /** Between two ticks. */
    public static final long TICK_MILLIS = 10;

    /** Checks under way at once: files and memory that they may take. */
    static final int IN_FLIGHT_MAX = 512;

    /** Checks under way at one machine. */
    public static final int HOST_IN_FLIGHT_MAX = 32;

    /** Beyond this many targets of one node the rest is not checked, and the operator is told. */
    static final int TARGETS_MAX = 200_000;

    /** Starts in one turn of the loop, so that sockets and others who share it get theirs. */
    static final int STARTS_A_TURN_MAX = 32;

    /** Targets looked at in one turn, those of a busy host among them. */
    private static final int LOOKS_A_TURN_MAX = 1_000;

    /** Flips in a second; more are later, not lost. Each is a write that goes to all members, and a push. */
    private static final int FLIPS_PER_SECOND_MAX = 500;

    /** A target that comes is checked for the first time within this. */
    private static final long FIRST_MILLIS_MAX = 5_000;

    /** An answer that is this late after its deadline was held up by ourselves. */
    private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** A target that answers slowly is left alone for this many times as long. */
    private static final int ANSWER_TIMES = 4;

    /** A flip that nobody sees by then was not written. */
    private static final long ASK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** A check that can't be made is tried again after twice the time each time, up to this if no other target is to gain by it. */
    private static final long UNMADE_MILLIS_MAX = 60_000;

    private static final int DOUBLINGS_MAX = 16;

    private static final double JITTER = 0.2;

    private static final long NOTICE_EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final CheckRules rules;
    private final RandomGenerator random;
    private final Map<String, Service> services = new LinkedHashMap<>();
    private final DueHeap<Target> settled = new DueHeap<>();
    private final DueHeap<Target> inDoubt = new DueHeap<>();
    private final Map<Long, RunningCheck> running = new LinkedHashMap<>();
    private final DueHeap<RunningCheck> deadlines = new DueHeap<>();
    private final Hosts hosts = new Hosts();
    private final Starvation starvation = new Starvation();
    private final LastAnswers answers = new LastAnswers();
    private final Budget budget;
    private final Budget flipBudget;
    private List<CheckEffect> effects = new ArrayList<>();
    private CheckSettings settings;
    private long lastTickNanos;
    private boolean cutOff;

    /** How often this node has learned that it is cut off; silence that a target met before the last time is doubted, too. */
    private long cuts;

    /** Until when this node knew that it was cut off; a check that began before says nothing by its silence. */
    private long cutOffUntilNanos;

    private long lastCheckId;
    private int targets;
    private long unchecked;
    private boolean doubtNext;
    private long starvedToldNanos;
    private long tooManyToldNanos;
    private long passed;
    private long failed;
    private long voided;
    private long flips;

    /** The targets of one service, in the order in which they came. */
    private static final class Service {
        private final Map<TargetId, Target> targets = new LinkedHashMap<>();
        private boolean tooManyToDelete;

        /** Which sight of it is the latest; its targets bear the same number. */
        private long round;

        private int unchecked;
    }

    /**
     * @param random for jitter
     */
    public CheckCore(CheckSettings settings, CheckRules rules, RandomGenerator random, long nowNanos) {
        this.settings = settings;
        this.rules = rules;
        this.random = random;
        this.budget = new Budget(settings.perSecondMax(), nowNanos);
        this.flipBudget = new Budget(FLIPS_PER_SECOND_MAX, nowNanos);
        this.lastTickNanos = nowNanos;
        this.cutOffUntilNanos = nowNanos - 1;
        this.starvedToldNanos = nowNanos - NOTICE_EVERY_NANOS;
        this.tooManyToldNanos = nowNanos - NOTICE_EVERY_NANOS;
    }

    /** What is to be done, in order; the next call gives what came after. */
    public List<CheckEffect> drain() {
        List<CheckEffect> drained = effects;
        effects = new ArrayList<>();
        return drained;
    }

    public CheckCounts counts(long nowNanos) {
        long lateNanos = Math.max(settled.lateNanos(nowNanos), inDoubt.lateNanos(nowNanos));
        return new CheckCounts(
                targets, unchecked, running.size(), lateNanos, budget.perSecond(), passed, failed, voided, flips);
    }

    /** How long checks of a service's targets take, by cluster; those without a result yet are left out. */
    public SortedMap<String, AnswerTimes> answerTimes(String keyGroup) {
        SortedMap<String, AnswerTimes> times = new TreeMap<>();
        Service service = services.get(keyGroup);
        if (service != null) {
            for (Target target : service.targets.values()) {
                if (target.hasResult) {
                    times.merge(
                            target.seen.instance().cluster(), AnswerTimes.of(target.answerNanos), AnswerTimes::plus);
                }
            }
        }
        return times;
    }

    /** How many targets a service has here. */
    public int targetCount(String keyGroup) {
        Service service = services.get(keyGroup);
        return service == null ? 0 : service.targets.size();
    }

    public void settings(CheckSettings newSettings) {
        settings = newSettings;
        budget.perSecondMax(newSettings.perSecondMax());
    }

    /** A service as it stands now; who of it is not among the targets is no longer checked. */
    public void seen(String keyGroup, Sight sight, long nowNanos) {
        if (sight.targets().isEmpty()) {
            gone(keyGroup);
            return;
        }
        Service service = services.computeIfAbsent(keyGroup, ignored -> new Service());
        service.tooManyToDelete = sight.tooManyToDelete();
        unchecked -= service.unchecked;
        service.unchecked = 0;
        service.round++;
        for (Seen seen : sight.targets()) {
            TargetId id = new TargetId(keyGroup, seen.instance());
            @Nullable Target known = service.targets.get(id);
            if (known != null) {
                look(service, known, seen, nowNanos);
            } else if (targets >= TARGETS_MAX) {
                service.unchecked++;
            } else {
                targets++;
                add(service, new Target(id, seen), nowNanos);
            }
        }
        if (service.targets.size() + service.unchecked > sight.targets().size()) {
            service.targets.values().stream()
                    .filter(target -> target.round != service.round)
                    .toList()
                    .forEach(target -> drop(service, target));
        }
        unchecked += service.unchecked;
        if (service.unchecked > 0 && nowNanos - tooManyToldNanos >= NOTICE_EVERY_NANOS) {
            tooManyToldNanos = nowNanos;
            effects.add(new CheckEffect.TooManyTargets(unchecked));
        }
    }

    private void add(Service service, Target target, long nowNanos) {
        target.round = service.round;
        target.unhealthyFromNanos = nowNanos;
        service.targets.put(target.id, target);
        target.dueNanos = nowNanos + firstIn(target.seen.plan());
        queue(target);
    }

    /** Nothing of the service is to be checked here any more. */
    public void gone(String keyGroup) {
        Service service = services.remove(keyGroup);
        if (service != null) {
            unchecked -= service.unchecked;
            List.copyOf(service.targets.values()).forEach(target -> drop(service, target));
        }
    }

    /** A known target as readers see it now. */
    private void look(Service service, Target target, Seen seen, long nowNanos) {
        Seen before = target.seen;
        target.round = service.round;
        if (!seen.plan().equals(before.plan())) {
            // Another place, or another way to look: what was found there says nothing of it.
            leave(target);
            target.dropped = true;
            add(service, new Target(target.id, seen), nowNanos);
            return;
        }
        target.seen = seen;
        if (seen.shownHealthy() != before.shownHealthy()
                || seen.unhealthySinceMillis() != before.unhealthySinceMillis()) {
            target.unhealthyFromNanos = nowNanos;
        }
        if (seen.shownHealthy() == before.shownHealthy()) {
            return;
        }
        // What was asked for longer ago was not written: whoever says the same now, has found it by itself.
        boolean asAsked = target.asked != null
                && target.asked == seen.shownHealthy()
                && nowNanos - target.askedNanos < ASK_AGAIN_NANOS;
        target.asked = null;
        if (!asAsked && rules.othersVerdictEndsResults()) {
            target.window.clear();
        }
        boolean doubt = target.hasResult && target.lastPassed != seen.shownHealthy();
        if (doubt != target.inDoubt) {
            boolean queued = target.isQueued();
            unqueue(target);
            target.inDoubt = doubt;
            if (queued) {
                queue(target);
            }
        }
    }

    private Service serviceOf(Target target) {
        Service service = services.get(target.id.keyGroup());
        if (service == null) {
            throw new IllegalStateException("a target without a service: " + target);
        }
        return service;
    }

    private void drop(Service service, Target target) {
        service.targets.remove(target.id);
        targets--;
        if (rules.letsGo()) {
            target.dropped = true;
            leave(target);
        }
    }

    /** Ends what goes on about the target. */
    private void leave(Target target) {
        unqueue(target);
        hosts.forget(target);
        RunningCheck check = target.running;
        if (check != null) {
            effects.add(new CheckEffect.Cancel(check.checkId));
            finish(check);
        }
    }

    private void queue(Target target) {
        (target.inDoubt ? inDoubt : settled).add(target);
    }

    private void unqueue(Target target) {
        (target.inDoubt ? inDoubt : settled).remove(target);
    }

    private void finish(RunningCheck check) {
        running.remove(check.checkId);
        deadlines.remove(check);
        check.target.running = null;
        hosts.release(check.plan.host());
    }

    /** The name of the host is resolved: from now on the time is the target's. */
    public void begun(long checkId, long nowNanos) {
        RunningCheck check = running.get(checkId);
        if (check != null && !check.begun) {
            deadlines.remove(check);
            check.begun = true;
            check.overdue = false;
            check.startedNanos = nowNanos;
            check.startedAwakeNanos = starvation.awakeNanos(nowNanos);
            check.dueNanos = nowNanos + check.timeoutNanos;
            deadlines.add(check);
        }
    }

    /**
     * Whether this node sees too little of the cluster to take silence for an answer. It learns so late: silence met just before is doubted, too. When it is
     * over, checks under way were begun while it lasted.
     */
    public void cutOff(boolean isCutOff, long nowNanos) {
        if (isCutOff && !cutOff) {
            cuts++;
        }
        if (cutOff && !isCutOff) {
            cutOffUntilNanos = nowNanos;
        }
        cutOff = isCutOff;
    }

    /** A check has its result. */
    public void ended(long checkId, Verdict verdict, long nowNanos) {
        RunningCheck check = running.get(checkId);
        if (check == null) {
            return;
        }
        finish(check);
        judge(check, verdict, nowNanos);
    }

    private void judge(RunningCheck check, Verdict verdict, long nowNanos) {
        if (verdict.certain()) {
            answers.heard(check.plan, nowNanos);
            count(check, verdict, nowNanos);
            return;
        }
        boolean late = nowNanos - check.dueNanos > LATE_NANOS;
        boolean stalled = nowNanos - lastTickNanos > Math.max(Starvation.STALL_MIN_NANOS, check.timeoutNanos / 4);
        boolean heldUp = late || stalled || starvation.voids(check.startedNanos, nowNanos, check.timeoutNanos);
        boolean beganCutOff = check.startedNanos - cutOffUntilNanos <= 0;
        if (rules.silenceCounts(heldUp, cutOff || beganCutOff)) {
            count(check, verdict, nowNanos);
            return;
        }
        if (heldUp) {
            budget.failed(true);
        }
        isVoid(check.target, doubtMillis(check), nowNanos);
    }

    /** A check could not be made. */
    public void endedLocally(long checkId, Obstacle obstacle, long nowNanos) {
        RunningCheck check = running.get(checkId);
        if (check == null) {
            return;
        }
        finish(check);
        if (rules.isTargetsFailure(obstacle, answers.cameFromElsewhere(check.plan, nowNanos))) {
            judge(check, Verdict.UNREACHABLE, nowNanos);
            return;
        }
        if (obstacle == Obstacle.SHORTAGE) {
            budget.failed(true);
        }
        Target target = check.target;
        long maxMillis = obstacle == Obstacle.TARGETS_OWN
                ? UNMADE_MILLIS_MAX
                : settings.of(check.plan.type()).maxMillis();
        long millis = doubtMillis(check) << Math.min(DOUBLINGS_MAX, target.unmadeInARow);
        target.unmadeInARow++;
        isVoid(target, Math.min(millis, Math.max(maxMillis, doubtMillis(check))), nowNanos);
    }

    private long doubtMillis(RunningCheck check) {
        return settings.of(check.plan.type()).doubtMillis();
    }

    public void controlStarted(long nowNanos) {
        starvation.controlStarted(nowNanos);
    }

    /** A check of this process by itself is through. */
    public void controlEnded(long nowNanos, boolean controlPassed) {
        starvation.controlEnded(nowNanos, controlPassed);
    }

    private void isVoid(Target target, long pauseMillis, long nowNanos) {
        voided++;
        target.dueNanos = nowNanos + jittered(pauseMillis);
        queue(target);
    }

    private void count(RunningCheck check, Verdict verdict, long nowNanos) {
        Target target = check.target;
        CheckSettings.Pace pace = settings.of(check.plan.type());
        target.unmadeInARow = 0;
        if (verdict.passed()) {
            passed++;
            budget.passed();
            target.failuresInARow = 0;
        } else {
            failed++;
            budget.failed(false);
            if (!target.hasResult || target.lastPassed) {
                target.failingFromNanos = check.startedNanos;
            }
            target.failuresInARow++;
        }
        // Beyond its timeout it was this process that took so long.
        long tookNanos = Math.min(nowNanos - check.startedNanos, check.timeoutNanos);
        target.answerNanos = target.hasResult
                ? (long) (pace.factor() * target.answerNanos + (1 - pace.factor()) * tookNanos)
                : tookNanos;
        target.hasResult = true;
        target.lastPassed = verdict.passed();
        note(check, verdict);
        target.inDoubt = verdict.passed() != target.seen.shownHealthy();
        int times = settings.times();
        if (target.inDoubt
                && rules.flips(target.window.count(verdict.passed(), times), times)
                && (verdict.passed() || isBelieved(target, nowNanos))) {
            flip(target, verdict, nowNanos);
        } else if (!verdict.passed() && !target.inDoubt) {
            deleteIfTooLong(target, nowNanos);
        }
        long pauseNanos = rules.isSoon(target.inDoubt) ? doubtPause(pace) : jittered(pace.maxMillis());
        target.dueNanos = nowNanos + Math.max(pauseNanos, ANSWER_TIMES * target.answerNanos);
        queue(target);
    }

    private void note(RunningCheck check, Verdict verdict) {
        Target target = check.target;
        Window window = target.window;
        if (target.cuts != cuts) {
            target.cuts = cuts;
            window.dropSilences();
        }
        if (!verdict.certain()) {
            target.firstSilentAwakeNanos = window.hasSilence() ? target.firstSilentAwakeNanos : check.startedAwakeNanos;
        }
        window.add(verdict.passed(), !verdict.certain());
    }

    /** Who has just been cut off does not know it yet: a flip by silence waits until it would. Who stands still meanwhile learns nothing. */
    private boolean isBelieved(Target target, long nowNanos) {
        return !target.window.hasSilence()
                || rules.isBelieved(starvation.awakeNanos(nowNanos) - target.firstSilentAwakeNanos, heldNanos());
    }

    private long heldNanos() {
        return TimeUnit.MILLISECONDS.toNanos(settings.silenceHeldMillis());
    }

    private void flip(Target target, Verdict verdict, long nowNanos) {
        boolean askedAlready = target.asked != null && target.asked == verdict.passed();
        if (askedAlready && !rules.asksAgain(nowNanos - target.askedNanos, ASK_AGAIN_NANOS)) {
            return;
        }
        flipBudget.pass(nowNanos);
        if (!flipBudget.isLeft()) {
            return;
        }
        flipBudget.take();
        flips++;
        if (rules.flipEndsResults()) {
            target.window.clear();
        }
        target.asked = verdict.passed();
        target.askedNanos = nowNanos;
        effects.add(
                verdict.passed() == target.seen.registeredHealthy()
                        ? new CheckEffect.Clear(target.id, verdict.reason())
                        : new CheckEffect.Flip(target.id, verdict.passed(), verdict.reason()));
    }

    /**
     * By this node's own clock, since it saw the verdict and no answer: whoever wrote the verdict may have another time of day. A takeover counts anew. An answer does, too, even where
     * it is too few for a flip: who has just come back, and can't be reached any more, is no instance that nobody misses.
     */
    private void deleteIfTooLong(Target target, long nowNanos) {
        Seen seen = target.seen;
        long unhealthyMillis = TimeUnit.NANOSECONDS.toMillis(
                Math.min(nowNanos - target.unhealthyFromNanos, nowNanos - target.failingFromNanos));
        if (seen.deleteAfterMillis() > 0
                && !seen.shownHealthy()
                && rules.deletes(
                        unhealthyMillis,
                        seen.deleteAfterMillis(),
                        target.failuresInARow,
                        settings.times(),
                        serviceOf(target).tooManyToDelete)) {
            target.failuresInARow = 0;
            effects.add(new CheckEffect.Delete(target.id, unhealthyMillis));
        }
    }

    /** Time has passed: late checks end, due ones start. */
    public void tick(long nowNanos) {
        starvation.gap(lastTickNanos, nowNanos);
        lastTickNanos = nowNanos;
        endLate(nowNanos);
        if (budget.pass(nowNanos) && nowNanos - starvedToldNanos >= NOTICE_EVERY_NANOS) {
            starvedToldNanos = nowNanos;
            effects.add(new CheckEffect.Starved(budget.perSecond()));
        }
        startDue(nowNanos);
    }

    private void endLate(long nowNanos) {
        List<RunningCheck> again = new ArrayList<>();
        Optional<RunningCheck> next = deadlines.dueBy(nowNanos);
        while (next.isPresent()) {
            RunningCheck check = next.get();
            deadlines.remove(check);
            if (check.overdue) {
                effects.add(new CheckEffect.Cancel(check.checkId));
                if (check.begun) {
                    ended(check.checkId, Verdict.TIMEOUT, nowNanos);
                } else {
                    endedLocally(check.checkId, Obstacle.TARGETS_OWN, nowNanos);
                }
            } else {
                check.overdue = true;
                again.add(check);
            }
            next = deadlines.dueBy(nowNanos);
        }
        again.forEach(deadlines::add);
    }

    private void startDue(long nowNanos) {
        hosts.call().forEach(this::queue);
        int starts = 0;
        int looks = 0;
        while (starts < STARTS_A_TURN_MAX
                && looks < LOOKS_A_TURN_MAX
                && running.size() < IN_FLIGHT_MAX
                && budget.isLeft()) {
            Optional<Target> next = nextDue(nowNanos);
            if (next.isEmpty()) {
                return;
            }
            looks++;
            Target target = next.get();
            unqueue(target);
            if (hosts.take(target)) {
                budget.take();
                start(target, nowNanos);
                starts++;
            }
        }
    }

    /** The two lanes in turn while both have something due. */
    private Optional<Target> nextDue(long nowNanos) {
        doubtNext = !doubtNext;
        DueHeap<Target> first = doubtNext ? inDoubt : settled;
        DueHeap<Target> second = doubtNext ? settled : inDoubt;
        return first.dueBy(nowNanos).or(() -> second.dueBy(nowNanos));
    }

    private void start(Target target, long nowNanos) {
        long timeoutMillis = settings.of(target.seen.plan().type()).timeoutMillis();
        lastCheckId++;
        RunningCheck check =
                new RunningCheck(lastCheckId, target, nowNanos, starvation.awakeNanos(nowNanos), timeoutMillis);
        target.running = check;
        running.put(check.checkId, check);
        deadlines.add(check);
        effects.add(new CheckEffect.Start(check.checkId, check.plan, timeoutMillis));
    }

    private long firstIn(Plan plan) {
        long millis = Math.min(settings.of(plan.type()).maxMillis(), FIRST_MILLIS_MAX);
        return (long) (random.nextDouble() * TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private long doubtPause(CheckSettings.Pace pace) {
        return (long) (TimeUnit.MILLISECONDS.toNanos(pace.doubtMillis()) * (0.5 + random.nextDouble() / 2));
    }

    private long jittered(long millis) {
        return (long) (TimeUnit.MILLISECONDS.toNanos(millis) * (1 - JITTER + 2 * JITTER * random.nextDouble()));
    }
}
