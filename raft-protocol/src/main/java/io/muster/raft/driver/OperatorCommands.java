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

/** Operators' commands that wait for the core's answer: handing leadership over, and changes of members, which end when the change is committed. */
final class OperatorCommands {

    /** Bound on the commands that wait; people are slow. */
    private static final int WAITING_MAX = 64;

    private final TreeMap<Long, Waiting> waiting = new TreeMap<>();
    private long lastRequest;

    private static final class Waiting {
        private final CompletableFuture<String> result;
        private final long deadlineNanos;

        /** Of the entry that must be committed, or of one behind it; 0 until it is known. */
        private long index;

        Waiting(CompletableFuture<String> result, long deadlineNanos) {
            this.result = result;
            this.deadlineNanos = deadlineNanos;
        }
    }

    /** Names a question to the core; refuses the command if too many wait. */
    void ask(CompletableFuture<String> result, long deadlineNanos, LongFunction<Runnable> question) {
        if (waiting.size() >= WAITING_MAX) {
            result.completeExceptionally(new ConsistencyException.Overloaded("too many commands wait"));
            return;
        }
        lastRequest++;
        waiting.put(lastRequest, new Waiting(result, deadlineNanos));
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

    void configurationCommitted(long index, Configuration configuration) {
        if (configuration.isJoint()) {
            return;
        }
        List<Waiting> done = new ArrayList<>();
        waiting.values().removeIf(command -> {
            boolean ends = command.index > 0 && command.index <= index;
            if (ends) {
                done.add(command);
            }
            return ends;
        });
        done.forEach(command -> command.result.complete("members as of index " + index + ": voters "
                + configuration.voters() + ", learners " + configuration.learners()));
    }

    void expire(long nowNanos) {
        List<Waiting> late = new ArrayList<>();
        waiting.values().removeIf(command -> {
            boolean ends = command.deadlineNanos <= nowNanos;
            if (ends) {
                late.add(command);
            }
            return ends;
        });
        late.forEach(command -> command.result.completeExceptionally(
                command.index > 0
                        ? new OutcomeUnknown("not known to be committed in time: log index " + command.index)
                        : new NotReady("no answer in time")));
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
