package io.muster.naming.registry;

import static io.muster.naming.registry.RegistryFixture.ALICE;
import static io.muster.naming.registry.RegistryFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.muster.naming.model.Keys;
import io.muster.naming.model.SwitchSettings;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SwitchesTest {

    private final RegistryFixture fixture = new RegistryFixture();
    private final Switches switches = fixture.registry.switches();

    @Test
    void set_holdsOnEveryNode() {
        await(switches.set("pushEnabled", "false", false, ALICE));

        assertThat(switches.current().pushEnabled()).isFalse();
        assertThat(fixture.consistency.value(Keys.SWITCHES)).isEqualTo(switches.current());
    }

    @Test
    void set_here_holdsUntilTheClustersSwitchesChange() {
        await(switches.set("pushEnabled", "false", true, ALICE));
        assertThat(switches.current().pushEnabled()).isFalse();
        assertThat(fixture.consistency.get(Keys.SWITCHES)).isEmpty();

        fixture.consistency.arrives(Keys.SWITCHES, SwitchSettings.DEFAULT.with("check", "false"));
        assertThat(switches.current().pushEnabled()).isTrue();
    }

    @Test
    void set_badValue_isRefusedAndNothingIsWritten() {
        assertThatIllegalArgumentException().isThrownBy(() -> switches.set("pushEnabled", "maybe", false, ALICE));
        assertThat(fixture.consistency.appliedCount()).isZero();
    }

    @Test
    void set_unknownEntry_succeedsAndWritesNothing() {
        await(switches.set("noSuch", "1", false, ALICE));

        assertThat(fixture.consistency.appliedCount()).isZero();
    }

    /** Two operators set two switches at once: both hold. */
    @Test
    void set_race_keepsBoth() {
        fixture.consistency.beforeNextApply(
                () -> fixture.consistency.arrives(Keys.SWITCHES, SwitchSettings.DEFAULT.with("check", "false")));

        await(switches.setAll(Map.of("pushEnabled", false), false, ALICE));

        assertThat(switches.current())
                .isEqualTo(SwitchSettings.DEFAULT.with("check", "false").with("pushEnabled", "false"));
    }
}
