package io.muster.sim.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ViolationReportTest {

    private static final String TIMELINE = """
            c1 [put x a]             [put x <e>]!
            c2            [put x b]?                    [get x a]
            c3                         [get x b]
            c4                 [--------------put x d--------------]
            c5                                              [---cas x c>f ok---]
            """;

    @Test
    void text_tellsWhatCannotBePlaced_andWhatCouldBe() {
        assertThat(ViolationText.of(violation(TIMELINE))).isEqualTo("""
                        not linearizable: key x, 7 operations; cannot be placed:
                          c2 [44, 52] x: read → a
                          in state d it would return d
                        longest prefix that can be placed: 4 operations
                          1. c1 [3, 11] x: put a → done; state a
                          2. c2 [14, 22] x: put b → unknown; state b
                          3. c3 [27, 35] x: read → b; state b
                          4. c4 [19, 55] x: put d → done; state d
                        called before that returned, not placed: 1
                          c5 [48, 67] x: cas c to f → done
                        failed, so must have had no effect: 1
                          c1 [25, 35] x: put <e> → failed
                        """);
    }

    /** The end of a long prefix tells the story. */
    @Test
    void text_isBounded() {
        StringBuilder row = new StringBuilder("c1");
        for (int i = 0; i < 100; i++) {
            row.append(" [put x v").append(i).append("]");
        }
        String text = ViolationText.of(violation(row + " [get x a]"));

        assertThat(text)
                .contains("100 operations, the last 20 of them:", "100. c1")
                .doesNotContain("  80. c1");
        assertThat(text.lines()).hasSizeLessThan(30);
    }

    @Test
    void html_drawsEachOperation_andEscapesWhatClientsWrote() {
        String html = ViolationHtml.of(violation(TIMELINE));

        assertThat(html)
                .startsWith("<!DOCTYPE html>")
                .contains("Not linearizable: x")
                .contains("class=\"operation blocked\"", "x read → a</div>")
                .contains("class=\"operation placed\"", "1. x put a → done</div>")
                .contains("class=\"operation placed unknown\"", "2. x put b → unknown</div>")
                .contains("class=\"operation open\"", "x cas c to f → done</div>")
                .contains("class=\"operation failed\"", "put &lt;e&gt; → failed</div>")
                .doesNotContain("<e>");
    }

    private static Verdict.Violation<StoreCommand, StoreResult> violation(String timeline) {
        History<StoreCommand, StoreResult> history = new History<>(
                List.copyOf(HandMadeHistory.timeline(timeline.lines().toList()).keySet()));
        return (Verdict.Violation<StoreCommand, StoreResult>)
                LinearizabilityChecker.perKey(new RegisterModel()).check(history);
    }
}
