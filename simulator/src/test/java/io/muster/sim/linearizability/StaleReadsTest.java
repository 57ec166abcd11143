package io.muster.sim.linearizability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.sim.linearizability.StaleReads.Fault;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Invariant IR12, its second half: stale reads are a prefix state with bounded age. */
class StaleReadsTest {

    private static final Optional<Fault> FINE = Optional.empty();

    private final StaleReads<String> reads = new StaleReads<>();

    /** x: a from 10, b from 30, absent from 50; y: c from 20, d from 40. */
    @BeforeEach
    void writes() {
        reads.committed("x", Optional.of("a"), 10);
        reads.committed("y", Optional.of("c"), 20);
        reads.committed("x", Optional.of("b"), 30);
        reads.committed("y", Optional.of("d"), 40);
        reads.committed("x", Optional.empty(), 50);
    }

    @Test
    void read_ofAnyStateThatOnceWas_isFine() {
        assertThat(readAt(60, "n1", Map.of("x", Optional.empty(), "y", Optional.empty())))
                .isEqualTo(FINE);
        assertThat(readAt(60, "n2", Map.of("x", Optional.of("a"), "y", Optional.of("c"))))
                .isEqualTo(FINE);
        assertThat(readAt(60, "n3", Map.of("x", Optional.empty(), "y", Optional.of("d"))))
                .isEqualTo(FINE);
    }

    @Test
    void read_ofAStateThatNeverWas_isAFault() {
        assertThat(readAt(60, "n1", Map.of("x", Optional.of("z")))).contains(Fault.NEVER_THE_STATE);
        assertThat(readAt(60, "n1", Map.of("x", Optional.of("a"), "y", Optional.of("d"))))
                .contains(Fault.NEVER_THE_STATE);
    }

    @Test
    void read_ofWhatIsNotYetCommitted_isAFault() {
        assertThat(readAt(29, "n1", Map.of("x", Optional.of("b")))).contains(Fault.NOT_YET_COMMITTED);
        assertThat(readAt(30, "n1", Map.of("x", Optional.of("b")))).isEqualTo(FINE);
    }

    @Test
    void read_ofAStateThatIsTooOld_isAFault() {
        assertThat(read("n1", Map.of("x", Optional.of("a")), 29, 60)).isEqualTo(FINE);
        assertThat(read("n1", Map.of("x", Optional.of("a")), 30, 60)).contains(Fault.TOO_OLD);
    }

    @Test
    void read_thatGoesBack_isAFaultForTheSameReaderOnly() {
        assertThat(readAt(60, "n1", Map.of("x", Optional.of("b")))).isEqualTo(FINE);
        assertThat(readAt(60, "n1", Map.of("x", Optional.of("a")))).contains(Fault.WENT_BACK);
        assertThat(readAt(60, "n2", Map.of("x", Optional.of("a")))).isEqualTo(FINE);
    }

    /** An absence may be the first or the last; taken as the first, it leaves room for what the reader sees next. */
    @Test
    void read_isTakenToShowTheEarliestStateThatFits() {
        assertThat(readAt(60, "n1", Map.of("x", Optional.empty()))).isEqualTo(FINE);
        assertThat(readAt(60, "n1", Map.of("x", Optional.of("a")))).isEqualTo(FINE);
        assertThat(readAt(60, "n1", Map.of("x", Optional.empty()))).isEqualTo(FINE);
        assertThat(readAt(60, "n1", Map.of("x", Optional.of("b")))).contains(Fault.WENT_BACK);
    }

    @Test
    void readAll_missesNoKey() {
        assertThat(readAllAt(60, Map.of("x", "b", "y", "d"))).isEqualTo(FINE);
        assertThat(readAllAt(60, Map.of("y", "d"))).isEqualTo(FINE);
        assertThat(readAllAt(60, Map.of("x", "b"))).contains(Fault.NEVER_THE_STATE);
        assertThat(readAllAt(60, Map.of("y", "d", "z", "e"))).contains(Fault.NEVER_THE_STATE);
    }

    @Test
    void violation_tellsWhatWasRead() {
        assertThat(reads.read("n1", Map.of("x", Optional.of("z")), StaleReads.ANY_AGE, 60))
                .hasValueSatisfying(violation ->
                        assertThat(violation.text()).contains("NEVER_THE_STATE", "n1", "x=Optional[z]", "5 writes"));
    }

    @Test
    void committed_outOfOrder_isRefused() {
        assertThatThrownBy(() -> reads.committed("x", Optional.of("e"), 49))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("before its predecessor");
    }

    private Optional<Fault> readAt(long answered, String reader, Map<String, Optional<String>> seen) {
        return read(reader, seen, StaleReads.ANY_AGE, answered);
    }

    private Optional<Fault> readAllAt(long answered, Map<String, String> seen) {
        return reads.readAll("n1", seen, StaleReads.ANY_AGE, answered).map(StaleReads.Violation::fault);
    }

    private Optional<Fault> read(String reader, Map<String, Optional<String>> seen, long asOf, long answered) {
        return reads.read(reader, seen, asOf, answered).map(StaleReads.Violation::fault);
    }
}
