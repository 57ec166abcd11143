package io.muster.naming.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Query strings and form bodies (nacos-v1-http.md §1.1). */
class ParametersTest {

    @ParameterizedTest
    @CsvSource({
        "a=1,                     a, 1",
        "b=2&a=1,                 a, 1",
        "a=1&a=2,                 a, 1",
        "a=&a=2,                  a, 2",
        "a=%20&a=2,               a, 2",
        "a=%20x%20,               a, x",
        "a=x+y,                   a, x y",
        "a=x%2By,                 a, x+y",
        "a=x=y,                   a, x=y",
        "a=%C3%A9,                a, é",
        "serviceName=DEFAULT_GROUP%40%40a, serviceName, DEFAULT_GROUP@@a",
        "%61=1,                   a, 1",
        "&&a=1&,                  a, 1",
    })
    void find_firstValueThatIsNotBlankDecodedAndTrimmed(String query, String name, String value) {
        assertThat(new Parameters(query).find(name)).contains(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a=", "a=%20", "ab=1", "b=a", "=1", "A=1", "&"})
    void find_absentOrBlank(String query) {
        assertThat(new Parameters(query).find("a")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a=%", "a=%4", "a=%zz", "a=1%2", "b=1&a=%u0041"})
    void brokenPercentEncoding_isRefusedByName(String query) {
        assertThatThrownBy(() -> new Parameters(query))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("percent-encoding")
                .hasMessageContaining("'a'");
    }

    @Test
    void moreParametersThanAnyClientSends_areRefused() {
        assertThat(new Parameters("x=1&".repeat(255) + "a=1").find("a")).contains("1");
        assertThatThrownBy(() -> new Parameters("x=1&".repeat(256) + "a=1"))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("at most 256");
    }
}
