package io.muster.member.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.MemberAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** R61: a change is taken up while running; a broken file keeps the last good list. */
class ListWatchTest {

    private static final MemberAddress A = new MemberAddress("10.0.0.1", 8848, 7848);
    private static final MemberAddress B = new MemberAddress("10.0.0.2", 8848, 7848);

    private final ListWatch watch = new ListWatch("the list", "at start", List.of(A));

    @Test
    void unchangedFile_needsNoReading() {
        assertThat(watch.wants("at start")).isFalse();
        assertThat(watch.saw(look("at start", "10.0.0.2"))).isEqualTo(ListWatch.Verdict.NOTHING);
    }

    @Test
    void change_isTaken_onceItIsStill() {
        assertThat(watch.saw(look("later", "10.0.0.1\n10.0.0.2")).taken()).isEmpty();
        assertThat(watch.saw(look("later", "10.0.0.1\n10.0.0.2")).taken()).contains(List.of(A, B));
        assertThat(watch.wants("later")).isFalse();
    }

    @Test
    void fileThatChangesBetweenAnyTwoLooks_isNeverTaken() {
        List<ListWatch.Verdict> verdicts = IntStream.range(0, 1_000)
                .mapToObj(i -> watch.saw(look("write " + i, i % 2 == 0 ? "10.0.0.2" : "garbage here")))
                .toList();

        assertThat(verdicts).allMatch(verdict -> verdict.taken().isEmpty());
        assertThat(verdicts.stream().flatMap(verdict -> verdict.warnings().stream()))
                .as("told once, after half a minute")
                .singleElement()
                .asString()
                .contains("the list is being written all the time");
        assertThat(watch.problem()).contains("written all the time");
        assertThat(still("still", "10.0.0.1\n10.0.0.2").taken()).contains(List.of(A, B));
        assertThat(watch.problem()).isEmpty();
    }

    /** An agent that writes the same file anew all the time keeps no good change out. */
    @Test
    void fileThatIsTouchedAllTheTime_isTaken_onceItHasLongSaidTheSame() {
        List<ListWatch.Verdict> verdicts = IntStream.range(0, ListWatch.UNSETTLED_LOOKS_MAX)
                .mapToObj(i -> watch.saw(look("touch " + i, "10.0.0.1\n10.0.0.2")))
                .toList();

        assertThat(verdicts.subList(0, verdicts.size() - 1)).containsOnly(ListWatch.Verdict.NOTHING);
        assertThat(verdicts.get(verdicts.size() - 1).taken()).contains(List.of(A, B));
        assertThat(verdicts.get(verdicts.size() - 1).warnings()).isEmpty();
    }

    /** A piece that is seen again and again between whole ones is no list. */
    @Test
    void pieceOfAFileThatIsWrittenAllTheTime_isNotTaken() {
        List<ListWatch.Verdict> verdicts = IntStream.range(0, 10 * ListWatch.UNSETTLED_LOOKS_MAX)
                .mapToObj(i -> watch.saw(look("write " + i, i % 50 == 0 ? "10.0.0.1\n10.0.0.2" : "10.0.0.2")))
                .toList();

        assertThat(verdicts).allMatch(verdict -> verdict.taken().isEmpty());
    }

    @Test
    void sameStampButOtherBytes_isNotStill() {
        watch.saw(look("coarse clock", "10.0.0.1\n10.0"));
        assertThat(watch.saw(look("coarse clock", "10.0.0.1\n10.0.0.2")).taken())
                .isEmpty();
        assertThat(watch.saw(look("coarse clock", "10.0.0.1\n10.0.0.2")).taken())
                .contains(List.of(A, B));
    }

    @Test
    void fault_keepsTheList_andIsToldOnce_untilAGoodListHasCome() {
        assertThat(still("bad", "10.0.0.1\n10.0.0.2:99999").warnings())
                .singleElement()
                .asString()
                .contains("the list, line 2", "10.0.0.2:99999");
        assertThat(still("touched", "10.0.0.1\n10.0.0.2:99999").warnings()).isEmpty();
        assertThat(still("mended", "10.0.0.1\n10.0.0.2").taken()).contains(List.of(A, B));
        assertThat(still("bad again", "10.0.0.1\n10.0.0.2:99999").warnings()).hasSize(1);
    }

    @Test
    void emptyFile_isAFault() {
        ListWatch.Verdict verdict = still("emptied", "# nobody\n");
        assertThat(verdict.taken()).isEmpty();
        assertThat(verdict.warnings()).singleElement().asString().contains("names no member");
    }

    @Test
    void fileThatIsGone_isAFault() {
        ListWatch.Look gone = new ListWatch.Look("none", new ListWatch.Content.Unreadable(List.of("no such file")));
        watch.saw(gone);
        assertThat(watch.saw(gone).warnings()).containsExactly("no such file");
    }

    @Test
    void sameMembersInOtherWords_changeNothing() {
        assertThat(still("with a comment", "# ours\n10.0.0.1:8848\n")).isEqualTo(ListWatch.Verdict.NOTHING);
    }

    @Test
    void warnings_areBounded_whateverIsWritten() {
        List<String> warnings = new ArrayList<>();
        for (int i = 0; i < 10 * ListWatch.FAULTS_REMEMBERED_MAX; i++) {
            warnings.addAll(still("nonsense " + i, "host:" + (70_000 + i)).warnings());
        }
        assertThat(warnings).hasSize(ListWatch.FAULTS_REMEMBERED_MAX);
    }

    private ListWatch.Verdict still(String stamp, String text) {
        watch.saw(look(stamp, text));
        return watch.saw(look(stamp, text));
    }

    private static ListWatch.Look look(String stamp, String text) {
        return new ListWatch.Look(stamp, new ListWatch.Content.Read(MemberList.ofText(text)));
    }
}
