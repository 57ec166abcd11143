package io.muster.sim.linearizability;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StandardRulesTest {

    @Test
    void failures_areLeftOut() {
        assertThat(kept("c1 [put x a]  [put x b]!  [get x b]")).containsExactly("put x a", "get x b");
    }

    @Test
    void unknownReads_areLeftOut() {
        assertThat(kept("c1 [put x a]  [get x]?")).containsExactly("put x a");
    }

    @Test
    void unknownWrites_neverReturn() {
        assertThat(apply("c1 [put x a]  [put x b]?  [get x b]").keySet())
                .extracting(Operation::ret)
                .contains(Moment.NEVER)
                .hasSize(3);
    }

    @Test
    void unknownWritesThatNobodyRead_areLeftOut() {
        assertThat(kept("c1 [put x a]?  [put x b]?  [put y a]?  [get x b]  [list y=b]"))
                .containsExactly("put x b", "get x b", "list y=b");
    }

    @Test
    void unknownWritesThatWereListed_stay() {
        assertThat(kept("c1 [put x a]?  [list x=a]")).containsExactly("put x a", "list x=a");
    }

    @Test
    void unknownWritesThatACompareAndSetExpects_stay() {
        assertThat(kept("c1 [put x a]?  [cas x a>b ok]")).containsExactly("put x a", "cas x a>b ok");
    }

    /** The second write is gone, so nobody expects the first any more. */
    @Test
    void chainsOfUnknownWritesThatNobodySaw_areLeftOut() {
        assertThat(kept("c1 [put x a]?  [cas x a>b]?  [cas x b>c]?  [get x nil]"))
                .containsExactly("get x nil");
    }

    /** Whichever of them came last, nobody can tell. */
    @Test
    void writesThatNobodySaw_allWriteTheSame() {
        assertThat(apply("c1 [put x a]  [put x b]  [put x c]  [put y d]  [get x b]")
                        .keySet())
                .extracting(Operation::command)
                .containsExactly(
                        new StoreCommand.Put("a"),
                        new StoreCommand.Put("b"),
                        new StoreCommand.Put("a"),
                        new StoreCommand.Put("d"),
                        new StoreCommand.Read());
    }

    /** They may have caused the conflict. */
    @Test
    void unknownWritesOnAKeyWithAConflict_stay() {
        assertThat(kept("c1 [put x a]?  [put y a]?  [cas x nil>b no]")).containsExactly("put x a", "cas x nil>b no");
    }

    @Test
    void unknownDeletes_stay() {
        assertThat(kept("c1 [del x]?")).containsExactly("del x");
    }

    private static List<String> kept(String row) {
        return List.copyOf(apply(row).values());
    }

    private static Map<Operation<StoreCommand, StoreResult>, String> apply(String row) {
        Map<Operation<StoreCommand, StoreResult>, String> labels = HandMadeHistory.timeline(List.of(row));
        Map<Moment, String> labelsByCall = new HashMap<>();
        labels.forEach((operation, label) -> labelsByCall.put(operation.call(), label));
        Map<Operation<StoreCommand, StoreResult>, String> kept = new LinkedHashMap<>();
        new StandardRules<>(new MapModel())
                .apply(List.copyOf(labels.keySet()))
                .forEach(operation -> kept.put(operation, labelsByCall.getOrDefault(operation.call(), "?")));
        return kept;
    }
}
