package io.muster.member.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClusterSecretTest {

    private static final byte[] NONCE = new byte[Handshake.NONCE_BYTES];

    /** R32: a later build must come to the same key. Computed apart: HMAC-SHA256 under PBKDF2-HMAC-SHA256 of 100,000 rounds. */
    @Test
    void key_isStretched_andStaysTheSameOverBuilds() {
        byte[] derived = new ClusterSecret(Optional.of("sécret")).derive("label", NONCE, NONCE);

        assertThat(HexFormat.of().formatHex(derived))
                .isEqualTo("225dae0184c08f838dd6691b5004e23026bed4f06ea4b291511e8e190316ab1e");
    }

    @Test
    void otherSecretsAndPurposes_giveOtherKeys() {
        byte[] none = new ClusterSecret(Optional.empty()).derive("label", NONCE, NONCE);
        byte[] some = ChannelNode.KEY.derive("label", NONCE, NONCE);
        byte[] otherPurpose = ChannelNode.KEY.derive("label2", NONCE, NONCE);

        assertThat(none).isNotEqualTo(some);
        assertThat(otherPurpose).isNotEqualTo(some);
    }

    @Test
    void shortSecret_isKnownAsSuch() {
        assertThat(new ClusterSecret(Optional.of("x".repeat(15))).isShort()).isTrue();
        assertThat(new ClusterSecret(Optional.of("x".repeat(16))).isShort()).isFalse();
        assertThat(new ClusterSecret(Optional.empty()).isShort()).isFalse();
    }
}
