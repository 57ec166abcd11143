package io.muster.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.ConsistencyException.NotReady;
import io.muster.raft.SmallDirectory;
import io.muster.sim.MemoryDisk;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A snapshot that rots on the disk of the node that sends it: nobody takes it, and it must not keep anybody from the group (IL5, R15). */
class RottenSnapshotTest {

    /** The leader has applied nothing since that snapshot, and nobody writes: it is replaced all the same. */
    @Test
    void leaderWhoseSnapshotHasRotted_takesAnother_andTheNodeThatLagsCatchesUp() {
        EngineCluster cluster = new EngineCluster(1, 3)
                .config(SmallDirectory.ofBytes(4 << 20).withSnapshotEveryEntries(50))
                .found();
        int leader = cluster.awaitLeader();
        int late = (leader + 1) % 3;
        cluster.put(late, "a", "1");
        cluster.awaitSame();
        cluster.kill(late);
        for (int i = 0; i < 400; i++) {
            cluster.put(leader, "k" + i % 40, "v" + i);
        }
        cluster.await(cluster.engine(leader).snapshot());
        rotSnapshots(cluster.machines().machine(leader).disk());

        cluster.start(late);
        cluster.awaitSame();

        assertThat(cluster.leader()).as("nobody had to step in").contains(leader);
        assertThat(cluster.get(late, "k39")).contains("v399");
        assertThat(cluster.status(late).snapshotIndex()).isPositive();
        assertThat(cluster.failures()).isEmpty();
    }

    /** It has been found rotten, and there is no room for another yet. */
    @Test
    void operatorWhoAsksForASnapshot_isNotToldThatTheRottenOneIsDone() {
        EngineCluster cluster = new EngineCluster(1, 3)
                .config(SmallDirectory.ofBytes(4 << 20).withSnapshotEveryEntries(50))
                .found();
        int leader = cluster.awaitLeader();
        int late = (leader + 1) % 3;
        cluster.awaitSame();
        cluster.kill(late);
        for (int i = 0; i < 400; i++) {
            cluster.put(leader, "k" + i % 40, "v" + i);
        }
        cluster.await(cluster.engine(leader).snapshot());
        MemoryDisk disk = cluster.machines().machine(leader).disk();
        rotSnapshots(disk);
        disk.quota(disk.totalBytes());
        disk.clearTrace();
        cluster.start(late);
        cluster.until(() -> disk.trace().stream().anyMatch(step -> step.file().endsWith("snapshot.tmp")));
        cluster.advance(Duration.ofSeconds(1));

        assertThat(cluster.awaitFailure(cluster.engine(leader).snapshot())).isInstanceOf(NotReady.class);

        disk.heal();
        cluster.await(cluster.engine(leader).snapshot());
        cluster.awaitSame();
        assertThat(cluster.failures()).isEmpty();
    }

    private static void rotSnapshots(MemoryDisk disk) {
        List<String> snapshots = disk.files().stream()
                .filter(file -> file.startsWith("raft/snapshot-"))
                .toList();
        assertThat(snapshots).isNotEmpty();
        snapshots.forEach(file -> disk.flipBit(file, disk.bytes(file).length / 2, 0));
    }
}
