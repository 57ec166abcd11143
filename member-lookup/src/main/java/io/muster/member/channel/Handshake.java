package io.muster.member.channel;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The proof of the cluster secret at one end of one connection; pure. All messages have a fixed size, and nothing else is looked at before:
 *
 * <pre>
 *   dialer                                   acceptor
 *     magic, version, dialer's nonce   →
 *                                      ←     magic, version, acceptor's nonce
 *     proof of the dialer              →
 *                                      ←     proof of the acceptor
 * </pre>
 *
 * <p>A proof is derived from the secret, both nonces and the role: a proof that is sent back, or comes from another connection, does not hold.
 * The dialer proves itself first, so that whoever connects gets nothing to try secrets on. Both ends then derive one key a direction, under
 * which everything that follows is sealed.
 */
final class Handshake {

    static final int NONCE_BYTES = 32;
    static final int PROOF_BYTES = ClusterSecret.DERIVED_BYTES;
    static final byte VERSION = 1;
    static final int HELLO_BYTES;

    private static final byte[] MAGIC = "MUSTERPR".getBytes(StandardCharsets.US_ASCII);
    private static final String LABEL = "muster peer 1 ";

    static {
        HELLO_BYTES = MAGIC.length + 1 + NONCE_BYTES;
    }

    private final ClusterSecret secret;
    private final boolean dialer;
    private final byte[] ownNonce;

    /** Empty until the other end's hello. */
    private byte[] otherNonce = {};

    /** The message that is being received, and how much of it is there. */
    private byte[] message = new byte[HELLO_BYTES];

    private int messageBytes;
    private boolean proven;

    private Handshake(ClusterSecret secret, boolean dialer, byte[] ownNonce) {
        if (ownNonce.length != NONCE_BYTES) {
            throw new IllegalArgumentException("a nonce has " + NONCE_BYTES + " bytes: " + ownNonce.length);
        }
        this.secret = secret;
        this.dialer = dialer;
        this.ownNonce = ownNonce.clone();
    }

    /** @param nonce unpredictable, never used again */
    static Handshake dialing(ClusterSecret secret, byte[] nonce) {
        return new Handshake(secret, true, nonce);
    }

    /** @param nonce unpredictable, never used again */
    static Handshake accepting(ClusterSecret secret, byte[] nonce) {
        return new Handshake(secret, false, nonce);
    }

    /** What is sent before anything was received; nothing at the acceptor. */
    byte[] opening() {
        return dialer ? hello() : new byte[0];
    }

    /**
     * Takes bytes in, up to the end of the proof and none beyond.
     *
     * @param reply gets what is to be sent
     */
    Optional<Refusal> feed(ByteBuffer bytes, Consumer<byte[]> reply) {
        while (!proven && bytes.hasRemaining()) {
            int taken = Math.min(bytes.remaining(), message.length - messageBytes);
            bytes.get(message, messageBytes, taken);
            messageBytes += taken;
            Optional<Refusal> refusal = otherNonce.length == 0 ? checkHello(reply) : checkProof(reply);
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        return Optional.empty();
    }

    /** Whether the other end knows the secret. */
    boolean proven() {
        return proven;
    }

    /** For what this end sends; to be taken once, after the proof. */
    Seal outbound() {
        return seal(dialer);
    }

    /** For what this end receives; to be taken once, after the proof. */
    Seal inbound() {
        return seal(!dialer);
    }

    private Optional<Refusal> checkHello(Consumer<byte[]> reply) {
        int comparable = Math.min(messageBytes, MAGIC.length);
        if (!Arrays.equals(message, 0, comparable, MAGIC, 0, comparable)) {
            return Optional.of(new Refusal(RefusalKind.NOT_A_PEER, "does not speak the peer protocol"));
        }
        if (messageBytes > MAGIC.length && message[MAGIC.length] != VERSION) {
            return Optional.of(new Refusal(
                    RefusalKind.VERSION,
                    "handshake of version " + (message[MAGIC.length] & 0xff) + ", known is " + VERSION));
        }
        if (messageBytes == HELLO_BYTES) {
            otherNonce = Arrays.copyOfRange(message, HELLO_BYTES - NONCE_BYTES, HELLO_BYTES);
            message = new byte[PROOF_BYTES];
            messageBytes = 0;
            reply.accept(dialer ? proof(true) : hello());
        }
        return Optional.empty();
    }

    private Optional<Refusal> checkProof(Consumer<byte[]> reply) {
        if (messageBytes < PROOF_BYTES) {
            return Optional.empty();
        }
        if (!MessageDigest.isEqual(message, proof(!dialer))) {
            return Optional.of(new Refusal(RefusalKind.SECRET, "has another cluster secret"));
        }
        proven = true;
        if (!dialer) {
            reply.accept(proof(false));
        }
        return Optional.empty();
    }

    private byte[] hello() {
        return ByteBuffer.allocate(HELLO_BYTES)
                .put(MAGIC)
                .put(VERSION)
                .put(ownNonce)
                .array();
    }

    private byte[] proof(boolean ofDialer) {
        return derive(ofDialer ? "proof of the dialer" : "proof of the acceptor");
    }

    private Seal seal(boolean fromDialer) {
        if (!proven) {
            throw new IllegalStateException("there are no session keys before the proof");
        }
        return new Seal(derive(fromDialer ? "key from the dialer" : "key from the acceptor"));
    }

    private byte[] derive(String purpose) {
        return dialer
                ? secret.derive(LABEL + purpose, ownNonce, otherNonce)
                : secret.derive(LABEL + purpose, otherNonce, ownNonce);
    }
}
