package io.muster.naming.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.muster.consistency.Lease;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** R45 and X18: whose word on the heartbeat times holds. */
class HeartbeatSettingsTest {

    private static final HeartbeatSettings.Defaults DEFAULTS = HeartbeatSettings.Defaults.STANDARD;
    private static final Metadata NONE = Metadata.EMPTY;

    @Test
    void nobodySaysAnything_serverDefaults() {
        assertThat(HeartbeatSettings.of(NONE, NONE, NONE, DEFAULTS).lease()).isEqualTo(new Lease(15_000, 30_000));
    }

    @Test
    void instance_beforeService_beforeNamespace_eachTimeForItself() {
        Metadata instance = Metadata.of(Map.of(HeartbeatSettings.UNHEALTHY_KEY, "3000"));
        Metadata service =
                Metadata.of(Map.of(HeartbeatSettings.UNHEALTHY_KEY, "4000", HeartbeatSettings.REMOVE_KEY, "8000"));
        Metadata namespace =
                Metadata.of(Map.of(HeartbeatSettings.REMOVE_KEY, "9000", HeartbeatSettings.INTERVAL_KEY, "2000"));

        assertThat(HeartbeatSettings.of(instance, service, namespace, DEFAULTS))
                .isEqualTo(new HeartbeatSettings(2_000, 3_000, 8_000));
    }

    @Test
    void lock_ofServiceOrNamespace_locksTheClientOut() {
        Metadata instance = Metadata.of(Map.of(HeartbeatSettings.REMOVE_KEY, "600000"));
        Metadata lock = Metadata.of(Map.of(HeartbeatSettings.LOCK_KEY, "true"));

        assertThat(HeartbeatSettings.of(instance, lock, NONE, DEFAULTS).removeAfterMillis())
                .isEqualTo(30_000);
        assertThat(HeartbeatSettings.of(instance, NONE, lock, DEFAULTS).removeAfterMillis())
                .isEqualTo(30_000);
        assertThat(HeartbeatSettings.of(instance.with(lock), NONE, NONE, DEFAULTS)
                        .removeAfterMillis())
                .as("a client can't lock")
                .isEqualTo(600_000);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1000",
        "1, 1000",
        "3000, 3000",
        "3600000, 3600000",
        "3600001, 3600000",
        "9223372036854775807, 3600000",
        "'', 30000",
        "-5, 30000",
        "5s, 30000",
        "' 5000', 30000",
        "٣٠٠٠, 30000"
    })
    void times_areClampedAndOtherTextIsNone(String given, long removeAfter) {
        Metadata instance = Metadata.of(Map.of(HeartbeatSettings.REMOVE_KEY, given));

        assertThat(HeartbeatSettings.of(instance, NONE, NONE, DEFAULTS).removeAfterMillis())
                .isEqualTo(removeAfter);
    }

    /** Nacos accepts such a number and then stops expiring the whole service. */
    @Test
    void numbersBeyond64Bits_areRefusedWithTheKey() {
        Metadata instance = Metadata.of(Map.of(HeartbeatSettings.UNHEALTHY_KEY, "99999999999999999999"));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> HeartbeatSettings.requireReadable(instance))
                .withMessageContaining(HeartbeatSettings.UNHEALTHY_KEY);
        assertThatCode(() -> HeartbeatSettings.requireReadable(NONE)).doesNotThrowAnyException();
        assertThatIllegalArgumentException().isThrownBy(() -> new ServiceDefinition(0, instance, Selector.NONE));
    }

    @Test
    void defaults_thatContradictThemselves_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HeartbeatSettings.Defaults(5_000, 15_000, 30_000, 20_000));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HeartbeatSettings.Defaults(5_000, 0, 30_000, 3_600_000));
    }
}
