package io.muster.raft.driver;

import io.muster.consistency.ConsistencyException;
import io.muster.consistency.ConsistencyException.Invalid;
import io.muster.consistency.ConsistencyException.NotReady;
import io.muster.consistency.ConsistencyException.OutcomeUnknown;
import io.muster.raft.core.Effect;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.membership.MembershipChange.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;
import java.util.function.Predicate;

/**
 * Operators' commands that wait for the core's answer: handing leadership over, which ends when the next leader is known, and changes of members, which end when the
 * change is committed. Whatever ends a command otherwise leaves it unknown, once it has had a first step.
 */
final class OperatorCommands {

    /** Bound on the commands that wait; people are slow. */
    private static final int WAITING_MAX = 64;

    private final TreeMap<Long, Waiting> waiting = new TreeMap<>();
    private long lastRequest;

    private static final class Waiting {
        private final CompletableFuture<String> result;
        private final long deadlineNanos;

        /** Whether the members are as they shall be; false where it is not about members. */
        private final Predicate<Configuration> wanted;

        /** What to say past the deadline, while no entry is known. */
        private final ConsistencyException late;

        /** Of the entry that must be committed, or of one behind it; 0 until it is known. */
        private long index;

        Waiting(
                CompletableFuture<String> result,
                long deadlineNanos,
                Predicate<Configuration> wanted,
                ConsistencyException late) {
            this.result = result;
            this.deadlineNanos = deadlineNanos;
            this.wanted = wanted;
            this.late = late;
        }

        void end(long committedIndex, Configuration members) {
            String text = "members as of index " + committedIndex + ": voters " + members.voters() + ", learners "
                    + members.learners()
                    + (members.toPromote().isEmpty() ? "" : "; to vote once caught up: " + members.toPromote());
            if (wanted.test(members)) {
                result.complete(text);
            } else {
                result.completeExceptionally(new OutcomeUnknown("another change came between; " + text));
            }
        }

        void endLate() {
            result.completeExceptionally(
                    index > 0 ? new OutcomeUnknown("not known to be committed in time: log index " + index) : late);
        }
    }

    /**
     * Names a question to the core about handing leadership over; refuses the command if too many wait.
     *
     * @param question asks it, under the name given
     */
    void askToHandOver(CompletableFuture<String> result, long deadlineNanos, LongFunction<Runnable> question) {
        ConsistencyException late = new OutcomeUnknown("no leader is known yet; this node was to lead no longer");
        ask(new Waiting(result, deadlineNanos, members -> false, late), question);
    }

    /**
     * Names a question to the core about the members; refuses the command if too many wait.
     *
     * @param wanted whether the members are as they shall be
     * @param question asks it, under the name given
     */
    void askForMembers(
            CompletableFuture<String> result,
            long deadlineNanos,
            Predicate<Configuration> wanted,
            LongFunction<Runnable> question) {
        ask(new Waiting(result, deadlineNanos, wanted, new NotReady("no answer in time")), question);
    }

    private void ask(Waiting command, LongFunction<Runnable> question) {
        if (waiting.size() >= WAITING_MAX) {
            command.result.completeExceptionally(new ConsistencyException.Overloaded("too many commands wait"));
            return;
        }
        lastRequest++;
        waiting.put(lastRequest, command);
        question.apply(lastRequest).run();
    }

    /** Names a question of the engine's own, whose answer nobody waits for. */
    long nextRequest() {
        lastRequest++;
        return lastRequest;
    }

    void transferEnded(Effect.TransferEnded effect) {
        Waiting command = waiting.remove(effect.request());
        if (command == null) {
            return;
        }
        if (effect.handedOver()) {
            command.result.complete(effect.reason());
        } else {
            command.result.completeExceptionally(new Invalid(effect.reason()));
        }
    }

    /** @param commitIndex what is committed now */
    void membersJudged(Effect.MembersJudged effect, long commitIndex) {
        Waiting command = waiting.get(effect.request());
        if (command == null) {
            return;
        }
        if (effect.verdict() != Verdict.FINE) {
            waiting.remove(effect.request());
            command.result.completeExceptionally(new Invalid(effect.verdict().text()));
        } else if (effect.index() <= commitIndex) {
            waiting.remove(effect.request());
            command.result.complete("nothing to do");
        } else {
            command.index = effect.index();
        }
    }

    /**
     * The first one that is not joint tells what became of a command's entry, or what came in its place: after a change of leaders that may be another's.
     *
     * @param index of its entry, or of a snapshot that holds it
     */
    void configurationCommitted(long index, Configuration configuration) {
        if (configuration.isJoint()) {
            return;
        }
        takeAll(command -> command.index > 0 && command.index <= index)
                .forEach(command -> command.end(index, configuration));
    }

    void expire(long nowNanos) {
        takeAll(command -> command.deadlineNanos <= nowNanos).forEach(Waiting::endLate);
    }

    private List<Waiting> takeAll(Predicate<Waiting> which) {
        List<Waiting> taken = new ArrayList<>();
        waiting.values().removeIf(command -> {
            boolean ends = which.test(command);
            if (ends) {
                taken.add(command);
            }
            return ends;
        });
        return taken;
    }

    long nextExpiryNanos() {
        return waiting.values().stream()
                .mapToLong(command -> command.deadlineNanos)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    void failAll(ConsistencyException error) {
        List<Waiting> all = List.copyOf(waiting.values());
        waiting.clear();
        all.forEach(command -> command.result.completeExceptionally(error));
    }
}
