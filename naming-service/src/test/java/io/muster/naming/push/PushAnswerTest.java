package io.muster.naming.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PushAnswerTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\": \"push-ack\", \"lastRefTime\":\"9007199254740991\", \"data\":\"\"}",
                "{\"type\":\"push-ack\",\"lastRefTime\":9007199254740991,\"data\":\"\"}"
            })
    void token_isReadAsTextAndAsNumber(String answer) {
        assertThat(PushAnswer.token(Buffer.buffer(answer))).hasValue(9_007_199_254_740_991L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "[]",
                "{}",
                "null",
                "7",
                "{\"type\":\"unknown-ack\",\"lastRefTime\":\"1\"}",
                "{\"type\":\"push-ack\"}",
                "{\"type\":\"push-ack\",\"lastRefTime\":\"abc\"}",
                "{\"type\":\"push-ack\",\"lastRefTime\":{}}",
                "{\"type\":7,\"lastRefTime\":1}"
            })
    void anythingElse_isNoAnswer(String answer) {
        assertThat(PushAnswer.token(Buffer.buffer(answer))).isEmpty();
    }

    /** Whoever finds the port may send anything. */
    @Test
    void noise_isNoAnswer() {
        Random random = new Random(9);
        for (int i = 0; i < 10_000; i++) {
            byte[] noise = new byte[random.nextInt(60)];
            random.nextBytes(noise);
            assertThat(PushAnswer.token(Buffer.buffer(noise))).isEmpty();
        }
        assertThat(PushAnswer.token(Buffer.buffer(
                        "{\"type\":\"push-ack\",\"lastRefTime\":1,\"data\":\"" + "x".repeat(2_000) + "\"}")))
                .isEmpty();
    }
}
