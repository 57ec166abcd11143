package io.muster.member.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** R62: whatever an address server answers that is no good list changes nothing, is counted, and is told once. */
class AnswerWatchTest {

    private static final String THREE = "10.0.0.1\n10.0.0.2\n10.0.0.3\n";

    private final AnswerWatch watch = new AnswerWatch("the server");

    @Test
    void goodList_isTakenOnce_inBothForms() {
        assertThat(watch.answered(THREE).taken())
                .hasValueSatisfying(list -> assertThat(list).hasSize(3));
        assertThat(watch.answered(THREE).taken()).isEmpty();
        assertThat(watch.answered("{\"code\":200,\"data\":\"10.0.0.1\\n10.0.0.2\"}")
                        .taken())
                .hasValueSatisfying(list -> assertThat(list).hasSize(2));
    }

    @Test
    void faults_areCounted_toldOnce_andOverWithAGoodList() {
        watch.answered(THREE);
        assertThat(watch.failed("status 500").warning()).contains("the server gave no list: status 500");
        assertThat(watch.answered("").warning()).isPresent();
        assertThat(watch.failed("status 500").warning()).as("told before").isEmpty();
        assertThat(watch.failuresInARow()).isEqualTo(3);
        AnswerWatch.Verdict again = watch.answered(THREE);
        assertThat(again.recovered()).isTrue();
        assertThat(again.taken()).as("the same as before").isEmpty();
        assertThat(watch.failuresInARow()).isZero();
        assertThat(watch.problem()).isEmpty();
        assertThat(watch.failed("status 500").warning()).isPresent();
    }

    /** An error page with the time in it is another text with each answer. */
    @Test
    void warnings_areBounded_whateverItAnswers() {
        List<String> told = IntStream.range(0, 10 * AnswerWatch.FAULTS_REMEMBERED_MAX)
                .mapToObj(i -> watch.failed("status 503 at " + i).warning())
                .flatMap(Optional::stream)
                .toList();
        assertThat(told).hasSize(AnswerWatch.FAULTS_REMEMBERED_MAX);
        assertThat(watch.failuresInARow()).isEqualTo(10 * AnswerWatch.FAULTS_REMEMBERED_MAX);
    }
}
