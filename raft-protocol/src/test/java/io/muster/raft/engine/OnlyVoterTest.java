package io.muster.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.raft.DamagedDataException;
import io.muster.sim.MemoryDisk;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who votes alone has the only copy: it is never put aside for what others have (design §4, "Storage"). */
class OnlyVoterTest {

    /** Behind a segment's header and marks. */
    private static final int IN_THE_FIRST_ENTRY = 4096 + 40;

    private static final String SEGMENT = "raft/log-";
    private static final List<String> BELONGING = List.of("raft/belonging", "raft-belonging");

    private final EngineCluster cluster = new EngineCluster(1, 3);
    private final Map<String, byte[]> rememberedAmongOthers = new HashMap<>();
    private int alone;

    @BeforeEach
    void twoOfThreeAreRemoved() {
        cluster.found();
        alone = cluster.awaitLeader();
        BELONGING.forEach(file -> rememberedAmongOthers.put(file, disk().bytes(file)));
        cluster.await(cluster.engine(alone).pauseWish());
        IntStream.range(0, 3)
                .filter(node -> node != alone)
                .forEach(node -> cluster.await(cluster.engine(alone).removeMember(cluster.id(node), true)));
        cluster.until(() -> cluster.status(alone).voters().equals(List.of(cluster.id(alone))));
        cluster.put(alone, "a", "alone");
        cluster.put(alone, "b", "alone");
    }

    private MemoryDisk disk() {
        return cluster.machines().machine(alone).disk();
    }

    private void logRots() {
        cluster.kill(alone);
        String segment = disk().files().stream()
                .filter(file -> file.startsWith(SEGMENT))
                .sorted()
                .findFirst()
                .orElseThrow();
        disk().flipBit(segment, IN_THE_FIRST_ENTRY, 1);
        cluster.start(alone);
    }

    private void assertRefuses() {
        assertThat(cluster.awaitFailure(cluster.starting(alone)))
                .isInstanceOf(DamagedDataException.class)
                .hasMessageContaining("offset")
                .hasMessageContaining("Restore the data directory");
        assertThat(disk().files()).noneMatch(file -> file.contains("aside"));
    }

    @Test
    void damagedLog_keepsItFromStarting_andStaysWhereItIs() {
        logRots();

        assertRefuses();
    }

    /** The commit of the removal was stored, and what follows from it was not. */
    @Test
    void deathWhileItStoredThatItVotesAlone_isMadeGoodAtTheNextStart() {
        cluster.kill(alone);
        rememberedAmongOthers.forEach(disk()::put);
        cluster.start(alone);
        cluster.await(cluster.starting(alone));
        cluster.until(() -> cluster.get(alone, "b").isPresent());
        cluster.advance(Duration.ofSeconds(1));

        logRots();

        assertRefuses();
    }
}
