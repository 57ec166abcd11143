package io.muster.member.channel;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The cluster secret as a key, from which proofs and session keys are derived by HMAC-SHA256. Without a secret it is a key that all know.
 *
 * <p>The key is stretched (PBKDF2, RFC 8018 §5.2), once for each process: whoever has recorded a handshake and tries secrets on it pays the same for
 * each. To build one takes a tenth of a second; not for an event loop.
 */
final class ClusterSecret {

    /** Bytes of all that is derived. */
    static final int DERIVED_BYTES = 32;

    /** A shorter secret can be found by trying, unless it is random; a warning, no refusal. */
    static final int GOOD_CHARACTERS_MIN = 16;

    private static final String ALGORITHM = "HmacSHA256";
    private static final String STRETCHING = "PBKDF2WithHmacSHA256";
    private static final int ROUNDS = 100_000;

    /** All nodes must come to the same key, so the salt can't be random. */
    private static final byte[] SALT = "muster cluster secret 1".getBytes(StandardCharsets.US_ASCII);

    private final SecretKey key;
    private final boolean isShort;

    ClusterSecret(Optional<String> secret) {
        key = key(secret.isPresent() ? stretched(secret.get()) : SALT);
        isShort = secret.isPresent() && secret.get().length() < GOOD_CHARACTERS_MIN;
    }

    /** Whether there is a secret that is shorter than {@link #GOOD_CHARACTERS_MIN}. */
    boolean isShort() {
        return isShort;
    }

    /** What the secret gives for this purpose and these two nonces; another label gives something unrelated. */
    byte[] derive(String label, byte[] dialerNonce, byte[] acceptorNonce) {
        Mac mac = mac(key);
        mac.update(label.getBytes(StandardCharsets.US_ASCII));
        mac.update((byte) 0);
        mac.update(dialerNonce);
        mac.update(acceptorNonce);
        return mac.doFinal();
    }

    /** A fresh check function under a derived key. */
    static Mac mac(byte[] derivedKey) {
        return mac(key(derivedKey));
    }

    private static Mac mac(SecretKey key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, missing);
        }
    }

    private static byte[] stretched(String secret) {
        PBEKeySpec spec = new PBEKeySpec(secret.toCharArray(), SALT, ROUNDS, DERIVED_BYTES * Byte.SIZE);
        try {
            return SecretKeyFactory.getInstance(STRETCHING).generateSecret(spec).getEncoded();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java platform of 17 has " + STRETCHING, missing);
        } finally {
            spec.clearPassword();
        }
    }

    private static SecretKey key(byte[] bytes) {
        return new SecretKeySpec(bytes, ALGORITHM);
    }
}
