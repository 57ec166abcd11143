package io.muster.naming.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** nacos-v1-http.md §5.1. */
class SwitchSettingsTest {

    private static final SwitchSettings DEFAULT = SwitchSettings.DEFAULT;

    @Test
    void defaults_areThoseOfNacos() {
        assertThat(DEFAULT.pushCacheMillis()).isEqualTo(10_000);
        assertThat(DEFAULT.cacheMillis()).isEqualTo(3_000);
        assertThat(DEFAULT.clientBeatIntervalMillis()).isEqualTo(5_000);
        assertThat(DEFAULT.lightBeatEnabled()).isTrue();
        assertThat(DEFAULT.pushEnabled()).isTrue();
        assertThat(DEFAULT.defaultEphemeral()).isTrue();
        assertThat(DEFAULT.serverStatus()).isEmpty();
        assertThat(DEFAULT.version(Switch.PUSH_C_VERSION)).isEqualTo(new AgentVersion(1, 0, 12));
    }

    @Test
    void fields_areAllThereWithTheirTypes() {
        Map<String, Object> fields = DEFAULT.toFields();

        assertThat(fields).hasSize(34);
        assertThat(fields)
                .containsEntry("name", "00-00---000-NACOS_SWITCH_DOMAIN-000---00-00")
                .containsEntry("defaultPushCacheMillis", 10_000L)
                .containsEntry("distroThreshold", 0.7)
                .containsEntry("healthCheckEnabled", true)
                .containsEntry("limitedUrlMap", Map.of())
                .containsEntry("incrementalList", List.of())
                .containsEntry("httpHealthParams", Map.of("max", 5000, "min", 500, "factor", 0.85))
                .containsEntry("overriddenServerStatus", null)
                .containsEntry("masters", null)
                .containsEntry("checksum", null);
    }

    @ParameterizedTest
    @CsvSource({
        "pushCacheMillis, 9999",
        "defaultCacheMillis, 999",
        "clientBeatInterval, 999",
        "clientBeatInterval, 15000",
        "distroThreshold, 0",
        "distroThreshold, NaN",
        "check, maybe",
        "healthCheckTimes, 0",
        "healthCheckTimes, abc",
        "limitedUrlMap, /a",
        "limitedUrlMap, /a:0",
        "limitedUrlMap, /a:199",
        "limitedUrlMap, /a:600",
        "limitedUrlMap, /a:1000",
        "limitedUrlMap, /a:-20",
        "overriddenServerStatus, up",
        "overriddenServerStatus, WHATEVER",
        "pushVersion, java:1.0",
        "pushVersion, java",
        "pushVersion, ruby:1.0.0",
        "serviceStatusSynchronizationPeriodMillis, 4999"
    })
    void values_thatASwitchDoesNotTake_areRefused(String entry, String value) {
        assertThatIllegalArgumentException().isThrownBy(() -> DEFAULT.with(entry, value));
    }

    @Test
    void with_changesOneSwitch() {
        SwitchSettings changed = DEFAULT.with("pushCacheMillis", "20000")
                .with("check", "false")
                .with("pushVersion", "java:2.0.0")
                .with("overriddenServerStatus", "READ_ONLY");

        assertThat(changed.pushCacheMillis()).isEqualTo(20_000);
        assertThat(changed.isOn(Switch.HEALTH_CHECK)).isFalse();
        assertThat(changed.version(Switch.PUSH_JAVA_VERSION)).isEqualTo(new AgentVersion(2, 0, 0));
        assertThat(changed.serverStatus()).contains("READ_ONLY");
        assertThat(changed.with("overriddenServerStatus", "null").serverStatus())
                .isEmpty();
    }

    @Test
    void with_unknownEntry_changesNothing() {
        assertThat(DEFAULT.with("noSuchSwitch", "1")).isEqualTo(DEFAULT);
    }

    @Test
    void limitedUrls_keepTheirOrderAndCanBeCleared() {
        SwitchSettings limited = DEFAULT.with("limitedUrlMap", "/nacos/v1/b:503, /nacos/v1/a:429");

        assertThat(limited.limitedUrls()).containsExactly(Map.entry("/nacos/v1/b", 503), Map.entry("/nacos/v1/a", 429));
        assertThat(limited.with("limitedUrlMap", "").limitedUrls()).isEmpty();
    }

    @Test
    void withAll_setsWhatIsGivenAndKeepsTheRest() {
        Map<String, Object> batch = new LinkedHashMap<>();
        batch.put("defaultCacheMillis", 4000);
        batch.put("pushEnabled", false);
        batch.put("httpHealthParams", Map.of("max", 6000, "min", 600, "factor", 0.5));
        batch.put("limitedUrlMap", Map.of("/x", 429));
        batch.put("healthCheckWhiteList", List.of("a", "b"));
        batch.put("name", "ignored");
        batch.put("unheardOf", 1);
        batch.put("overriddenServerStatus", null);

        SwitchSettings changed = DEFAULT.with("pushCacheMillis", "20000").withAll(batch);

        assertThat(changed.toTexts())
                .containsOnly(
                        Map.entry("defaultCacheMillis", "4000"),
                        Map.entry("defaultPushCacheMillis", "20000"),
                        Map.entry("pushEnabled", "false"),
                        Map.entry("httpHealthParams", "6000,600,0.5"),
                        Map.entry("limitedUrlMap", "/x:429"),
                        Map.entry("healthCheckWhiteList", "a,b"));
    }

    /** An operator reads all, changes one, and sends all back. */
    @Test
    void withAll_ofItsOwnFields_isTheSame() {
        SwitchSettings some = DEFAULT.with("limitedUrlMap", "/a:403")
                .with("masters", "m1,m2")
                .with("overriddenServerStatus", "DOWN")
                .with("distroThreshold", "0.5");

        assertThat(DEFAULT.withAll(some.toFields())).isEqualTo(some);
        assertThat(SwitchSettings.ofTexts(some.toTexts())).isEqualTo(some);
    }

    @Test
    void ofTexts_passesOverSwitchesOfOtherReleases() {
        assertThat(SwitchSettings.ofTexts(Map.of("fromTheFuture", "1"))).isEqualTo(DEFAULT);
    }
}
