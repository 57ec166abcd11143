package io.muster.naming.check;

import static io.muster.naming.registry.RegistryFixture.FIRST;
import static io.muster.naming.registry.RegistryFixture.ORDERS;
import static io.muster.naming.registry.RegistryFixture.persistentKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Mode;
import io.muster.naming.check.core.TargetId;
import io.muster.naming.model.Instance;
import io.muster.naming.registry.RegistryFixture;
import org.junit.jupiter.api.Test;

/** What the responsible member writes of instances, where the engines refuse. */
class VerdictsTest {

    private static final class Owner implements CheckOwnership {
        @Override
        public boolean isMine(String name) {
            return true;
        }

        @Override
        public long epoch() {
            return 1;
        }

        @Override
        public boolean isCutOff() {
            return false;
        }

        @Override
        public boolean isAlone() {
            return false;
        }
    }

    private final RegistryFixture fixture = new RegistryFixture();

    /** A throw would end the turns of the checks, and with them the renewals of all verdicts. */
    @Test
    void delete_whileTheInstanceCanNotBeRead_isRefused_andSucceedsLater() {
        Verdicts verdicts = new Verdicts(
                fixture.consistency,
                fixture.registry.index(),
                new Owner(),
                new CheckConfig(2_000, 500, 0, 900_000),
                () -> 1);
        TargetId target = new TargetId(ORDERS.keyGroup(), FIRST);
        fixture.register(Instance.of(FIRST, false));
        fixture.consistency.failReads(Mode.PERSISTENT, new ConsistencyException.NotReady("reads stopped"));

        verdicts.delete(target, 60_000);

        assertThat(verdicts.refusedCount()).isEqualTo(1);
        fixture.consistency.heal(Mode.PERSISTENT);
        assertThat(fixture.consistency.get(persistentKey(FIRST))).isPresent();
        verdicts.delete(target, 70_000);
        assertThat(fixture.consistency.get(persistentKey(FIRST))).isEmpty();
    }
}
