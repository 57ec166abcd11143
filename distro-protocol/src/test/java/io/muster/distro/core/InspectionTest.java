package io.muster.distro.core;

import static io.muster.distro.core.CoreFixture.LEASE;
import static io.muster.distro.core.CoreFixture.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Mark;
import io.muster.consistency.Origin;
import io.muster.consistency.Version;
import io.muster.distro.core.DistroRecord.Held;
import io.muster.distro.core.Message.Cursor;
import io.muster.distro.core.Message.SnapshotChunk;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Pages for operators, and so parts for members that load, which are put together in the same way (R49, R54). */
class InspectionTest {

    private final CoreFixture node = new CoreFixture().loaded();
    private final Inspection<String> inspection = node.core.inspection();

    private void hold(String service, int count) {
        List<DistroRecord<String>> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Version.Hybrid version = new Version.Hybrid((CoreFixture.WALL << 16) + i, new Origin(5, 5, 5));
            records.add(new Held<>(new Datum<>(Key.ephemeral(service, "i" + i), version, Mark.HEALTHY, ""), LEASE));
        }
        node.merge(records);
    }

    /** A group of which no part holds all, among small ones: each record is in one part, and every part but the last is full. */
    @Test
    void pages_ofALargeGroup_holdEachRecordOnce() {
        int large = 20_000;
        hold(SERVICE, large);
        hold("a", 3);
        hold("b", 3);
        List<Key> keys = new ArrayList<>();
        Optional<Cursor> after = Optional.empty();
        int pages = 0;
        do {
            SnapshotChunk<String> page = inspection.page(after, 0);
            assertThat(page.total()).isEqualTo(large + 6);
            int bytes = page.records().stream()
                    .mapToInt(record -> Sizes.ENTRY_BYTES_MIN
                            + record.key().group().length()
                            + record.key().id().length())
                    .sum();
            assertThat(bytes).isLessThan(Sizes.MESSAGE_BYTES_MAX + 200);
            assertThat(page.next().isEmpty() || bytes >= Sizes.MESSAGE_BYTES_MAX)
                    .isTrue();
            page.records().forEach(record -> keys.add(record.key()));
            after = page.next();
            pages++;
        } while (after.isPresent());
        assertThat(pages).isGreaterThan(5);
        assertThat(keys).hasSize(large + 6);
        assertThat(new TreeSet<>(keys)).hasSize(large + 6);
    }

    /** The shortest of all entries: more of them than a part puts in order would still not fit one. */
    @Test
    void pages_ofTheSmallestRecords_holdEachOnce() {
        hold("s", 9_000);
        TreeSet<Key> keys = new TreeSet<>();
        int records = 0;
        Optional<Cursor> after = Optional.empty();
        do {
            SnapshotChunk<String> page = inspection.page(after, 0);
            records += page.records().size();
            page.records().forEach(record -> keys.add(record.key()));
            after = page.next();
        } while (after.isPresent());
        assertThat(records).isEqualTo(9_000);
        assertThat(keys).hasSize(9_000);
    }
}
