package io.muster.naming.check.core;

import static io.muster.naming.check.core.CheckWorld.target;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.naming.check.core.CheckWorld.Behaviour;
import io.muster.naming.model.InstanceKey;
import org.junit.jupiter.api.Test;

/** What silence is worth to a member that is cut off, or would not know yet if it were (R72, decision 0033). */
class SilenceInACutTest {

    private static final InstanceKey ONE = target(1);
    private static final long FOUND_MILLIS_MAX = 10_000;

    private final CheckWorld world = new CheckWorld(7);

    @Test
    void aNodeThatIsCutOff_takesSilenceForNoAnswer() {
        world.addAll(0, 20, Behaviour.UP);
        world.run(20_000);
        world.core.cutOff(true, world.nanos());
        for (int i = 0; i < 10; i++) {
            world.is(target(i), Behaviour.HANGS);
        }
        world.is(target(10), Behaviour.REFUSES);
        world.run(60_000);
        assertThat(world.asked).containsExactly("down " + target(10));
        assertThat(world.counts().perSecond()).as("it is not short of time").isEqualTo(2_000);
        world.core.cutOff(false, world.nanos());
        world.run(FOUND_MILLIS_MAX);
        assertThat(world.asked).hasSize(11);
    }

    /** It learns of it only after a while, and most flips by silence take less. */
    @Test
    void aNodeThatIsCutOff_flipsNothing_beforeItKnows() {
        for (int seed = 0; seed < 20; seed++) {
            CheckWorld cut = allSilent(seed);
            cut.run(3_000);
            cut.core.cutOff(true, cut.nanos());
            cut.run(30_000);
            assertThat(cut.asked).isEmpty();

            cut.core.cutOff(false, cut.nanos());
            cut.is(target(0), Behaviour.REFUSES);
            cut.run(900);
            assertThat(cut.asked)
                    .as("what was met while it was cut off counts for nothing")
                    .isEmpty();
        }
    }

    /** Whoever stands still does not learn meanwhile that it is cut off. */
    @Test
    void aNodeThatIsCutOff_andStandsStill_flipsNothing_beforeItKnows() {
        for (int seed = 0; seed < 20; seed++) {
            for (boolean ticksFirst : new boolean[] {true, false}) {
                CheckWorld cut = allSilent(seed);
                cut.run(1_000);
                cut.standStill(5_000, ticksFirst);
                cut.run(2_000);
                cut.core.cutOff(true, cut.nanos());
                cut.run(30_000);
                assertThat(cut.asked).isEmpty();
            }
        }
    }

    @Test
    void silence_isHeld_unlessThereIsNobodyToBeCutOffFrom() {
        for (int seed = 0; seed < 20; seed++) {
            CheckWorld held = new CheckWorld(seed);
            CheckWorld alone = new CheckWorld(seed, CheckWorld.SETTINGS.withoutHold());
            assertThat(foundMillis(held)).isGreaterThanOrEqualTo(3_500);
            assertThat(foundMillis(alone)).isLessThan(3_500);
        }
    }

    /** From the beginning of the first silent check to the flip. */
    private static long foundMillis(CheckWorld world) {
        world.add(ONE, Behaviour.UP);
        world.run(20_000);
        world.is(ONE, Behaviour.HANGS);
        int before = world.starts.get(ONE).size();
        while (world.asked.isEmpty()) {
            world.run(CheckCore.TICK_MILLIS);
        }
        return world.nowMillis() - world.starts.get(ONE).get(before);
    }

    /** What is under way then was asked by a node that nobody could answer. */
    @Test
    void aCheckThatBeganInACut_andEndsAfterIt_saysNothingBySilence() {
        world.add(ONE, Behaviour.HANGS);
        world.core.cutOff(true, world.nanos());
        world.run(60_000);
        for (int i = 0; i < 200; i++) {
            world.core.cutOff(false, world.nanos());
            world.run(20);
            world.core.cutOff(true, world.nanos());
            world.run(400);
        }
        assertThat(world.asked).isEmpty();
        assertThat(world.counts().failed()).isZero();
    }

    /** It hears of the second before it has asked anybody again. */
    @Test
    void silenceMetBeforeTheFirstOfTwoCuts_isDropped() {
        for (int seed = 0; seed < 20; seed++) {
            CheckWorld cut = allSilent(seed);
            cut.run(3_000);
            cut.core.cutOff(true, cut.nanos());
            cut.run(5_000);
            cut.core.cutOff(false, cut.nanos());
            cut.core.cutOff(true, cut.nanos());
            cut.run(5_000);
            cut.core.cutOff(false, cut.nanos());
            cut.run(2_000);
            assertThat(cut.asked).as("two silent checks take longer").isEmpty();
        }
    }

    /** Fifty targets that answered, and have just ceased to. */
    private static CheckWorld allSilent(int seed) {
        CheckWorld world = new CheckWorld(seed);
        world.addAll(0, 50, Behaviour.UP);
        world.run(20_000);
        for (int i = 0; i < 50; i++) {
            world.is(target(i), Behaviour.HANGS);
        }
        return world;
    }
}
