package io.muster.naming.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** X12: an operator's word, field by field. */
class OverlayTest {

    private static final Instance INSTANCE = Instance.ephemeral(new InstanceKey("10.0.0.1", 80, "DEFAULT"));
    private static final Overlay WEIGHT = new Overlay(Optional.of(5.0), Optional.empty(), Optional.empty());
    private static final Overlay DISABLED = new Overlay(Optional.empty(), Optional.of(false), Optional.empty());

    @Test
    void then_keepsWhatTheLaterWordDoesNotMention() {
        Overlay both = WEIGHT.then(DISABLED);

        assertThat(both).isEqualTo(new Overlay(Optional.of(5.0), Optional.of(false), Optional.empty()));
        assertThat(both.then(new Overlay(Optional.of(2.0), Optional.empty(), Optional.empty())))
                .isEqualTo(new Overlay(Optional.of(2.0), Optional.of(false), Optional.empty()));
    }

    @Test
    void then_mergesMetadataByKey() {
        Overlay zone = Overlay.ofMetadata(MetadataEdit.put(Metadata.of(Map.of("zone", "a"))));
        Overlay site = Overlay.ofMetadata(MetadataEdit.put(Metadata.of(Map.of("site", "b"))));

        Instance shown = zone.then(site).applyTo(INSTANCE.withMetadata(Metadata.of(Map.of("own", "c"))));

        assertThat(shown.metadata()).isEqualTo(Metadata.of(Map.of("zone", "a", "site", "b", "own", "c")));
    }

    @Test
    void applyTo_leavesOtherFieldsToTheClient() {
        assertThat(WEIGHT.applyTo(INSTANCE)).isEqualTo(INSTANCE.withWeight(5));
        assertThat(DISABLED.applyTo(INSTANCE)).isEqualTo(INSTANCE.withEnabled(false));
    }

    /** Of two words, the later tells when and by whom; the note of an absence does not outlive a word. */
    @Test
    void then_bearsTheLaterStamp() {
        WordStamp later = new WordStamp(8, 2_000, "bob");

        Overlay both =
                WEIGHT.saidAs(new WordStamp(7, 1_000, "alice")).absentSince(5).then(DISABLED.saidAs(later));

        assertThat(both.said()).isEqualTo(later);
        assertThat(both.absentSinceWallMillis()).isZero();
    }

    @Test
    void then_ofAReset_forgetsAllBefore_andWhatFollowsStillTakesItBack() {
        Overlay reset = WEIGHT.then(Overlay.reset()).then(DISABLED);

        assertThat(reset.weight()).isEmpty();
        assertThat(reset.enabled()).contains(false);
        assertThat(reset.resets()).isTrue();
        assertThat(reset.stored()).isEqualTo(DISABLED);
    }

    private static WordStamp number(long number) {
        return new WordStamp(number, 1_000, "alice");
    }

    @Test
    void saidUpon_carriesWhatItDoesNotSayAnew_underTheEarlierNumber() {
        Overlay word = DISABLED.saidAs(number(8)).saidUpon(WEIGHT.then(DISABLED).saidAs(number(7)));

        assertThat(word.upon()).contains(WEIGHT.saidAs(number(7)));
        assertThat(word.merged()).isEqualTo(WEIGHT.then(DISABLED).saidAs(number(8)));
        assertThat(word.applyTo(INSTANCE)).isEqualTo(INSTANCE.withWeight(5).withEnabled(false));
        assertThat(WEIGHT.saidAs(number(9)).saidUpon(word).upon()).contains(DISABLED.saidAs(number(8)));
        assertThat(Overlay.reset().saidAs(number(9)).saidUpon(word).upon()).isEmpty();
    }

    @Test
    void after_leavesWhatIsLater() {
        Overlay word = DISABLED.saidAs(number(8)).saidUpon(WEIGHT.saidAs(number(5)));

        assertThat(word.after(4)).contains(word);
        assertThat(word.after(5)).contains(DISABLED.saidAs(number(8)));
        assertThat(word.after(7)).contains(DISABLED.saidAs(number(8)));
        assertThat(word.after(8)).isEmpty();
    }

    @Test
    void saidUpon_aWordThatTakesAllBack_takesItBackStill_andIsStoredWithoutIt() {
        Overlay word = DISABLED.saidAs(number(8)).saidUpon(Overlay.reset().saidAs(number(7)));

        assertThat(word.takesAllBack()).isTrue();
        assertThat(WEIGHT.then(word).stored()).isEqualTo(DISABLED.saidAs(number(8)));
        assertThat(WEIGHT.then(word.after(7).orElseThrow()).weight()).contains(5.0);
    }

    /** The earliest count as said with the first of them: what was stored since stands. */
    @Test
    void saidUpon_tooMany_makesOneOfTheEarliest() {
        Overlay word = zone(1);
        for (int number = 2; number <= Overlay.CARRIED_MAX + 2; number++) {
            word = zone(number).saidUpon(word);
        }

        assertThat(word.after(1)
                        .orElseThrow()
                        .merged()
                        .metadata()
                        .orElseThrow()
                        .put()
                        .size())
                .isEqualTo(Overlay.CARRIED_MAX - 1);
        assertThat(word.merged().metadata().orElseThrow().put().size()).isEqualTo(Overlay.CARRIED_MAX + 2);
    }

    /** Else readers would meet what can't be: the first word is stored, and what is left of the others drops more than an overlay may. */
    @Test
    void saidUpon_whatIsTooMuchWithoutTheFirst_isRefusedAtOnce() {
        Overlay first = Overlay.ofMetadata(MetadataEdit.replace(Metadata.EMPTY)).saidAs(number(1));
        Overlay second = dropped("a").saidAs(number(2)).saidUpon(first);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> dropped("b").saidAs(number(3)).saidUpon(second));
    }

    private static Overlay dropped(String prefix) {
        return Overlay.ofMetadata(MetadataEdit.remove(
                IntStream.range(0, 200).mapToObj(i -> prefix + i).toList()));
    }

    private static Overlay zone(int number) {
        return Overlay.ofMetadata(MetadataEdit.put(Metadata.of(Map.of("zone" + number, "a"))))
                .saidAs(number(number));
    }

    @Test
    void isEmpty_asksForFieldsOnly() {
        assertThat(Overlay.reset().saidAs(new WordStamp(7, 1_000, "alice")).isEmpty())
                .isTrue();
        assertThat(WEIGHT.isEmpty()).isFalse();
    }

    @Test
    void stamp_namesAreCutToTheirBound() {
        String longName = "x".repeat(WordStamp.BY_CHARS_MAX + 1);

        assertThat(WordStamp.cut(longName)).hasSize(WordStamp.BY_CHARS_MAX);
        assertThat(new WordStamp(1, 1, WordStamp.cut(longName)).by()).endsWith("…");
        assertThat(new WordStamp(1, 1, WordStamp.cut("x" + "😀".repeat(100))).by())
                .as("no half character")
                .endsWith("😀…");
        assertThatIllegalArgumentException().isThrownBy(() -> new WordStamp(1, 1, longName));
        assertThatIllegalArgumentException().isThrownBy(() -> new WordStamp(-1, 1, ""));
        assertThatIllegalArgumentException().isThrownBy(() -> WEIGHT.absentSince(-1));
    }
}
