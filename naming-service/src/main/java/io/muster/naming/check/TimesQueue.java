package io.muster.naming.check;

import io.muster.consistency.ConsistencyException;
import io.muster.naming.check.core.AnswerTimes;
import io.muster.naming.model.ServiceName;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.SortedMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Questions for the times of checks, which wait until the checks have a moment. Asked on any thread; answered on that of the checks, between two turns, so that no
 * number of them holds checks up for long.
 */
final class TimesQueue {

    /** Waiting at once, of all who ask together. */
    static final int QUESTIONS_MAX = 64;

    /** Looked at between two turns; a larger service is looked at alone. */
    private static final int TARGETS_A_TURN = 2_000;

    private static final long ANSWER_MILLIS_MAX = 1_000;

    private final BlockingQueue<Question> questions = new ArrayBlockingQueue<>(QUESTIONS_MAX);

    private record Question(ServiceName service, Promise<SortedMap<String, AnswerTimes>> times) {}

    /**
     * @return fails with {@link ConsistencyException.Overloaded} if too many wait, with {@link ConsistencyException.NotReady} if the checks do not come to it in time
     */
    Future<SortedMap<String, AnswerTimes>> ask(ServiceName service) {
        Question question = new Question(service, Promise.promise());
        if (!questions.offer(question)) {
            return Future.failedFuture(new ConsistencyException.Overloaded(
                    "more than " + QUESTIONS_MAX + " questions for the times of health checks at once"));
        }
        return question.times()
                .future()
                .timeout(ANSWER_MILLIS_MAX, TimeUnit.MILLISECONDS)
                .recover(failure -> Future.failedFuture(
                        failure instanceof TimeoutException
                                ? new ConsistencyException.NotReady(
                                        "the health checks of this server do not tell their times within "
                                                + ANSWER_MILLIS_MAX + " ms: it is short of time, or stops")
                                : failure));
    }

    /** Answers some, one at least. */
    void answer(CheckRounds rounds) {
        int targets = 0;
        while (targets < TARGETS_A_TURN) {
            Question next = questions.poll();
            if (next == null) {
                return;
            }
            targets += 1 + rounds.targetCount(next.service());
            next.times().complete(rounds.answerTimes(next.service()));
        }
    }
}
