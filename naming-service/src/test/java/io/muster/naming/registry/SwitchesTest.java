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

    /** What somebody changes for the cluster takes nothing from a node that is being looked into. */
    @Test
    void set_here_holdsUntilItIsTakenBack() {
        await(switches.set("pushEnabled", "false", true, ALICE));
        assertThat(switches.current().pushEnabled()).isFalse();
        assertThat(switches.local()).containsExactly("pushEnabled");
        assertThat(fixture.consistency.get(Keys.SWITCHES)).isEmpty();

        fixture.consistency.arrives(Keys.SWITCHES, SwitchSettings.DEFAULT.with("lightBeatEnabled", "false"));
        assertThat(switches.current().pushEnabled()).isFalse();
        assertThat(switches.current().lightBeatEnabled()).isFalse();

        await(switches.takeBack("pushEnabled", ALICE));
        assertThat(switches.current().pushEnabled()).isTrue();
        assertThat(switches.local()).isEmpty();
    }

    /** The default's value laid over here outlasts another one of the cluster's. */
    @Test
    void set_here_toTheDefault_isThisNodesOwn() {
        await(switches.set("pushEnabled", "true", true, ALICE));

        await(switches.set("pushEnabled", "false", false, ALICE));

        assertThat(switches.current().pushEnabled()).isTrue();
        assertThat(fixture.consistency.value(Keys.SWITCHES))
                .isEqualTo(SwitchSettings.DEFAULT.with("pushEnabled", "false"));
    }

    @Test
    void takeBack_ofOne_leavesTheOthers_ofNone_takesAll() {
        await(switches.setAll(Map.of("pushEnabled", false, "lightBeatEnabled", false), true, ALICE));
        await(switches.set("pushVersion", "java:2.0.0", true, ALICE));

        await(switches.takeBack("pushVersion", ALICE));
        assertThat(switches.local()).containsExactly("lightBeatEnabled", "pushEnabled");

        await(switches.takeBack("", ALICE));
        assertThat(switches.local()).isEmpty();
        assertThat(switches.current()).isEqualTo(SwitchSettings.DEFAULT);
    }

    /** X21: who, what, before, after; and whether it is for this node alone. */
    @Test
    void changes_areAudited_withWhatStoodBeforeAndAfter() {
        try (RecordedLog log = new RecordedLog(AuditLog.LOGGER)) {
            await(switches.set("pushEnabled", "false", true, ALICE));
            await(switches.set("pushCacheMillis", "20000", false, ALICE));
            assertThat(RecordedLog.pairs(log.lines().get(0)))
                    .containsEntry("action", "set-switch-here")
                    .containsEntry("before", "{}")
                    .containsEntry("after", "{pushEnabled=false}");
            assertThat(RecordedLog.pairs(log.lines().get(1)))
                    .containsEntry("action", "set-switch")
                    .containsEntry("user", "alice")
                    .containsEntry("before", "nothing")
                    .containsEntry("after", "SwitchSettings{defaultPushCacheMillis=20000}");
        }
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
