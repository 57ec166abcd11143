package io.muster.raft.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.DamagedDataException;
import io.muster.raft.StateMachine.SnapshotSink;
import io.muster.raft.core.HardState;
import io.muster.raft.core.founding.Promise;
import io.muster.sim.MemoryDisk;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A snapshot that comes from another member in pieces takes the place of the log, and each moment of that survives a crash (Raft paper §7). */
class ReceivedSnapshotTest {

    private static final int PIECE_BYTES = 64;

    private final StoredLog sender = new StoredLog(new MemoryDisk());
    private final MemoryDisk disk = new MemoryDisk();
    private final StoredLog receiver = new StoredLog(disk);

    /** The receiver has entries 1 to 3, of which 3 is nobody's; the sender has a snapshot at 5. */
    private List<SnapshotPiece> begin() {
        sender.open();
        sender.append("a", "b", "c", "d", "e").snapshot("first chunk", "second chunk");
        receiver.open();
        receiver.append("a", "b", "lost");
        List<SnapshotPiece> pieces = new ArrayList<>();
        long offset = 0;
        while (pieces.isEmpty() || !pieces.get(pieces.size() - 1).last()) {
            SnapshotPiece piece = sender.await(sender.storage().readSnapshot(5, offset, PIECE_BYTES))
                    .orElseThrow();
            pieces.add(piece);
            offset += piece.bytes().length;
        }
        return pieces;
    }

    private void receive(List<SnapshotPiece> pieces) {
        for (SnapshotPiece piece : pieces) {
            receiver.await(receiver.storage().receive(piece.head(), piece.offset(), piece.bytes(), piece.last()));
        }
    }

    private void announce() {
        CompletableFuture<Void> announced = new CompletableFuture<>();
        receiver.storage()
                .announceReset(
                        new HardState(1, Optional.empty(), 2),
                        5,
                        (bytes, appendNanos, syncNanos) -> announced.complete(null));
        receiver.await(announced);
    }

    private List<String> install(SnapshotPiece last) {
        List<String> chunks = new ArrayList<>();
        receiver.await(receiver.storage().install(last.head(), false, meta -> new SnapshotSink() {
            @Override
            public void chunk(byte[] bytes) {
                chunks.add(new String(bytes, StandardCharsets.UTF_8));
            }

            @Override
            public void done() {}
        }));
        return chunks;
    }

    private Recovered restart() {
        receiver.kill();
        return receiver.open();
    }

    @Test
    void installed_isTheStateAfterARestart_andTheLogGoesOnBehindIt() {
        List<SnapshotPiece> pieces = begin();
        receive(pieces);
        announce();
        assertThat(install(pieces.get(pieces.size() - 1))).containsExactly("first chunk", "second chunk");

        receiver.await(receiver.appending(6, "f"));
        Recovered recovered = restart();

        assertThat(recovered.snapshotIndex()).hasValue(5);
        assertThat(receiver.replayed().chunks).containsExactly("first chunk", "second chunk");
        assertThat(receiver.replayed().texts()).containsExactly("6:f");
        assertThat(receiver.storage().holds(6)).isTrue();
    }

    /**
     * The log that a snapshot replaced was longer than it, and of an older term, and known to be committed in part: none of that says anything of the log that goes on
     * behind the snapshot, though the records stand before it.
     */
    @Test
    void restartAfterAnInstallOverALongerOlderLog_knowsTheNewLogOnly() {
        List<SnapshotPiece> pieces = begin();
        receiver.append("old", "old", "old", "old");
        receive(pieces);
        announce();
        install(pieces.get(pieces.size() - 1));
        Recovered fresh = restart();
        assertThat(fresh.log().lastIndex()).isEqualTo(5);
        assertThat(fresh.hardState().commitIndex()).isEqualTo(5);
        assertThat(receiver.replayed().texts()).isEmpty();

        receiver.append("f", "g");
        Recovered recovered = restart();

        assertThat(recovered.snapshotIndex()).hasValue(5);
        assertThat(receiver.replayed().texts()).containsExactly("6:f", "7:g");
        assertThat(recovered.log().lastIndex()).isEqualTo(7);
    }

    /** IR14: what the log held before is no substitute for the snapshot that took its place. */
    @Test
    void installedSnapshotThatRots_isNotMadeUpForByTheLogThatItReplaced() {
        for (boolean logGoesOn : List.of(false, true)) {
            List<SnapshotPiece> pieces = begin();
            receiver.append("old", "old", "old", "old");
            receive(pieces);
            announce();
            install(pieces.get(pieces.size() - 1));
            if (logGoesOn) {
                receiver.await(receiver.appending(6, "f"));
            }
            receiver.kill();
            disk.flipBit(StorageFiles.snapshot(5), 40, 3);

            assertThatThrownBy(receiver::open)
                    .isInstanceOf(DamagedDataException.class)
                    .hasMessageContaining(StorageFiles.snapshot(5));
            disk.files().forEach(disk::remove);
        }
    }

    /** A crash between the snapshot's name and whatever comes behind it, where the old log ends behind the snapshot: the log ends at it. */
    @Test
    void crashRightAfterTheInstall_endsTheLogAtTheSnapshot() {
        List<SnapshotPiece> pieces = begin();
        receiver.append("old", "old", "old", "old");
        receive(pieces);
        announce();
        install(pieces.get(pieces.size() - 1));
        receiver.kill();
        disk.powerLossOfAllUnsynced();
        Recovered recovered = receiver.open();

        assertThat(recovered.log().lastIndex()).isEqualTo(5);
        assertThat(receiver.storage().holds(6)).isFalse();
    }

    @Test
    void crashAfterTheAnnouncement_leavesTheLogAsItWas() {
        List<SnapshotPiece> pieces = begin();
        receive(pieces);
        announce();

        assertThat(restart().snapshotIndex()).isEmpty();
        assertThat(receiver.replayed().texts()).containsExactly("1:a", "2:b", "3:lost");

        // It goes on as if nothing had been announced.
        receiver.append("d", "e", "f");
        assertThat(restart().log().lastIndex()).isEqualTo(6);
    }

    @Test
    void crashBeforeItIsWhole_leavesNothingBehind() {
        List<SnapshotPiece> pieces = begin();
        receive(pieces.subList(0, 1));

        assertThat(restart().snapshotIndex()).isEmpty();
        assertThat(disk.files()).noneMatch(file -> file.endsWith("received.tmp"));
    }

    @Test
    void piecesThatDoNotMakeASoundWhole_areRefused() {
        List<SnapshotPiece> pieces = begin();
        SnapshotPiece last = pieces.get(pieces.size() - 1);
        receive(pieces.subList(0, pieces.size() - 2));

        assertThatThrownBy(() -> receive(List.of(new SnapshotPiece(last.head(), last.offset(), last.bytes(), true))))
                .hasMessageContaining("damaged");
    }

    /** What the node belongs to and has promised is there after a loss of power. */
    @Test
    void belonging_survivesALossOfPower() {
        receiver.open();
        Belonging stored = Belonging.NOWHERE
                .in(new ClusterId(7, 8))
                .promised(Optional.of(new Promise(new NodeId(1, 2), 3)))
                .amongOthers(true);
        receiver.await(receiver.storage().store(stored));
        receiver.kill();
        disk.powerLossOfAllUnsynced();
        receiver.open();

        assertThat(receiver.storage().belonging()).isEqualTo(stored);
    }

    @Test
    void discarding_thatWasInterrupted_isEndedByTheNextStart() {
        receiver.open();
        receiver.append("a", "b");
        receiver.storage().stop();
        byte[] before = disk.syncedBytes("raft/belonging");
        receiver.storage().discardFor(new ClusterId(7, 8));
        // The intent is durable in one place, and nothing else has happened.
        receiver.clock()
                .runUntil(() -> !Arrays.equals(before, disk.syncedBytes("raft/belonging")), Duration.ofSeconds(1));
        Recovered recovered = restart();

        assertThat(recovered.log().lastIndex()).isZero();
        assertThat(receiver.storage().belonging().clusterId()).contains(new ClusterId(7, 8));
        assertThat(receiver.storage().belonging().discard()).isFalse();
    }
}
