package io.muster.naming.check.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.naming.check.core.CheckWorld.Behaviour;
import io.muster.naming.model.InstanceKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold whatever happens: targets that come, go, die and flap, handovers, standstills, lost writes. */
class CheckCorePropertyTest {

    private static final int TARGETS = 40;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void noLiveTargetIsEverFlipped_andInTheEndAllAreShownAsTheyAre(long seed) {
        Random random = new Random(seed);
        CheckWorld world = new CheckWorld(seed);
        Map<InstanceKey, Behaviour> truth = new HashMap<>();
        for (int i = 0; i < TARGETS; i++) {
            truth.put(CheckWorld.target(i), Behaviour.UP);
            world.add(CheckWorld.target(i), Behaviour.UP);
        }
        // The first half always lives, whatever happens around it.
        for (int step = 0; step < 400; step++) {
            InstanceKey mortal = CheckWorld.target(TARGETS / 2 + random.nextInt(TARGETS / 2));
            switch (random.nextInt(7)) {
                case 0 -> set(world, truth, mortal, Behaviour.HANGS);
                case 1 -> set(world, truth, mortal, Behaviour.REFUSES);
                case 2 -> set(world, truth, mortal, Behaviour.UP);
                case 3 -> world.handOver();
                case 4 -> {
                    world.remove(mortal);
                    world.add(mortal, truth.get(mortal));
                }
                case 5 -> world.writesFail = random.nextInt(4) == 0;
                default -> world.standStill(random.nextInt(3_000), random.nextBoolean());
            }
            world.run(random.nextInt(1_500));
        }
        for (int i = 0; i < TARGETS / 2; i++) {
            assertThat(world.asked).doesNotContain("down " + CheckWorld.target(i));
        }
        world.writesFail = false;
        world.run(30_000);
        truth.forEach((instance, behaviour) ->
                assertThat(world.isShownHealthy(instance)).isEqualTo(behaviour == Behaviour.UP));
        assertThat(world.inFlightMost).isLessThanOrEqualTo(CheckCore.IN_FLIGHT_MAX);
        assertEachFlipHadItsResults(world);
    }

    private static void set(CheckWorld world, Map<InstanceKey, Behaviour> truth, InstanceKey target, Behaviour is) {
        truth.put(target, is);
        world.is(target, is);
    }

    private static void assertEachFlipHadItsResults(CheckWorld world) {
        Map<String, Integer> flips = new HashMap<>();
        world.asked.stream()
                .filter(asked -> !asked.equals("starved"))
                .forEach(asked -> flips.merge(asked.substring(asked.indexOf(' ') + 1), 1, Integer::sum));
        world.starts.forEach((instance, starts) ->
                assertThat(starts.size()).isGreaterThanOrEqualTo(3 * flips.getOrDefault(instance.toString(), 0)));
        assertThat(List.copyOf(flips.keySet())).isNotEmpty();
    }
}
