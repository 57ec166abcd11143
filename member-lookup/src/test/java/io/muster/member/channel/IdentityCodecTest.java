package io.muster.member.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.ClusterId;
import io.muster.member.MemberAddress;
import io.muster.member.NodeId;
import io.muster.member.NodeIdentity;
import io.muster.member.PeerIdentity;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class IdentityCodecTest {

    private static final NodeIdentity IDENTITY = new NodeIdentity(new NodeId(1, -2), -3);
    private static final MemberAddress ADDRESS = new MemberAddress("node-1.example", 65535, 64535);

    @Test
    void identity_comesBack() {
        for (Optional<ClusterId> cluster : List.of(Optional.of(new ClusterId(4, 5)), Optional.<ClusterId>empty())) {
            for (String host : List.of("h", "10.0.0.1", "fe80::1%eth0", "a".repeat(253))) {
                MemberAddress address = new MemberAddress(host, 8848, 7848);

                assertThat(IdentityCodec.decode(IdentityCodec.encode(IDENTITY, cluster, address, 7)))
                        .contains(new PeerIdentity(IDENTITY, cluster, address, 7));
            }
        }
    }

    @Test
    void everyTruncation_isNoIdentity() {
        byte[] bytes = encoded();
        for (int length = 0; length < bytes.length; length++) {
            assertThat(IdentityCodec.decode(Arrays.copyOf(bytes, length))).isEmpty();
        }
    }

    /** R32: what a newer node appends does not hurt. */
    @Test
    void furtherFields_areSkipped() {
        byte[] bytes = encoded();

        assertThat(IdentityCodec.decode(Arrays.copyOf(bytes, bytes.length + 9))).isEqualTo(IdentityCodec.decode(bytes));
    }

    @Test
    void hostThatWouldSpoilALog_isNoIdentity() {
        byte[] bytes = encoded();
        for (byte spoiler : new byte[] {'\n', 0, 27, ' ', 127, -1}) {
            bytes[bytes.length - 1] = spoiler;
            assertThat(IdentityCodec.decode(bytes)).isEmpty();
        }
    }

    /** Sealed by whoever knows the secret, and yet whatever. */
    @Test
    void anyBytes_areAnIdentityOrNone() {
        SplittableRandom random = new SplittableRandom(1);
        int identities = 0;
        for (int round = 0; round < 100_000; round++) {
            byte[] bytes = encoded();
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            Optional<PeerIdentity> identity = IdentityCodec.decode(Arrays.copyOf(bytes, random.nextInt(300)));
            identities += identity.isPresent() ? 1 : 0;
        }

        assertThat(identities).isBetween(1000, 99_000);
    }

    private static byte[] encoded() {
        return IdentityCodec.encode(IDENTITY, Optional.empty(), ADDRESS, 1);
    }
}
