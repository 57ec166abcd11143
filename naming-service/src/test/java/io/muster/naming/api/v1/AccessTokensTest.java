package io.muster.naming.api.v1;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** nacos-v1-http.md §9. */
class AccessTokensTest {

    private static final byte[] KEY = "0123456789abcdef0123456789abcdef".getBytes(US_ASCII);
    private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);

    private final AccessTokens tokens = new AccessTokens(KEY, 18_000, () -> NOW);

    @Test
    void aTokenNamesUserAndExpiry() throws Exception {
        List<String> parts = List.of(tokens.issue("o'hara\"é").split("\\.", -1));
        assertThat(parts).hasSize(3);
        assertThat(json(parts.get(0)).get("alg").asText()).isEqualTo("HS256");
        assertThat(json(parts.get(1)).get("sub").asText()).isEqualTo("o'hara\"é");
        assertThat(json(parts.get(1)).get("exp").asLong()).isEqualTo(1_700_018_000);
    }

    @Test
    void theSignatureCoversHeaderAndClaims() throws Exception {
        String token = tokens.issue("nacos");
        int end = token.lastIndexOf('.');
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
        assertThat(Base64.getUrlDecoder().decode(token.substring(end + 1)))
                .isEqualTo(mac.doFinal(token.substring(0, end).getBytes(US_ASCII)));
    }

    @Test
    void aKeyShorterThanTheHashIsRefused() {
        assertThatThrownBy(() -> new AccessTokens(new byte[31], 1, () -> NOW))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("32");
    }

    private static JsonNode json(String part) throws Exception {
        return new ObjectMapper().readTree(new String(Base64.getUrlDecoder().decode(part), UTF_8));
    }
}
