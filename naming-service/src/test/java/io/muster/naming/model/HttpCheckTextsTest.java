package io.muster.naming.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.naming.model.RequestHeaders.Header;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link ResponseCodes} and {@link RequestHeaders}. */
class HttpCheckTextsTest {

    @Test
    void codes_containTheirRanges() {
        ResponseCodes codes = ResponseCodes.parse("200-299, 401");
        assertThat(codes.contain(200)).isTrue();
        assertThat(codes.contain(299)).isTrue();
        assertThat(codes.contain(300)).isFalse();
        assertThat(codes.contain(401)).isTrue();
        assertThat(ResponseCodes.of(new HealthChecker.Http("/", "", 302)).contain(302))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "200,",
                "99",
                "600",
                "2000",
                "300-200",
                "-200",
                "200--299",
                "٢٠٠",
                "200,201,202,203,204,205,206,207,208,209,210,211,212,213,214,215,216"
            })
    void codes_thatAreNone_areRefused(String text) {
        assertThatThrownBy(() -> ResponseCodes.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void headers_areReadInOrder() {
        assertThat(RequestHeaders.parse("X-Token: a:b |k2:v2||empty:"))
                .containsExactly(new Header("X-Token", "a:b"), new Header("k2", "v2"), new Header("empty", ""));
        assertThat(RequestHeaders.parse("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "k",
                ":v",
                "k k:v",
                "k\n:v",
                "k:v\r\nEvil: 1",
                "k:\u0001",
                "k:ü",
                "a:1|b:2|A:3",
                "HOST:x",
                "Transfer-Encoding:chunked",
                "a:1|b:1|c:1|d:1|e:1|f:1|g:1|h:1|i:1|j:1|k:1|l:1|m:1|n:1|o:1|p:1|q:1"
            })
    void headers_thatAServerMustNotSend_areRefused(String text) {
        assertThatThrownBy(() -> RequestHeaders.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aChecker_doesNotShowWhatItsHeadersHold() {
        assertThat(new HealthChecker.Http("/x", "Authorization:Bearer secret|k:v", 200).toString())
                .isEqualTo("Http[path=/x, headers=[Authorization, k], codes=200]");
    }
}
