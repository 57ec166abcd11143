package io.muster.naming.check;

import static io.muster.naming.registry.RegistryFixture.FIRST;
import static io.muster.naming.registry.RegistryFixture.ORDERS;
import static io.muster.naming.registry.RegistryFixture.persistentKey;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Change;
import io.muster.consistency.Condition;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Key;
import io.muster.consistency.Mode;
import io.muster.consistency.Removal;
import io.muster.naming.check.core.TargetId;
import io.muster.naming.model.Instance;
import io.muster.naming.model.Keys;
import io.muster.naming.registry.RegistryFixture;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the responsible member writes of instances, where the engines refuse. */
class VerdictsTest {

    private static final CheckConfig CONFIG = new CheckConfig(2_000, 500, 0, 900_000);

    private static final class Owner implements CheckOwnership {
        private boolean responsible = true;

        @Override
        public boolean isMine(String name) {
            return responsible;
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

    private static final Key VERDICT = Keys.health(ORDERS.keyGroup(), FIRST);
    private static final TargetId TARGET = new TargetId(ORDERS.keyGroup(), FIRST);

    private final RegistryFixture fixture = new RegistryFixture();
    private final Owner owner = new Owner();

    /** Beyond the sign bit in a second: monotonic time may be anywhere. */
    private long nanos = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(1);

    private final Verdicts verdicts =
            new Verdicts(fixture.consistency, fixture.registry.index(), owner, CONFIG, () -> 1, () -> nanos);

    /** A throw would end the turns of the checks, and with them the renewals of all verdicts. */
    @Test
    void delete_whileTheInstanceCanNotBeRead_isRefused_andSucceedsLater() {
        fixture.register(Instance.of(FIRST, false));
        fixture.consistency.failReads(Mode.PERSISTENT, new ConsistencyException.NotReady("reads stopped"));

        verdicts.delete(TARGET, 60_000);

        assertThat(verdicts.refusedCount()).isEqualTo(1);
        fixture.consistency.heal(Mode.PERSISTENT);
        assertThat(fixture.consistency.get(persistentKey(FIRST))).isPresent();
        verdicts.delete(TARGET, 70_000);
        assertThat(fixture.consistency.get(persistentKey(FIRST))).isEmpty();
    }

    private void foundUnhealthy() {
        verdicts.listen();
        fixture.register(Instance.of(FIRST, false));
        verdicts.write(TARGET, false, "refused");
        assertThat(stands()).isTrue();
    }

    private void removed() {
        fixture.consistency.apply(List.of(Change.remove(persistentKey(FIRST), Removal.CLIENT, Condition.ALWAYS)));
    }

    private boolean stands() {
        return fixture.consistency.get(VERDICT).isPresent();
    }

    private void pass(long passedNanos) {
        nanos += passedNanos;
        verdicts.beginRemovals();
        verdicts.removeOutlived(10);
    }

    /** A member that heard of the verdict's end before it heard of the instance's would show the dead as healthy. */
    @Test
    void aVerdict_outlivesItsInstance_byFiveSeconds() {
        foundUnhealthy();
        removed();

        pass(Verdicts.OUTLIVES_NANOS - 1);
        assertThat(stands()).isTrue();
        assertThat(verdicts.outlivedCount()).isEqualTo(1);

        pass(1);
        assertThat(stands()).isFalse();
        assertThat(verdicts.outlivedCount()).isZero();
    }

    @Test
    void whoIsRegisteredAgain_doesNotInheritTheVerdict() {
        foundUnhealthy();
        removed();

        fixture.register(Instance.of(FIRST, false));

        assertThat(stands()).isFalse();
        assertThat(verdicts.outlivedCount()).isZero();
    }

    @Test
    void whoIsChanged_keepsTheVerdict() {
        foundUnhealthy();

        fixture.register(Instance.of(FIRST, false).withWeight(7));
        pass(2 * Verdicts.OUTLIVES_NANOS);

        assertThat(stands()).isTrue();
    }

    @Test
    void whoeverIsResponsibleByThen_takesTheVerdictAway() {
        foundUnhealthy();
        owner.responsible = false;
        removed();

        owner.responsible = true;
        pass(Verdicts.OUTLIVES_NANOS);

        assertThat(stands()).isFalse();
    }

    @Test
    void whoIsNotResponsible_leavesTheVerdictToWhoIs_andForgetsIt() {
        foundUnhealthy();
        owner.responsible = false;
        removed();

        pass(Verdicts.OUTLIVES_NANOS);

        assertThat(stands()).isTrue();
        assertThat(verdicts.outlivedCount()).isZero();
    }

    @Test
    void whatSomebodyElseTookAway_isForgotten() {
        foundUnhealthy();
        removed();

        fixture.consistency.apply(List.of(Change.remove(VERDICT, Removal.HOUSEKEEPING)));

        assertThat(verdicts.outlivedCount()).isZero();
    }

    /** Nobody else can tell: the responsible member may have heard of the instance's end before. */
    @Test
    void aVerdictWrittenAsItsInstanceWent_isTakenAwayByItsWriter() {
        verdicts.listen();
        owner.responsible = false;
        verdicts.write(TARGET, false, "refused");

        pass(Verdicts.OUTLIVES_NANOS - 1);
        assertThat(stands()).isTrue();
        pass(1);
        assertThat(stands()).isFalse();
    }

    @Test
    void aVerdictWrittenAsItsInstanceWent_isNotInherited() {
        verdicts.listen();
        owner.responsible = false;
        verdicts.write(TARGET, false, "refused");

        fixture.register(Instance.of(FIRST, false));

        assertThat(stands()).isFalse();
    }
}
