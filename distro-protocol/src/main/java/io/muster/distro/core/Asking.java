package io.muster.distro.core;

import io.muster.consistency.Key;
import io.muster.consistency.Mark;
import io.muster.consistency.Version;
import io.muster.distro.core.Message.AskBeats;
import io.muster.distro.core.Message.Asked;
import io.muster.distro.core.Message.Beats;
import io.muster.member.NodeId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Asks all members alive whether they heard of sessions lately: before this node ends them, and where it learnt of a mark that it does not
 * take on trust (design §5, "Marks"). What one step gathers is asked in one batch; an answer is awaited for a second at most.
 */
final class Asking<V> {

    /** Bound on sessions asked about at a time; who finds no room tries again. */
    static final int UNDERWAY_MAX = 20_000;

    /** Sessions of one message; with the longest names they fill a few frames' worth, with usual ones a tenth of one. */
    private static final int BATCH_SESSIONS_MAX = 1_000;

    private static final long ANSWER_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(900);

    /**
     * A session in question.
     *
     * @param claim the mark HEALTHY where this node itself is about to end it, else the mark that came
     * @param claimed what came, where a mark came
     */
    record Question<V>(Key key, Version.Hybrid version, Mark claim, Optional<Claimed<V>> claimed) {}

    /** What another member says, and who. */
    record Claimed<V>(NodeId from, DistroRecord<V> record) {}

    /**
     * What came of it.
     *
     * @param youngestNanos age of the latest beat that anybody heard, {@link #UNHEARD} if nobody did
     * @param allAnswered everybody alive was heard
     */
    record Finding(long youngestNanos, boolean allAnswered) {
        static final long UNHEARD = -1;

        boolean heardWithin(long nanos) {
            return youngestNanos != UNHEARD && youngestNanos < nanos;
        }
    }

    /** Goes on with a question once it is answered as well as it can be. */
    @FunctionalInterface
    interface Answered<V> {
        void answered(Question<V> question, Finding finding, Step<V> step);
    }

    private static final class Round<V> {
        final List<Question<V>> questions;
        final Set<NodeId> silent;
        final long endNanos;
        final long[] youngestNanos;

        /** Somebody has come alive since it began, who may have heard what nobody of those asked did. */
        boolean missesSomebody;

        Round(List<Question<V>> questions, List<NodeId> asked, long endNanos) {
            this.questions = questions;
            this.silent = new TreeSet<>(asked);
            this.endNanos = endNanos;
            this.youngestNanos = new long[questions.size()];
            Arrays.fill(youngestNanos, Finding.UNHEARD);
        }
    }

    private final Answered<V> then;
    private final Map<Mark, List<Question<V>>> gathered = new EnumMap<>(Mark.class);
    private final LinkedHashMap<Long, Round<V>> rounds = new LinkedHashMap<>();
    private final Set<Key> underway = new LinkedHashSet<>();
    private List<NodeId> alive = List.of();
    private long lastRound;
    private long askedTotal;

    /** @param numbersFrom other than that of the process before, whose answers may yet come */
    Asking(Answered<V> then, long numbersFrom) {
        this.then = then;
        this.lastRound = numbersFrom;
    }

    /** Those to ask from now on; who is no longer alive is not waited for. What is under way is asked anew if there is somebody who was not asked. */
    void members(List<NodeId> nowAlive, Step<V> step) {
        if (!alive.containsAll(nowAlive)) {
            rounds.values().forEach(round -> round.missesSomebody = true);
        }
        alive = nowAlive;
        for (Long id : List.copyOf(rounds.keySet())) {
            Round<V> round = rounds.get(id);
            if (round != null && round.silent.retainAll(nowAlive) && round.silent.isEmpty()) {
                end(id, round, step);
            }
        }
    }

    boolean nobodyToAsk() {
        return alive.isEmpty();
    }

    /** Takes the question up, unless the same key is in question already or there are too many. */
    void ask(Question<V> question) {
        if (underway.size() < UNDERWAY_MAX && underway.add(question.key())) {
            gathered.computeIfAbsent(question.claim(), claim -> new ArrayList<>())
                    .add(question);
        }
    }

    /** At the end of each step. */
    void flush(Step<V> step) {
        while (!gathered.isEmpty()) {
            Mark claim = gathered.keySet().iterator().next();
            List<Question<V>> questions = gathered.remove(claim);
            if (questions != null) {
                for (int from = 0; from < questions.size(); from += BATCH_SESSIONS_MAX) {
                    begin(claim, questions.subList(from, Math.min(from + BATCH_SESSIONS_MAX, questions.size())), step);
                }
            }
        }
    }

    void answered(NodeId from, Beats<V> beats, Step<V> step) {
        Round<V> round = rounds.get(beats.round());
        if (round == null || beats.agesMillis().size() != round.questions.size() || !round.silent.remove(from)) {
            return;
        }
        for (int i = 0; i < round.youngestNanos.length; i++) {
            long ageMillis = beats.agesMillis().get(i);
            if (ageMillis >= 0) {
                long ageNanos = TimeUnit.MILLISECONDS.toNanos(ageMillis);
                long youngest = round.youngestNanos[i];
                round.youngestNanos[i] = youngest == Finding.UNHEARD ? ageNanos : Math.min(youngest, ageNanos);
            }
        }
        if (round.silent.isEmpty()) {
            end(beats.round(), round, step);
        }
    }

    /** On each tick: gives up on those who do not answer. */
    void tick(Step<V> step) {
        for (Long id : List.copyOf(rounds.keySet())) {
            Round<V> round = rounds.get(id);
            if (round == null || step.nowNanos - round.endNanos < 0) {
                return;
            }
            end(id, round, step);
        }
    }

    /** Forgets all questions. */
    void clear() {
        rounds.clear();
        gathered.clear();
        underway.clear();
    }

    long askedTotal() {
        return askedTotal;
    }

    private void begin(Mark claim, List<Question<V>> questions, Step<V> step) {
        Round<V> round = new Round<>(List.copyOf(questions), alive, step.nowNanos + ANSWER_WAIT_NANOS);
        askedTotal += questions.size();
        if (alive.isEmpty()) {
            end(0, round, step);
            return;
        }
        rounds.put(++lastRound, round);
        List<Asked> sessions = questions.stream()
                .map(question -> new Asked(question.key(), question.version()))
                .toList();
        alive.forEach(member -> step.send(member, new AskBeats<>(lastRound, claim, sessions)));
    }

    private void end(long id, Round<V> round, Step<V> step) {
        rounds.remove(id);
        round.questions.forEach(question -> underway.remove(question.key()));
        for (int i = 0; i < round.youngestNanos.length; i++) {
            Finding finding = new Finding(round.youngestNanos[i], round.silent.isEmpty());
            if (round.missesSomebody && finding.youngestNanos() == Finding.UNHEARD) {
                ask(round.questions.get(i));
            } else {
                then.answered(round.questions.get(i), finding, step);
            }
        }
    }
}
