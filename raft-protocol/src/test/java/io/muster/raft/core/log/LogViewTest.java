package io.muster.raft.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.raft.InvariantBroken;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LogViewTest {

    /** Against a list with one term for each entry. */
    @Test
    void view_isWhatTheDumbListSays() {
        Random random = new Random(7);
        for (int run = 0; run < 300; run++) {
            LogView view = new LogView(0, 0);
            List<Long> terms = new ArrayList<>(List.of(0L));
            int snapshot = 0;
            long term = 1;
            for (int step = 0; step < 60; step++) {
                int last = terms.size() - 1;
                switch (random.nextInt(5)) {
                    case 0 -> term++;
                    case 1, 2 -> {
                        int count = random.nextInt(4);
                        view.append(term, count);
                        for (int i = 0; i < count; i++) {
                            terms.add(term);
                        }
                    }
                    case 3 -> {
                        if (last > snapshot) {
                            int from = snapshot + 1 + random.nextInt(last - snapshot);
                            view.truncateFrom(from);
                            terms.subList(from, terms.size()).clear();
                        }
                    }
                    default -> {
                        snapshot += random.nextInt(last - snapshot + 1);
                        view.compactTo(snapshot);
                    }
                }
                assertThat(view.lastIndex()).isEqualTo(terms.size() - 1);
                assertThat(view.firstIndex()).isEqualTo(snapshot + 1);
                for (int index = snapshot; index < terms.size(); index++) {
                    assertThat(view.termAt(index)).isEqualTo(terms.get(index));
                }
                assertThat(view.lastTerm()).isEqualTo(terms.get(terms.size() - 1));
                hintsAreWhatTheDumbListSays(view, terms, snapshot);
                assertThat(view.knows(snapshot - 1L)).isFalse();
                assertThat(view.knows(terms.size())).isFalse();
            }
        }
    }

    private static void hintsAreWhatTheDumbListSays(LogView view, List<Long> terms, int snapshot) {
        for (int index = snapshot; index < terms.size(); index++) {
            int first = index;
            while (first > snapshot + 1 && terms.get(first - 1).equals(terms.get(index))) {
                first--;
            }
            assertThat(view.firstIndexOfTermAt(index)).isEqualTo(first);
            long last = terms.lastIndexOf(terms.get(index));
            assertThat(view.lastIndexOfTerm(terms.get(index))).isEqualTo(terms.get(index) == 0 ? 0 : last);
        }
        assertThat(view.lastIndexOfTerm(1_000)).isZero();
    }

    @Test
    void reset_leavesNothingButTheSnapshot() {
        LogView log = new LogView(0, 0);
        log.append(1, 5);

        log.reset(9, 4);

        assertThat(log.firstIndex()).isEqualTo(10);
        assertThat(log.lastIndex()).isEqualTo(9);
        assertThat(log.lastTerm()).isEqualTo(4);
        log.append(4, 1);
        assertThat(log.lastIndexOfTerm(4)).isEqualTo(10);
    }

    /** Raft paper §5.4.1: the later last term wins, then the longer log. */
    @Test
    void isCoveredBy_comparesTermsBeforeLengths() {
        LogView log = new LogView(0, 0);
        log.append(1, 5);
        log.append(3, 2);

        assertThat(log.isCoveredBy(1, 4)).as("shorter, later term").isTrue();
        assertThat(log.isCoveredBy(7, 3)).as("equal").isTrue();
        assertThat(log.isCoveredBy(8, 3)).as("longer").isTrue();
        assertThat(log.isCoveredBy(6, 3)).as("shorter").isFalse();
        assertThat(log.isCoveredBy(100, 2)).as("longer, earlier term").isFalse();
    }

    @Test
    void brokenInvariants_areNotGoneOnWith() {
        LogView log = new LogView(5, 2);
        log.append(3, 1);

        assertThatThrownBy(() -> log.append(2, 1)).isInstanceOf(InvariantBroken.class);
        assertThatThrownBy(() -> log.truncateFrom(5)).isInstanceOf(InvariantBroken.class);
        assertThatThrownBy(() -> log.termAt(4)).isInstanceOf(IllegalArgumentException.class);
    }
}
