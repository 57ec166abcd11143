package io.muster.naming.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What admins may define, and what not. */
class DefinitionsTest {

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 1, -1})
    void protectThreshold_withinRangeOrOff_isTaken(double threshold) {
        assertThat(new ServiceDefinition(threshold, Metadata.EMPTY, Selector.NONE).protectThreshold())
                .isEqualTo(threshold);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.1, -2, Double.NaN, Double.POSITIVE_INFINITY})
    void protectThreshold_beyond_isRefused(double threshold) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ServiceDefinition(threshold, Metadata.EMPTY, Selector.NONE));
    }

    @Test
    void selector_labels_areReadInOrder() {
        Selector selector = Selector.of(
                "Label", "CONSUMER.label.site = PROVIDER.label.site & CONSUMER.label.zone=PROVIDER.label.zone");

        assertThat(selector.labels()).containsExactly("site", "zone");
        assertThat(Selector.of("none", "whatever")).isEqualTo(Selector.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "CONSUMER.label.a",
                "CONSUMER.label.a=PROVIDER.label.b",
                "CONSUMER.label.=PROVIDER.label.",
                "CONSUMER.label.a=PROVIDER.label.a&",
                "a=a"
            })
    void selector_unreadableExpression_isRefused(String expression) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Selector.of("label", expression))
                .withMessage("parse expression failed!");
    }

    @Test
    void selector_otherType_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Selector.of("unknown", ""))
                .withMessage("not match any type of selector!");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a.b", "ä", "a#b"})
    void namespaceId_withOtherCharacters_isRefused(String id) {
        assertThatIllegalArgumentException().isThrownBy(() -> new NamespaceDefinition(id, "n", "", Metadata.EMPTY));
    }

    @Test
    void healthChecker_doesNotTellItsPassword() {
        assertThat(new HealthChecker.Mysql("u", "secret", "select 1").toString())
                .doesNotContain("secret");
    }
}
