package io.muster.member.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.channel.ChannelLimits.RefusalLogLimits;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RefusalLogTest {

    private static final long PERIOD_NANOS = Duration.ofSeconds(60).toNanos();
    private static final Refusal SECRET = new Refusal(RefusalKind.SECRET, "has another cluster secret");
    private static final Refusal LENGTH = new Refusal(RefusalKind.LENGTH, "a frame of 9 bytes");

    private final RefusalLog log = new RefusalLog(new RefusalLogLimits(Duration.ofNanos(PERIOD_NANOS), 10));

    @Test
    void firstRefusal_isNamed() {
        assertThat(log.line("10.0.0.9", SECRET, 0))
                .contains("refused a peer connection with 10.0.0.9 (secret): has another cluster secret");
    }

    @Test
    void furtherOnesOfThePeriod_areCountedIntoTheNextLine() {
        log.line("10.0.0.9", SECRET, 0);
        assertThat(log.line("10.0.0.9", SECRET, 1)).isEmpty();
        assertThat(log.line("10.0.0.9", SECRET, PERIOD_NANOS - 1)).isEmpty();

        assertThat(log.line("10.0.0.9", SECRET, PERIOD_NANOS).orElseThrow()).contains("and 2 more times");
        assertThat(log.line("10.0.0.9", SECRET, PERIOD_NANOS + 1)).isEmpty();
    }

    @Test
    void otherAddressesAndKinds_haveLinesOfTheirOwn() {
        log.line("10.0.0.9", SECRET, 0);

        assertThat(log.line("10.0.0.9", LENGTH, 0)).isPresent();
        assertThat(log.line("10.0.0.8", SECRET, 0)).isPresent();
    }

    /** Listed members are named as they are listed, not all by the host that they share. */
    @Test
    void listedAddresses_ofOneHost_haveLinesOfTheirOwn() {
        assertThat(log.line("10.0.0.9:8848", SECRET, 0)).isPresent();
        assertThat(log.line("10.0.0.9:8849", SECRET, 0).orElseThrow()).contains("with 10.0.0.9:8849 (");
    }

    /** X17: a stranger with many addresses fills neither memory nor log. */
    @Test
    void floodOfAddresses_isBounded() {
        int lines = 0;
        for (int address = 0; address < 10_000; address++) {
            lines += log.line("10.0.0." + address, SECRET, address).isPresent() ? 1 : 0;
        }

        assertThat(lines).isEqualTo(10);
        assertThat(log.entries()).isEqualTo(10);
        assertThat(log.line("10.1.0.1", SECRET, 2 * PERIOD_NANOS)).isPresent();
    }
}
