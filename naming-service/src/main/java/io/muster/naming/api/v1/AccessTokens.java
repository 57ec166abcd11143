package io.muster.naming.api.v1;

import io.muster.naming.api.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * Issues access tokens: JSON Web Tokens signed with HMAC-SHA256 (RFC 7519, RFC 7515), subject and expiry in them as
 * Nacos has them. Any thread.
 *
 * <p>The key is drawn by the launcher and kept in the data directory: a restart must not invalidate tokens, since 1.x
 * clients log in anew only when their time is up (nacos-v1-http.md §9), and no key is ever shipped (X24).
 */
public final class AccessTokens {

    private static final String ALGORITHM = "HmacSHA256";

    /** As long as the hash (RFC 7518 §3.2). */
    private static final int KEY_BYTES_MIN = 32;

    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final String HEADER = encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8));

    private final SecretKey key;
    private final long ttlSeconds;
    private final InstantSource clock;

    /**
     * @param key at least 32 random bytes
     * @param ttlSeconds how long a token is good
     */
    public AccessTokens(byte[] key, long ttlSeconds, InstantSource clock) {
        if (key.length < KEY_BYTES_MIN) {
            throw new IllegalArgumentException(
                    "a signing key has at least " + KEY_BYTES_MIN + " bytes, this one " + key.length);
        }
        this.key = new SecretKeySpec(key, ALGORITHM);
        this.ttlSeconds = ttlSeconds;
        this.clock = clock;
    }

    public long ttlSeconds() {
        return ttlSeconds;
    }

    /** A token that names the user until its time is up. */
    public String issue(String user) {
        long expires = clock.instant().getEpochSecond() + ttlSeconds;
        byte[] claims = Json.bytes(json -> {
                    json.writeStartObject();
                    json.writeStringField("sub", user);
                    json.writeNumberField("exp", expires);
                    json.writeEndObject();
                })
                .getBytes();
        String signed = HEADER + '.' + encode(claims);
        return signed + '.' + encode(signature(signed));
    }

    private byte[] signature(String signed) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    private static String encode(byte[] bytes) {
        return BASE64.encodeToString(bytes);
    }
}
