package io.muster.naming.check;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.consistency.ConsistencyException;
import io.muster.naming.check.core.AnswerTimes;
import io.muster.naming.model.ServiceName;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/** Who asks for the times of checks is answered in time, or told why not; and no number of questions piles up. */
class TimesQueueTest {

    private static final ServiceName ORDERS = ServiceName.of("", "", "orders");

    @Test
    void checksThatHaveNoTime_answerNobody_andTakeNoMoreThanTheirBound() {
        TimesQueue queue = new TimesQueue();
        List<Future<SortedMap<String, AnswerTimes>>> waiting = new ArrayList<>();
        for (int i = 0; i < TimesQueue.QUESTIONS_MAX; i++) {
            waiting.add(queue.ask(ORDERS));
        }
        assertThatThrownBy(() -> ProbeFixture.await(queue.ask(ORDERS)))
                .hasRootCauseInstanceOf(ConsistencyException.Overloaded.class)
                .hasMessageContaining("more than 64 questions");
        for (Future<SortedMap<String, AnswerTimes>> one : waiting) {
            assertThatThrownBy(() -> ProbeFixture.await(one))
                    .hasRootCauseInstanceOf(ConsistencyException.NotReady.class)
                    .hasMessageContaining("within 1000 ms");
        }
    }
}
