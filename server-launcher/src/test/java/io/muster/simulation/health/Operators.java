package io.muster.simulation.health;

import io.muster.consistency.ConsistencyException;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.InstancePatch;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.ServiceName;
import io.muster.naming.registry.Caller;
import io.muster.naming.registry.InstanceView;
import io.muster.naming.registry.OverlayOutcome;
import io.muster.naming.registry.RegistryException;
import io.muster.sim.run.InvariantViolation;
import io.muster.sim.run.Lack;
import io.muster.sim.run.SimRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Clients that beat, come and go, and operators who say what is to be shown of their instances, through whatever member (X12).
 *
 * <p>HO6 {@code OperatorsWord}: where a stored word was acknowledged, it is shown from then on, whatever the client does; in the end every member shows
 * it, and nothing that was said before it. A word that was only acknowledged as pending may be shown or not, once somebody else has said more: whoever was cut off said it
 * to few. An operator says nothing new before the last word is answered.
 */
final class Operators {

    private static final Duration BEAT = Duration.ofSeconds(1);
    private static final Caller CLIENT = new Caller("", "10.3.0.1");
    private static final Caller OPERATOR = new Caller("olga", "10.3.0.9");

    /** Of a client's own values: what no operator says. */
    private static final double CLIENTS_WEIGHT = 1;

    /** Draws of which {@link #say} makes words. */
    static final int TAKES_BACK = 0;

    static final int ON_WEIGHT = 1;
    static final int ON_NOTE = 5;

    /** What operators say of: each value is said once. */
    private enum Field {
        WEIGHT,
        NOTE
    }

    private enum Fate {
        OPEN,
        PENDING,
        STORED,
        REFUSED
    }

    /** Something that an operator said; of no field if it takes all back. */
    private static final class Word {
        final int number;
        final Optional<Field> field;
        Fate fate = Fate.OPEN;
        int machine;

        Word(int number, Optional<Field> field, int machine) {
            this.number = number;
            this.field = field;
            this.machine = machine;
        }

        boolean touches(Field one) {
            return field.isEmpty() || field.get() == one;
        }

        /** What readers are to see of the field by this word; empty for the client's own. */
        Optional<Integer> value() {
            return field.map(some -> number);
        }

        @Override
        public String toString() {
            return number + " " + field.map(Field::name).orElse("all back") + " " + fate + " at n" + (machine + 1);
        }
    }

    /** One ephemeral instance, its client and its operator. */
    private final class Subject {
        final Instance instance;
        final List<Word> words = new ArrayList<>();
        int home;
        int life;
        boolean alive;

        Subject(InstanceKey key) {
            instance = Instance.ephemeral(key).withWeight(CLIENTS_WEIGHT);
        }

        void beat(int ofLife) {
            if (ofLife == life) {
                serving(home)
                        .ifPresent(node -> node.registry
                                .registrations()
                                .beat(service, instance.key(), Optional.of(instance), CLIENT));
                run.cluster().clock().after(BEAT, () -> beat(ofLife));
            }
        }

        boolean isBusy() {
            return !words.isEmpty() && last().fate == Fate.OPEN;
        }

        Word last() {
            return words.get(words.size() - 1);
        }

        /** Numbers of the words by which the field may be shown; 0 for the client's own. */
        List<Integer> allowed(Field field) {
            List<Integer> allowed = new ArrayList<>();
            boolean mayBeClients = true;
            for (Word word : words) {
                if (!word.touches(field) || word.fate == Fate.REFUSED) {
                    continue;
                }
                if (word.fate == Fate.STORED) {
                    allowed.clear();
                    mayBeClients = false;
                }
                word.value().ifPresentOrElse(allowed::add, () -> allowed.add(0));
            }
            if (mayBeClients) {
                allowed.add(0);
            }
            return allowed;
        }
    }

    private final SimRun run;
    private final ServiceName service;
    private final Function<Integer, @Nullable CheckedNode> nodes;
    private final List<Subject> subjects = new ArrayList<>();

    Operators(SimRun run, ServiceName service, int instances, Function<Integer, @Nullable CheckedNode> nodes) {
        this.run = run;
        this.service = service;
        this.nodes = nodes;
        for (int i = 0; i < instances; i++) {
            subjects.add(new Subject(new InstanceKey("10.2.0." + (1 + i), 9_000, InstanceKey.DEFAULT_CLUSTER)));
        }
    }

    /** The first node from this one on that serves (R43). */
    private Optional<CheckedNode> serving(int from) {
        for (int i = 0; i < run.cluster().size(); i++) {
            CheckedNode node = nodes.apply((from + i) % run.cluster().size());
            if (node != null && node.serves()) {
                return Optional.of(node);
            }
        }
        return Optional.empty();
    }

    private Subject subject(int number) {
        return subjects.get(number % subjects.size());
    }

    void start(int number, int home) {
        Subject subject = subject(number);
        if (!subject.alive) {
            subject.alive = true;
            subject.home = home;
            subject.beat(++subject.life);
        }
    }

    /** The client's process ends without a word, or deregisters. */
    void stop(int number, int machine, boolean deregisters) {
        Subject subject = subject(number);
        if (subject.alive) {
            subject.alive = false;
            subject.life++;
            if (deregisters) {
                serving(machine)
                        .ifPresent(node -> node.registry
                                .registrations()
                                .deregister(service, subject.instance.key(), true, CLIENT));
            }
        }
    }

    /** As a client does that was restarted: it says all of its values again. */
    void registerAgain(int number, int machine) {
        Subject subject = subject(number);
        if (subject.alive) {
            serving(machine)
                    .ifPresent(node -> node.registry.registrations().register(service, subject.instance, CLIENT));
        }
    }

    /** @param draw from 0 to 7 */
    void say(int number, int machine, int draw) {
        Subject subject = subject(number);
        if (!subject.isBusy()) {
            serving(machine)
                    .filter(node -> node.view(service, subject.instance.key()).isPresent())
                    .ifPresent(node -> say(subject, node, draw));
        }
    }

    private void say(Subject subject, CheckedNode node, int draw) {
        Optional<Field> field =
                draw == TAKES_BACK ? Optional.empty() : Optional.of(draw < ON_NOTE ? Field.WEIGHT : Field.NOTE);
        Word word = new Word(subject.words.size() + 2, field, node.process.index());
        subject.words.add(word);
        run.cluster().clock().tell(() -> "operator says " + word);
        said(subject, node, word).whenComplete((outcome, failure) -> {
            word.fate = failure == null ? fate(outcome) : fate(failure);
            run.mark("word " + word.fate);
            run.cluster()
                    .clock()
                    .tell(() -> "operator was answered: " + word + (failure == null ? "" : ", " + failure));
        });
        run.sensitive("word said", node.process.index());
    }

    private CompletionStage<OverlayOutcome> said(Subject subject, CheckedNode node, Word word) {
        InstanceKey key = subject.instance.key();
        if (word.field.isEmpty()) {
            return node.registry.edits().removeOverlay(service, key, OPERATOR);
        }
        boolean weighs = word.field.get() == Field.WEIGHT;
        InstancePatch patch = new InstancePatch(
                weighs ? Optional.of((double) word.number) : Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                weighs ? Optional.empty() : Optional.of(Metadata.of(Map.of("note", String.valueOf(word.number)))),
                Optional.empty());
        return node.registry.edits().patch(service, key, patch, OPERATOR);
    }

    private static Fate fate(OverlayOutcome outcome) {
        return outcome == OverlayOutcome.WRITTEN ? Fate.STORED : Fate.PENDING;
    }

    /** What may have happened all the same counts as said to few. */
    private static Fate fate(Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
        boolean refused = cause instanceof RegistryException
                || cause instanceof ConsistencyException.Conflict
                || cause instanceof ConsistencyException.NoLeader
                || cause instanceof ConsistencyException.NotReady;
        return refused ? Fate.REFUSED : Fate.PENDING;
    }

    /** The process is gone, and with it its answers. */
    void stopped(int machine) {
        for (Subject subject : subjects) {
            if (subject.isBusy() && subject.last().machine == machine) {
                subject.last().fate = Fate.PENDING;
            }
        }
    }

    /** HO6 at the member that acknowledged the last word, as long as nobody says another. */
    void check() {
        for (Subject subject : subjects) {
            if (!subject.words.isEmpty() && subject.last().fate == Fate.STORED) {
                CheckedNode node = nodes.apply(subject.last().machine);
                if (node != null && node.awake()) {
                    wrong(subject, node).ifPresent(what -> {
                        throw new InvariantViolation("HO6", node.process.index(), what);
                    });
                }
            }
        }
    }

    private Optional<String> wrong(Subject subject, CheckedNode node) {
        Optional<Instance> shown = node.view(service, subject.instance.key()).map(InstanceView::shown);
        for (Field field : Field.values()) {
            Optional<Integer> value = shown.map(instance -> value(instance, field));
            List<Integer> allowed = subject.allowed(field);
            if (value.isPresent() && !allowed.contains(value.get())) {
                return Optional.of("n" + (node.process.index() + 1) + " shows " + field + " " + value.get() + " of "
                        + subject.instance.key() + ", said was " + subject.words + ", so it may be " + allowed);
            }
        }
        return Optional.empty();
    }

    private static int value(Instance shown, Field field) {
        if (field == Field.NOTE) {
            return shown.metadata().get("note").map(Integer::parseInt).orElse(0);
        }
        return shown.weight() == CLIENTS_WEIGHT ? 0 : (int) shown.weight();
    }

    /** What is missing when all is healed: every word is stored, and all members show the same. */
    Optional<Lack> lacking(List<CheckedNode> all) {
        for (CheckedNode node : all) {
            long pending = node.registry.index().pendingWordCount();
            if (pending > 0) {
                return Optional.of(new Lack("HO6", pending + " words are pending at n" + (node.process.index() + 1)));
            }
        }
        for (Subject subject : subjects) {
            Optional<Instance> first = Optional.empty();
            for (CheckedNode node : all) {
                Optional<String> wrong = wrong(subject, node);
                if (wrong.isPresent()) {
                    return Optional.of(new Lack("HO6", wrong.get()));
                }
                Optional<Instance> shown = node.view(service, subject.instance.key())
                        .map(view -> view.shown().withWord(Optional.empty()));
                if (shown.isPresent() != subject.alive) {
                    return Optional.of(new Lack("ID1", subject.instance.key() + " is shown as " + shown));
                }
                if (first.isPresent() && !first.equals(shown)) {
                    return Optional.of(new Lack("HO6", "shown as " + first + " and as " + shown));
                }
                first = shown;
            }
        }
        return Optional.empty();
    }
}
