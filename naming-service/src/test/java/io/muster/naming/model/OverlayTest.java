package io.muster.naming.model;

import static org.assertj.core.api.Assertions.assertThat;

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
}
