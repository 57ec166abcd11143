package io.muster.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.ConsistencyException;
import io.muster.raft.SmallDirectory;
import io.muster.sim.MemoryDisk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Design §4, "Storage": a full disk costs a cluster that one copy at most; votes, leadership, and service elsewhere go on, and all of it when there is room. */
class FullDiskInAClusterTest {

    private static final String VALUE = "v".repeat(10_000);
    private static final int ENOUGH_FOR_TWO_SEGMENTS = 20;

    private final EngineCluster cluster =
            new EngineCluster(1, 3).config(SmallDirectory.ofBytes(32 << 20).withSnapshotEveryEntries(1_000_000));
    private int leader;
    private int full;
    private int other;

    @BeforeEach
    void aGroupOfThree() {
        cluster.found();
        leader = cluster.awaitLeader();
        full = (leader + 1) % 3;
        other = (leader + 2) % 3;
    }

    @AfterEach
    void noEngineHasStoppedItself() {
        assertThat(cluster.failures()).isEmpty();
    }

    private MemoryDisk disk(int node) {
        return cluster.machines().machine(node).disk();
    }

    private void fill(int node) {
        disk(node).quota(disk(node).totalBytes());
    }

    private void write(int node, int count) {
        for (int i = 0; i < count; i++) {
            cluster.put(node, "k" + i, VALUE);
        }
    }

    @Test
    void followersFullDisk_keepsNobodyFromWriting_andItCatchesUpWhenThereIsRoom() {
        fill(full);
        write(leader, ENOUGH_FOR_TWO_SEGMENTS);
        assertThat(cluster.status(full).reason()).contains("disk is full");
        cluster.put(other, "last", "1");

        disk(full).heal();
        cluster.awaitSame();
        assertThat(cluster.get(full, "last")).contains("1");
    }

    /** The entries that its disk has no room for must not stand in the way of the vote for which room was kept. */
    @Test
    void whenTheLeaderDies_theNodeWithTheFullDiskVotes() {
        fill(full);
        write(leader, ENOUGH_FOR_TWO_SEGMENTS);
        cluster.advance(Duration.ofSeconds(3));
        cluster.kill(leader);

        cluster.until(() -> cluster.leader().filter(node -> node == other).isPresent());
        // Writes need a second copy, for which there is no room; what was acknowledged can be read.
        assertThat(cluster.get(other, "k0")).contains(VALUE);
        Throwable refused = cluster.awaitFailure(cluster.engine(other).put(EngineCluster.key("more"), VALUE));
        assertThat(refused).isInstanceOf(ConsistencyException.class);

        disk(full).heal();
        cluster.until(() -> cluster.get(full, "k0").isPresent());
        cluster.put(other, "after", "1");
        cluster.awaitSame();
    }

    @Test
    void leadersFullDisk_makesItHandOver_toOneThatHasRoom() {
        fill(leader);
        cluster.until(() -> {
            cluster.engine(leader).put(EngineCluster.key("k"), VALUE);
            cluster.advance(Duration.ofMillis(100));
            return cluster.leader().filter(node -> node != leader).isPresent();
        });
        cluster.put(other, "a", "1");

        disk(leader).heal();
        cluster.awaitSame();
        assertThat(cluster.get(leader, "a")).contains("1");
    }

    /** X20: that room is made by the next snapshot is no reason to let another lead, whose directory is as full. */
    @Test
    void directoriesNearTheirBound_changeNoLeader_howeverMuchIsWritten() {
        EngineCluster small = new EngineCluster(1, 3)
                .config(SmallDirectory.ofBytes(8 << 20).withSnapshotEveryEntries(1_000_000))
                .found();
        int leads = small.awaitLeader();
        long term = small.status(leads).term();
        for (int i = 0; i < 150; i++) {
            List<CompletableFuture<?>> writes = new ArrayList<>();
            for (int j = 0; j < 20; j++) {
                writes.add(small.putting(leads, "k" + (i * 20 + j) % 100, VALUE));
            }
            writes.forEach(small::await);
        }
        small.awaitSame();

        assertThat(small.status(leads).snapshotIndex()).as("the bound was near").isPositive();
        assertThat(small.status(leads).term()).isEqualTo(term);
    }
}
