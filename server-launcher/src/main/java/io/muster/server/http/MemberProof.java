package io.muster.server.http;

import io.muster.member.NodeId;
import io.muster.server.config.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Proves to one member that one HTTP request comes from another, without the cluster secret on the wire: HMAC-SHA256 under a key that is stretched from the
 * secret, over who is asked, method, path and query, body, time and a nonce. What somebody hears on the way opens nothing else, nobody else, and
 * nothing twice. Any thread.
 *
 * <pre>Muster-Member-Proof: 1 TIME NONCE MAC      milliseconds since 1970, 32 and 64 hex digits</pre>
 */
public final class MemberProof {

    static final String HEADER = "Muster-Member-Proof";

    /** How far the clocks of two members may be apart, and how long a request may be under way, together. */
    static final long AGE_MILLIS_MAX = 30_000;

    /** Proofs remembered until they are too old to be repeated; only members can fill this, and they ask rarely. */
    static final int REMEMBERED_MAX = 10_000;

    private static final String ALGORITHM = "HmacSHA256";
    private static final String STRETCHING = "PBKDF2WithHmacSHA256";
    private static final int ROUNDS = 100_000;
    private static final int KEY_BITS = 256;

    /** Another than the peer channel's: neither's proofs are the other's. */
    private static final byte[] SALT = "muster member proof 1".getBytes(StandardCharsets.US_ASCII);

    private static final int NONCE_BYTES = 16;
    private static final Pattern FORM = Pattern.compile("1 (\\d{1,15}) ([0-9a-f]{32}) ([0-9a-f]{64})");

    private final SecretKeySpec key;
    private final NodeId self;
    private final LongSupplier wallMillis;
    private final RandomGenerator random;

    /** Nonces of proofs that were taken, oldest first, with the time up to which they could be repeated. */
    private final Map<String, Long> taken = new LinkedHashMap<>();

    /**
     * Takes a tenth of a second; not for an event loop.
     *
     * @param self this member
     * @param random draws nonces; they need not be hard to guess, but must never come twice
     */
    MemberProof(Secret secret, NodeId self, LongSupplier wallMillis, RandomGenerator random) {
        this.key = stretched(secret);
        this.self = self;
        this.wallMillis = wallMillis;
        this.random = random;
    }

    /** As {@link #MemberProof}, with the clock and the chance of this process. */
    public static MemberProof of(Secret secret, NodeId self) {
        return new MemberProof(secret, self, System::currentTimeMillis, new SecureRandom());
    }

    private static SecretKeySpec stretched(Secret secret) {
        PBEKeySpec spec = new PBEKeySpec(secret.value().toCharArray(), SALT, ROUNDS, KEY_BITS);
        try {
            byte[] bytes = SecretKeyFactory.getInstance(STRETCHING)
                    .generateSecret(spec)
                    .getEncoded();
            return new SecretKeySpec(bytes, ALGORITHM);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java platform of 17 has " + STRETCHING, missing);
        } finally {
            spec.clearPassword();
        }
    }

    /**
     * The header's value for one request.
     *
     * @param to whom it goes to
     * @param uri path and query, as they are sent
     */
    String of(NodeId to, String method, String uri, String body) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        String nonceText = HexFormat.of().formatHex(nonce);
        String time = Long.toString(wallMillis.getAsLong());
        return "1 " + time + ' ' + nonceText + ' ' + mac(to, method, uri, body, time, nonceText);
    }

    /**
     * Takes a proof that somebody else made for a request to this member, once.
     *
     * @return why it proves nothing; empty if it does
     */
    Optional<String> objection(String proof, String method, String uri, String body) {
        Matcher parts = FORM.matcher(proof);
        if (!parts.matches()) {
            return Optional.of("the proof has no form that this server knows");
        }
        byte[] right =
                mac(self, method, uri, body, parts.group(1), parts.group(2)).getBytes(StandardCharsets.US_ASCII);
        if (!MessageDigest.isEqual(right, parts.group(3).getBytes(StandardCharsets.US_ASCII))) {
            return Optional.of("the proof is not of this request, this member and this cluster's secret");
        }
        long now = wallMillis.getAsLong();
        long madeAt = Long.parseLong(parts.group(1));
        if (Math.abs(now - madeAt) > AGE_MILLIS_MAX) {
            return Optional.of("the proof was made " + (now - madeAt) + " ms ago by this server's clock, at most "
                    + AGE_MILLIS_MAX + " either way are taken");
        }
        return taken(parts.group(2), now, madeAt + AGE_MILLIS_MAX);
    }

    private synchronized Optional<String> taken(String nonce, long now, long untilMillis) {
        for (Iterator<Long> untils = taken.values().iterator(); untils.hasNext(); ) {
            if (untils.next() >= now) {
                break;
            }
            untils.remove();
        }
        if (taken.containsKey(nonce)) {
            return Optional.of("the proof has been used");
        }
        if (taken.size() >= REMEMBERED_MAX) {
            return Optional.of("more than " + REMEMBERED_MAX + " proofs came within " + 2 * AGE_MILLIS_MAX + " ms");
        }
        taken.put(nonce, untilMillis);
        return Optional.empty();
    }

    /** Each part on a line: none of them can hold a line's end. */
    private String mac(NodeId to, String method, String uri, String body, String time, String nonce) {
        String lines = String.join("\n", to.toString(), method, uri, digest(body), time, nonce);
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return HexFormat.of().formatHex(mac.doFinal(lines.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, missing);
        }
    }

    private static String digest(String body) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }
}
