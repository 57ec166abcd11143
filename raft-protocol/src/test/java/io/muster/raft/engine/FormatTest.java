package io.muster.raft.engine;

import static io.muster.raft.engine.EngineCluster.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Codec;
import io.muster.consistency.Datum;
import io.muster.consistency.FormatInForce;
import io.muster.raft.RaftRecovery;
import io.muster.raft.SmallDirectory;
import io.muster.raft.Texts;
import io.muster.raft.UnknownFormatException;
import io.muster.sim.MemoryDisk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** R32: what an earlier version stored or sends is read, and versions that encode values differently make one cluster. */
class FormatTest {

    private static final int SEGMENT_BYTES = 64 << 10;
    private static final int MORE_THAN_A_DIGEST_EVERY = 1_100;

    private final EngineCluster cluster =
            new EngineCluster(1, 3).config(SmallDirectory.ofBytes(8 << 20).withSnapshotEveryEntries(300));

    /** The next version of {@link Texts}: a mark, then the text backwards. It reads both. */
    private record NextTexts(boolean writesNext) implements Codec<String> {

        private static final char MARK = '\2';

        @Override
        public int format() {
            return writesNext ? 2 : Texts.CODEC.format();
        }

        @Override
        public byte[] encode(String value) {
            return writesNext
                    ? (MARK + new StringBuilder(value).reverse().toString()).getBytes(StandardCharsets.UTF_8)
                    : Texts.CODEC.encode(value);
        }

        @Override
        public String decode(byte[] bytes) {
            String text = Texts.CODEC.decode(bytes);
            return !text.isEmpty() && text.charAt(0) == MARK
                    ? new StringBuilder(text.substring(1)).reverse().toString()
                    : text;
        }
    }

    @AfterEach
    void noEngineHasStoppedItself() {
        assertThat(cluster.failures()).isEmpty();
    }

    private void upgrade(int node, Codec<String> to) {
        cluster.kill(node);
        cluster.codec(node, to).start(node);
        cluster.awaitServing();
        cluster.awaitSameIndex();
    }

    private void putMany(int node, String value) {
        List<CompletableFuture<List<Optional<Datum<String>>>>> puts = new ArrayList<>();
        for (int i = 0; i < MORE_THAN_A_DIGEST_EVERY; i++) {
            puts.add(cluster.putting(node, "k" + i % 50, value + i));
        }
        puts.forEach(cluster::await);
    }

    /** The directory of a standalone node, a snapshot and entries behind it, as the first version wrote it: commands do not tell when they were made. */
    @Test
    void directoryOfTheFirstVersion_isRead() throws IOException {
        StandaloneNode node = new StandaloneNode();
        // The files are those of this node's first process; the one that reads them is another.
        node.machine().start();
        node.kill();
        putFirstVersion(node.disk());
        RaftRecovery recovery = node.start();

        assertThat(recovery.warnings()).isEmpty();
        assertThat(recovery.snapshotIndex()).hasValue(8);
        assertThat(node.engine().status().digest()).isEqualTo("1.1-866a81a77fb945da");
        assertThat(node.get("before0")).contains("value 0");
        assertThat(node.get("before1")).contains("changed");
        assertThat(node.get("before2")).isEmpty();
        assertThat(node.get("before3")).isEmpty();
        assertThat(node.get("after")).contains("naïve 漢字");
        assertThat(node.get("b2")).contains("2");

        // It goes on from there, with entries of both versions in one log.
        node.put("after", "and later");
        node.killAndRestart();
        assertThat(node.get("after")).contains("and later");
        node.await(node.engine().snapshot());
        node.killAndRestart();
        assertThat(node.get("before0")).contains("value 0");
        assertThat(node.failures()).isEmpty();
    }

    /** What a later version wrote is no damage: nothing is cut off, passed over, or set aside. */
    @Test
    void directoryOfALaterVersion_isRefused_andLogAndSnapshotsAreLeftAlone() throws IOException {
        for (String file : List.of("raft/log-0000000000000001.seg", "raft/snapshot-0000000000000008.snap")) {
            StandaloneNode node = new StandaloneNode();
            putFirstVersion(node.disk());
            node.disk().put(file, LaterFormat.of(file, node.disk().bytes(file)));
            List<String> files = node.disk().files();
            byte[] before = node.disk().bytes(file);

            node.create();
            Throwable error = node.awaitFailure(node.engine().start());

            assertThat(error)
                    .isInstanceOf(UnknownFormatException.class)
                    .hasMessageContaining(file)
                    .hasMessageContaining("format 99 where " + FormatInForce.NEWEST + " is known")
                    .hasMessageContaining("newer version");
            assertThat(node.disk().files()).containsAll(files);
            assertThat(node.disk().bytes(file)).isEqualTo(before);
        }
    }

    private static void putFirstVersion(MemoryDisk disk) throws IOException {
        byte[] log = resource("log-0000000000000001.seg");
        disk.put("raft/log-0000000000000001.seg", Arrays.copyOf(log, SEGMENT_BYTES));
        disk.put("raft/snapshot-0000000000000008.snap", resource("snapshot-0000000000000008.snap"));
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(FormatTest.class.getResourceAsStream("/format-1/" + name))) {
            return in.readAllBytes();
        }
    }

    /** Files of a format of the future, sound in themselves. */
    private static final class LaterFormat {

        private static final int LATER = 99;
        private static final int HEADER_FORMAT_AT = 8;
        private static final int HEADER_CHECKSUM_AT = 69;
        private static final int FRAME_CHECKSUM_BYTES = 4;
        private static final int HEAD_FORMAT_AT = 12 + 1 + 8;

        static byte[] of(String file, byte[] bytes) {
            ByteBuffer later = ByteBuffer.wrap(bytes);
            if (file.endsWith(".seg")) {
                later.putInt(HEADER_FORMAT_AT, LATER);
                later.putInt(HEADER_CHECKSUM_AT, crc(bytes, 0, HEADER_CHECKSUM_AT));
            } else {
                later.putInt(HEAD_FORMAT_AT, LATER);
                int length = 2 * Integer.BYTES + later.getInt(FRAME_CHECKSUM_BYTES);
                later.putInt(0, crc(bytes, FRAME_CHECKSUM_BYTES, length));
            }
            return bytes;
        }

        private static int crc(byte[] bytes, int offset, int length) {
            CRC32C crc = new CRC32C();
            crc.update(bytes, offset, length);
            return (int) crc.getValue();
        }
    }

    /** Node by node to the version that reads the next encoding, then node by node to the one that writes it; under writes, with snapshots and digests. */
    @Test
    void rollingUpgrade_toAnotherEncodingOfValues() {
        cluster.found();
        cluster.put(0, "stays", "from the first version");
        putMany(0, "a");
        for (int node = 0; node < 3; node++) {
            upgrade(node, new NextTexts(false));
            putMany(node, "b" + node);
        }
        for (int node = 0; node < 3; node++) {
            upgrade(node, new NextTexts(true));
            putMany(node, "c" + node);
        }
        cluster.awaitSame();

        for (int node = 0; node < 3; node++) {
            assertThat(cluster.get(node, "stays")).contains("from the first version");
            assertThat(cluster.get(node, "k49")).contains("c21099");
            assertThat(cluster.engine(node).get(key("k0"))).isPresent();
        }
        // What was stored by one version is replaced by the other, and the sums still come out even.
        cluster.put(1, "stays", "from the last version");
        cluster.await(cluster.engine(2).snapshot());
        cluster.kill(2);
        cluster.start(2);
        cluster.awaitServing();
        cluster.awaitSame();
        assertThat(cluster.get(2, "stays")).contains("from the last version");
    }

    /** A snapshot goes to a node of another version as the bytes that its sender has stored. */
    @Test
    void blankNodeOfTheNextVersion_getsASnapshotOfTheFirst() {
        cluster.found();
        putMany(0, "a");
        cluster.wipe(2);
        cluster.codec(2, new NextTexts(true)).start(2);
        cluster.until(() -> cluster.engine(2).get(key("k49")).isPresent());
        cluster.awaitSameIndex();

        assertThat(cluster.get(2, "k49")).contains("a1099");
        assertThat(cluster.status(2).digest().split("-")[0])
                .as("not to be compared with the others'")
                .isNotEqualTo(cluster.status(0).digest().split("-")[0]);
    }
}
