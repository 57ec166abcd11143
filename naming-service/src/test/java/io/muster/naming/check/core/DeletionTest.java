package io.muster.naming.check.core;

import static io.muster.naming.check.core.CheckWorld.target;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.naming.check.core.CheckWorld.Behaviour;
import io.muster.naming.model.InstanceKey;
import org.junit.jupiter.api.Test;

/** Who is deleted for having been unhealthy for long, where an operator has asked for that (R72). */
class DeletionTest {

    private static final InstanceKey ONE = target(1);
    private static final long FOUND_MILLIS_MAX = 10_000;

    private final CheckWorld world = new CheckWorld(7);

    @Test
    void unhealthyForTooLong_isDeleted_ifThatIsAskedFor() {
        world.addAll(0, 4, Behaviour.UP);
        world.run(20_000);
        world.is(ONE, Behaviour.REFUSES);
        world.run(FOUND_MILLIS_MAX);
        world.run(600_000);
        assertThat(world.asked).containsExactly("down " + ONE);
        world.deleteAfter(120_000);
        world.run(30_000);
        assertThat(world.asked).contains("delete " + ONE);
        world.remove(ONE);
    }

    @Test
    void whoTookOver_deletesOnlyWhatItSawFail_andForAsLong() {
        world.addAll(0, 4, Behaviour.UP);
        world.show(ONE, false);
        world.is(ONE, Behaviour.REFUSES);
        world.wallMillis += 1_000_000;
        world.deleteAfter(120_000);
        world.handOver();
        world.run(119_000);
        assertThat(world.asked).as("whatever the time of day here").isEmpty();
        world.run(FOUND_MILLIS_MAX);
        assertThat(world.asked).contains("delete " + ONE);
    }

    @Test
    void anotherVerdict_isTimedAnew() {
        world.addAll(0, 4, Behaviour.UP);
        world.is(ONE, Behaviour.REFUSES);
        world.deleteAfter(60_000);
        world.show(ONE, false);
        world.run(50_000);
        // Between two looks it was healthy for a moment.
        world.show(ONE, false);
        world.run(50_000);
        assertThat(world.asked).isEmpty();
        world.run(20_000);
        assertThat(world.asked).contains("delete " + ONE);
    }

    @Test
    void whoAnsweredOnce_isDeletedNoSoonerThanIfItHadDiedThen() {
        world.addAll(0, 4, Behaviour.UP);
        world.is(ONE, Behaviour.REFUSES);
        world.deleteAfter(60_000);
        world.show(ONE, false);
        world.run(50_000);
        world.is(ONE, Behaviour.UP);
        int before = world.starts.get(ONE).size();
        while (world.starts.get(ONE).size() == before) {
            world.run(CheckCore.TICK_MILLIS);
        }
        world.is(ONE, Behaviour.HANGS);
        world.run(59_000);
        assertThat(world.asked).isEmpty();
        world.run(20_000);
        assertThat(world.asked).contains("delete " + ONE);
    }

    @Test
    void whenMoreThanHalfIsUnhealthy_nothingIsDeleted() {
        world.addAll(0, 3, Behaviour.REFUSES);
        world.deleteAfter(60_000);
        world.run(600_000);
        assertThat(world.asked).hasSize(3).allMatch(asked -> asked.startsWith("down "));
    }

    @Test
    void whenManyAndAThirdAreUnhealthy_nothingIsDeleted() {
        world.addAll(0, 20, Behaviour.REFUSES);
        world.addAll(20, 60, Behaviour.UP);
        world.deleteAfter(60_000);
        world.run(300_000);
        assertThat(world.asked).hasSize(20).allMatch(asked -> asked.startsWith("down "));
    }
}
