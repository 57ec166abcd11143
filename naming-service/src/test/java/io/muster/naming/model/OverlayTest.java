package io.muster.naming.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import java.util.Optional;
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
