package io.muster.member.channel;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;

/**
 * The check on the frames of one direction of one connection: HMAC-SHA256 under that direction's session key over the frame's number and bytes,
 * cut to 16 bytes. The number is counted at both ends and not sent, so a frame that is damaged, forged, repeated, left out or moved, also from
 * another connection, does not pass.
 */
final class Seal {

    static final int BYTES = 16;

    private final Mac mac;
    private final byte[] number = new byte[Long.BYTES];
    private final byte[] full = new byte[ClusterSecret.DERIVED_BYTES];
    private final byte[] claimed = new byte[BYTES];
    private final byte[] right = new byte[BYTES];

    /** How many frames have passed. */
    private long frames;

    Seal(byte[] sessionKey) {
        mac = ClusterSecret.mac(sessionKey);
    }

    /** Writes the seal of the next frame, which is {@code bytes[from, to)}, behind it. */
    void set(byte[] bytes, int from, int to) {
        compute(bytes, from, to);
        System.arraycopy(right, 0, bytes, to, BYTES);
    }

    /** Whether the seal behind {@code bytes[from, to)} is that of the next frame. */
    boolean holds(byte[] bytes, int from, int to) {
        compute(bytes, from, to);
        System.arraycopy(bytes, to, claimed, 0, BYTES);
        return MessageDigest.isEqual(claimed, right);
    }

    private void compute(byte[] bytes, int from, int to) {
        long value = frames++;
        for (int at = number.length - 1; at >= 0; at--) {
            number[at] = (byte) value;
            value >>>= Byte.SIZE;
        }
        mac.update(number);
        mac.update(bytes, from, to - from);
        try {
            mac.doFinal(full, 0);
        } catch (GeneralSecurityException tooShort) {
            throw new IllegalStateException("the output holds " + full.length + " bytes", tooShort);
        }
        System.arraycopy(full, 0, right, 0, BYTES);
    }
}
