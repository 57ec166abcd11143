package io.muster.cluster;

import io.muster.sim.linearizability.HistoryRecorder;
import io.muster.sim.linearizability.LinearizabilityChecker;
import io.muster.sim.linearizability.RegisterModel;
import io.muster.sim.linearizability.StoreCommand;
import io.muster.sim.linearizability.StoreResult;
import io.muster.sim.linearizability.Verdict;
import io.muster.sim.linearizability.ViolationText;
import io.muster.testkit.client.Attempt;
import io.muster.testkit.client.History;
import java.util.List;
import java.util.Optional;

/** What clients of persistent registers saw, judged (IR12): every write and every linearizable read at one instant between its call and its return. */
final class PersistentHistory {

    private PersistentHistory() {}

    /** Empty for a linearizable history; else what is wrong with it, for people. */
    static Optional<String> fault(History history) {
        HistoryRecorder<StoreCommand, StoreResult> recorder = new HistoryRecorder<>();
        List<Attempt> attempts = history.attempts();
        for (Attempt attempt : attempts) {
            if (attempt.kind() != Attempt.Kind.READ_LOCAL) {
                record(recorder, attempt);
            }
        }
        Verdict<StoreCommand, StoreResult> verdict =
                LinearizabilityChecker.perKey(new RegisterModel()).check(recorder.history());
        if (verdict instanceof Verdict.Violation<StoreCommand, StoreResult> violation) {
            return Optional.of(ViolationText.of(violation));
        }
        return verdict instanceof Verdict.Undecided<StoreCommand, StoreResult> undecided
                ? Optional.of("undecided: " + undecided)
                : Optional.empty();
    }

    private static void record(HistoryRecorder<StoreCommand, StoreResult> recorder, Attempt attempt) {
        HistoryRecorder<StoreCommand, StoreResult>.Call call =
                recorder.call(attempt.client(), attempt.key(), command(attempt), attempt.invokedNanos());
        switch (attempt.outcome()) {
            case OK -> call.ok(result(attempt), attempt.completedNanos());
            case FAILED -> call.failed(attempt.completedNanos());
            case UNKNOWN -> call.unknown(attempt.completedNanos());
        }
    }

    private static StoreCommand command(Attempt attempt) {
        return switch (attempt.kind()) {
            case WRITE -> new StoreCommand.Put(attempt.value());
            case REMOVE -> new StoreCommand.Delete();
            case READ_LINEARIZABLE -> new StoreCommand.Read();
            default -> throw new IllegalArgumentException("not of a register: " + attempt);
        };
    }

    private static StoreResult result(Attempt attempt) {
        if (attempt.kind() != Attempt.Kind.READ_LINEARIZABLE) {
            return new StoreResult.Done();
        }
        return new StoreResult.Value(Optional.of(attempt.value()).filter(value -> !value.isEmpty()));
    }
}
