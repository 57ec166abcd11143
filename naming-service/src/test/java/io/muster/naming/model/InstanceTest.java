package io.muster.naming.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InstanceTest {

    private static final InstanceKey KEY = new InstanceKey("10.0.0.1", 80, "DEFAULT");
    private static final Instance PLAIN = Instance.ephemeral(KEY);

    @ParameterizedTest
    @CsvSource({"0, 0", "-0.0, 0", "0.001, 0.01", "0.01, 0.01", "1, 1", "10000, 10000"})
    void weight_isStoredWithinItsBounds(double given, double stored) {
        // Compared as objects: −0.0 must have become 0.0, or equal instances would have two encodings.
        assertThat(Double.valueOf(PLAIN.withWeight(given).weight())).isEqualTo(Double.valueOf(stored));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 10_000.1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -1})
    void weight_outOfRangeOrNoNumber_isRefused(double weight) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PLAIN.withWeight(weight))
                .withMessage("instance format invalid: The weights range from 0.0 to 10000.0");
    }

    @Test
    void instanceId_isNamedAfterTheAddressUnlessNumbered() {
        assertThat(InstanceIds.of(PLAIN, "g@@s")).isEqualTo("10.0.0.1#80#DEFAULT#g@@s");
        assertThat(InstanceIds.of(PLAIN.withNumber(7), "g@@s")).isEqualTo("7");
    }

    @ParameterizedTest
    @CsvSource({"snowflake, true", "SnowFlake, true", "simple, false", "other, false"})
    void instanceId_isNumberedOnlyForSnowflake(String generator, boolean numbered) {
        assertThat(InstanceIds.wantsNumber(Metadata.of(Map.of(InstanceIds.GENERATOR_KEY, generator))))
                .isEqualTo(numbered);
    }

    @Test
    void patch_changesOnlyWhatItGives() {
        Instance known =
                PLAIN.withWeight(3).withMetadata(Metadata.of(Map.of("a", "1"))).withNumber(4);
        InstancePatch patch = new InstancePatch(
                Optional.empty(),
                Optional.of(false),
                Optional.empty(),
                Optional.of(Metadata.of(Map.of("b", "2"))),
                Optional.empty());

        assertThat(patch.applyTo(known))
                .isEqualTo(known.withEnabled(false).withMetadata(Metadata.of(Map.of("b", "2"))));
        assertThat(InstancePatch.NOTHING.applyTo(known)).isEqualTo(known);
        assertThat(InstancePatch.NOTHING.toOverlay().isEmpty()).isTrue();
    }

    @Test
    void patch_asWholeInstance_takesDefaults() {
        assertThat(InstancePatch.NOTHING.toInstance(KEY, true)).isEqualTo(PLAIN);
    }
}
