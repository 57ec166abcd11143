package io.muster.member.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** X24: who does not know the secret is not spoken to. */
class HandshakeTest {

    private static final ClusterSecret SECRET = new ClusterSecret(Optional.of("right"));
    private static final ClusterSecret OTHER = new ClusterSecret(Optional.of("wrong"));
    private static final ClusterSecret NONE = new ClusterSecret(Optional.empty());

    @Test
    void bothEndsProveThemselves_andDeriveTheSameKeys() {
        Handshake dialer = Handshake.dialing(SECRET, nonce(1));
        Handshake acceptor = Handshake.accepting(SECRET, nonce(2));

        assertThat(run(dialer, acceptor)).isEmpty();

        assertThat(dialer.proven()).isTrue();
        assertThat(acceptor.proven()).isTrue();
        assertThat(passes(dialer.outbound(), acceptor.inbound())).isTrue();
        assertThat(passes(acceptor.outbound(), dialer.inbound())).isTrue();
        assertThat(passes(dialer.outbound(), dialer.inbound())).isFalse();
    }

    @Test
    void withoutASecret_theSameProtocolHolds() {
        assertThat(run(Handshake.dialing(NONE, nonce(1)), Handshake.accepting(NONE, nonce(2))))
                .isEmpty();
    }

    @Test
    void otherSecret_isRefusedByTheAcceptor_beforeItProvesItself() {
        for (ClusterSecret other : List.of(OTHER, NONE)) {
            Handshake dialer = Handshake.dialing(other, nonce(1));
            Handshake acceptor = Handshake.accepting(SECRET, nonce(2));

            assertThat(run(dialer, acceptor)).map(Refusal::kind).contains(RefusalKind.SECRET);

            assertThat(dialer.proven()).isFalse();
            assertThat(acceptor.proven()).isFalse();
        }
    }

    @Test
    void acceptorWithAnotherSecret_isRefusedByTheDialer() {
        Handshake dialer = Handshake.dialing(SECRET, nonce(1));
        byte[] hello = dialer.opening();
        // An acceptor that does not mind the dialer's proof, and makes one up.
        Handshake pretender = Handshake.accepting(OTHER, nonce(2));
        byte[] challenge = feed(pretender, hello);
        feed(dialer, challenge);

        Optional<Refusal> refusal = dialer.feed(ByteBuffer.wrap(new byte[Handshake.PROOF_BYTES]), reply -> {});

        assertThat(refusal).map(Refusal::kind).contains(RefusalKind.SECRET);
    }

    /** A stranger that sends back what it gets, the proof included. */
    @Test
    void reflectedMessages_proveNothing() {
        Handshake dialer = Handshake.dialing(SECRET, nonce(1));
        byte[] proof = feed(dialer, dialer.opening());

        Optional<Refusal> refusal = dialer.feed(ByteBuffer.wrap(proof), reply -> {});

        assertThat(refusal).map(Refusal::kind).contains(RefusalKind.SECRET);
    }

    /** A stranger that has recorded an honest dialer, and meets the same acceptor again. */
    @Test
    void replayedTranscript_provesNothing() {
        Handshake honest = Handshake.dialing(SECRET, nonce(1));
        byte[] hello = honest.opening();
        byte[] proof = feed(honest, feed(Handshake.accepting(SECRET, nonce(2)), hello));

        Handshake acceptor = Handshake.accepting(SECRET, nonce(3));
        feed(acceptor, hello);
        Optional<Refusal> refusal = acceptor.feed(ByteBuffer.wrap(proof), reply -> {});

        assertThat(refusal).map(Refusal::kind).contains(RefusalKind.SECRET);
    }

    @Test
    void bytesInAnySplit_giveTheSame() {
        for (int step = 1; step <= Handshake.HELLO_BYTES; step++) {
            Handshake dialer = Handshake.dialing(SECRET, nonce(1));
            Handshake acceptor = Handshake.accepting(SECRET, nonce(2));
            byte[] challenge = feedInSteps(acceptor, dialer.opening(), step);
            byte[] proof = feedInSteps(dialer, challenge, step);
            byte[] answer = feedInSteps(acceptor, proof, step);
            feedInSteps(dialer, answer, step);

            assertThat(dialer.proven()).isTrue();
            assertThat(acceptor.proven()).isTrue();
        }
    }

    @Test
    void whatFollowsTheProof_isLeftUnread() {
        Handshake dialer = Handshake.dialing(SECRET, nonce(1));
        Handshake acceptor = Handshake.accepting(SECRET, nonce(2));
        byte[] proof = feed(dialer, feed(acceptor, dialer.opening()));
        ByteBuffer andMore = ByteBuffer.wrap(Arrays.copyOf(proof, proof.length + 7));

        assertThat(acceptor.feed(andMore, reply -> {})).isEmpty();

        assertThat(andMore.remaining()).isEqualTo(7);
    }

    @Test
    void anotherProtocol_isRefusedAtItsFirstByte() {
        Handshake acceptor = Handshake.accepting(SECRET, nonce(2));

        Optional<Refusal> refusal = acceptor.feed(ByteBuffer.wrap("G".getBytes(StandardCharsets.US_ASCII)), reply -> {
            throw new AssertionError("a stranger gets no answer");
        });

        assertThat(refusal).map(Refusal::kind).contains(RefusalKind.NOT_A_PEER);
    }

    /** R32: a node of a later version is told apart from a stranger. */
    @Test
    void anotherVersion_isRefusedAsSuch() {
        byte[] hello = Handshake.dialing(SECRET, nonce(1)).opening();
        hello[8] = 2;

        Optional<Refusal> refusal = Handshake.accepting(SECRET, nonce(2)).feed(ByteBuffer.wrap(hello), reply -> {});

        assertThat(refusal).map(Refusal::kind).contains(RefusalKind.VERSION);
    }

    @Test
    void everyFlippedBit_isRefused() {
        int bits = (Handshake.HELLO_BYTES + Handshake.PROOF_BYTES) * Byte.SIZE;
        for (int bit = 0; bit < bits; bit++) {
            Handshake dialer = Handshake.dialing(SECRET, nonce(1));
            Handshake acceptor = Handshake.accepting(SECRET, nonce(2));
            byte[] hello = dialer.opening();
            flip(hello, bit);
            List<byte[]> challenge = new ArrayList<>();
            Optional<Refusal> refusal = acceptor.feed(ByteBuffer.wrap(hello), challenge::add);
            if (refusal.isEmpty()) {
                byte[] proof = feed(dialer, challenge.get(0));
                flip(proof, bit - Handshake.HELLO_BYTES * Byte.SIZE);
                refusal = acceptor.feed(ByteBuffer.wrap(proof), reply -> {});
            }

            assertThat(refusal).as("bit %d", bit).isPresent();
            assertThat(acceptor.proven()).isFalse();
        }
    }

    @Test
    void keysBeforeTheProof_areAFaultOfTheCaller() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Handshake.dialing(SECRET, nonce(1)).outbound());
    }

    /** Passes messages to and fro until one end refuses or both are done. */
    private static Optional<Refusal> run(Handshake dialer, Handshake acceptor) {
        List<byte[]> toAcceptor = new ArrayList<>(List.of(dialer.opening()));
        List<byte[]> toDialer = new ArrayList<>();
        while (!toAcceptor.isEmpty() || !toDialer.isEmpty()) {
            Optional<Refusal> refusal = toAcceptor.isEmpty()
                    ? dialer.feed(ByteBuffer.wrap(toDialer.remove(0)), toAcceptor::add)
                    : acceptor.feed(ByteBuffer.wrap(toAcceptor.remove(0)), toDialer::add);
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        return Optional.empty();
    }

    private static byte[] feed(Handshake end, byte[] bytes) {
        return feedInSteps(end, bytes, bytes.length);
    }

    private static byte[] feedInSteps(Handshake end, byte[] bytes, int step) {
        List<byte[]> replies = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += step) {
            int length = Math.min(step, bytes.length - at);
            assertThat(end.feed(ByteBuffer.wrap(bytes, at, length), replies::add))
                    .isEmpty();
        }
        assertThat(replies).hasSizeLessThan(2);
        return replies.isEmpty() ? new byte[0] : replies.get(0);
    }

    private static boolean passes(Seal from, Seal to) {
        byte[] frame = Arrays.copyOf(new byte[] {1, 2, 3}, 3 + Seal.BYTES);
        from.set(frame, 0, 3);
        return to.holds(frame, 0, 3);
    }

    private static void flip(byte[] bytes, int bit) {
        if (bit >= 0 && bit < bytes.length * Byte.SIZE) {
            bytes[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
        }
    }

    private static byte[] nonce(int filling) {
        byte[] nonce = new byte[Handshake.NONCE_BYTES];
        Arrays.fill(nonce, (byte) filling);
        return nonce;
    }
}
