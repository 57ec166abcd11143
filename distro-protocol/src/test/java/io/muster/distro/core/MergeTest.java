package io.muster.distro.core;

import static io.muster.distro.core.CoreFixture.LEASE;
import static io.muster.distro.core.CoreFixture.SERVICE;
import static io.muster.distro.core.CoreFixture.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.ChangeEvent.Marked;
import io.muster.consistency.ChangeEvent.Removed;
import io.muster.consistency.ChangeEvent.Stored;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Mark;
import io.muster.consistency.Origin;
import io.muster.consistency.Removal;
import io.muster.consistency.Renewal;
import io.muster.consistency.Version;
import io.muster.distro.core.DistroRecord.Buried;
import io.muster.distro.core.DistroRecord.Held;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Merging: higher version, then higher mark, in any order and any number of times (design §5; {@code VersionMonotone}). */
class MergeTest {

    private static final Origin ORIGIN = new Origin(5, 5, 5);
    private static final List<Mark> MARKS = List.of(Mark.HEALTHY, Mark.UNHEALTHY, Mark.EXPIRED);
    private static final long BASE = CoreFixture.WALL << 16;

    private final CoreFixture node = new CoreFixture().loaded();

    @Test
    void merge_unknown_isStoredAsItIs() {
        node.merge(List.of(held("a", 1, Mark.UNHEALTHY, "x")));
        Datum<String> datum = node.get("a").orElseThrow();
        assertThat(datum.mark()).isEqualTo(Mark.UNHEALTHY);
        assertThat(datum.version()).isEqualTo(version(1));
        assertThat(node.events).containsExactly(new Stored<>(datum));
    }

    /** {@code NoResurrection}: who was away for less than makes it load anew may bring back what others were told to remove, though they had never heard of it. */
    @Test
    void merge_ofWhatWasRemovedHereUnseen_isRefused_forAsLongAsACopyMayBeHeld() {
        node.deregister("a");
        node.pass(9 * 60_000);
        node.merge(List.of(held("a", -1, Mark.HEALTHY, "x")));
        assertThat(node.get("a")).isEmpty();
    }

    @Test
    void merge_newer_replaces_andOlder_isRefused() {
        node.merge(List.of(held("a", 2, Mark.HEALTHY, "new"), held("a", 1, Mark.HEALTHY, "old")));
        assertThat(node.get("a").orElseThrow().value()).isEqualTo("new");
        assertThat(node.core.counts().totals().staleRefused()).isEqualTo(1);
        node.merge(List.of(held("a", 3, Mark.HEALTHY, "newest")));
        assertThat(node.get("a").orElseThrow().value()).isEqualTo("newest");
        assertThat(node.events).hasSize(2);
    }

    @Test
    void merge_aHigherMarkOfTheSameVersion_marks_andALowerOneIsRefused() {
        node.merge(List.of(held("a", 1, Mark.HEALTHY, "x"), held("a", 1, Mark.UNHEALTHY, "x")));
        assertThat(node.events).last().isInstanceOf(Marked.class);
        node.merge(List.of(held("a", 1, Mark.HEALTHY, "x")));
        assertThat(node.markOf("a")).contains(Mark.UNHEALTHY);
        node.merge(List.of(held("a", 1, Mark.EXPIRED, "x")));
        assertThat(node.markOf("a")).isEmpty();
        Removed<String> removed = (Removed<String>) node.events.get(2);
        assertThat(removed.cause()).isEqualTo(Removal.EXPIRED);
        assertThat(removed.by()).isEqualTo(CoreFixture.PEER.toString());
    }

    @Test
    void merge_aFreshVersion_beatsAnyMark() {
        node.merge(List.of(held("a", 1, Mark.EXPIRED, "x"), held("a", 2, Mark.HEALTHY, "x")));
        assertThat(node.markOf("a")).contains(Mark.HEALTHY);
    }

    @Test
    void merge_aTombstone_removes_andKeepsOlderCopiesFromComingBack() {
        node.merge(List.of(held("a", 1, Mark.HEALTHY, "x"), buried("a", 2), held("a", 1, Mark.HEALTHY, "x")));
        assertThat(node.get("a")).isEmpty();
        assertThat(((Removed<String>) node.events.get(1)).by())
                .as("who stamped the removal")
                .isEqualTo("00000000000000050000000000000005");
        assertThat(node.beat("a")).isEqualTo(Renewal.JUST_REMOVED);
    }

    @Test
    void merge_aTombstoneOfTheUnknown_isKept_sinceACopyMayComeLater() {
        node.merge(List.of(buried("a", 2), held("a", 1, Mark.HEALTHY, "late copy")));
        assertThat(node.get("a")).isEmpty();
        assertThat(node.events).isEmpty();
    }

    /** Who learns of a removal late keeps it no longer than who told of it, but for a minute: else restarts would pass it on for ever. */
    @Test
    void merge_aTombstoneNearItsEnd_livesAMinuteLonger_andNotItsWholeLifeAnew() {
        node.merge(List.of(new Buried<>(key("a"), version(2), Removal.CLIENT, 5_000)));
        node.pass(60_000);
        assertThat(node.core.counts().tombstones()).isEqualTo(1);
        node.pass(6_000);
        assertThat(node.core.counts().tombstones()).isZero();
    }

    /** {@code NoResurrection}: who told of it may not have known what it removed, and copies of a long lease are held for long. */
    @Test
    void merge_aTombstoneOfWhatThisNodeHolds_livesAsLongAsThatNeeds() {
        Datum<String> datum = new Datum<>(key("a"), version(1), Mark.HEALTHY, "x");
        DistroRecord<String> copy = new Held<>(datum, new Lease(600_000, 900_000));
        node.merge(List.of(copy, new Buried<>(key("a"), version(2), Removal.CLIENT, 5_000)));
        node.pass(1_850_000);
        node.merge(List.of(copy));
        assertThat(node.get("a")).isEmpty();
        node.pass(20_000);
        assertThat(node.core.counts().tombstones()).isZero();
    }

    /** N01, NoResurrection: what was deregistered here does not come back with an old sync. */
    @Test
    void merge_afterALocalDeregistration_oldCopiesAreRefused_evenOfWhatWasNeverSeenHere() {
        node.register("a");
        Datum<String> old = node.get("a").orElseThrow();
        node.deregister("a");
        node.deregister("b");
        node.merge(List.of(new Held<>(old, LEASE), held("b", -1, Mark.HEALTHY, "x")));
        assertThat(node.all()).isEmpty();
    }

    @Test
    void merge_aLocalWriteAfterwards_isNewer_evenIfThePeersClockIsAhead() {
        node.merge(List.of(held("a", 3_600_000L << 16, Mark.HEALTHY, "from the future")));
        node.register("a", "mine", LEASE);
        assertThat(node.get("a").orElseThrow().value()).isEqualTo("mine");
    }

    @Test
    void merge_theLeaseGoesOnHere_afterOneFullTimeout() {
        node.merge(List.of(held("a", 1, Mark.HEALTHY, "x")));
        node.pass(31_500);
        assertThat(node.get("a")).isEmpty();
    }

    /** The heart: whatever the order, the batches and the repetitions, the same records give the same content. */
    @ParameterizedTest
    @MethodSource("seeds")
    void merge_anyOrderAnyRepetition_givesWhatADumbMergeGives(long seed) {
        Random random = new Random(seed);
        List<DistroRecord<String>> records = drawRecords(random);
        Map<Key, DistroRecord<String>> expected = new TreeMap<>();
        records.forEach(record -> expected.merge(record.key(), record, MergeTest::dumbMerge));
        List<Datum<String>> expectedVisible = expected.values().stream()
                .filter(record ->
                        record instanceof Held<String> held && held.datum().mark() != Mark.EXPIRED)
                .map(record -> ((Held<String>) record).datum())
                .toList();

        long digest = 0;
        for (int copy = 0; copy < 4; copy++) {
            CoreFixture replica = new CoreFixture(copy + 1, GuardLimits.DEFAULTS).loaded();
            List<DistroRecord<String>> sequence = new ArrayList<>(records);
            sequence.addAll(records.subList(0, random.nextInt(records.size())));
            Collections.shuffle(sequence, random);
            for (int from = 0; from < sequence.size(); ) {
                int to = Math.min(sequence.size(), from + 1 + random.nextInt(10));
                replica.merge(sequence.subList(from, to));
                replica.assertCoherent();
                from = to;
            }
            assertThat(replica.all()).isEqualTo(expectedVisible);
            assertThat(copy == 0 || replica.core.counts().digest() == digest)
                    .as("equal content, equal digest")
                    .isTrue();
            digest = replica.core.counts().digest();
        }
    }

    /** Two nodes that exchange all they hold, in whatever state, agree afterwards. */
    @Test
    void merge_theUnionOfTwoSides_isTheSameOnBoth() {
        CoreFixture left = new CoreFixture(1, GuardLimits.DEFAULTS).loaded();
        CoreFixture right = new CoreFixture(2, GuardLimits.DEFAULTS).loaded();
        left.register("a", "left", LEASE);
        left.register("both", "left", LEASE);
        left.deregister("gone");
        right.pass(1_000);
        right.register("b", "right", LEASE);
        right.register("both", "right", LEASE);
        List<DistroRecord<String>> fromLeft = heldBy(left);
        List<DistroRecord<String>> fromRight = heldBy(right);
        left.merge(fromRight);
        right.merge(fromLeft);
        assertThat(left.all()).isEqualTo(right.all()).hasSize(3);
        assertThat(left.get("both").orElseThrow().value()).isEqualTo("right");
        assertThat(left.core.counts().digest()).isEqualTo(right.core.counts().digest());
    }

    private static List<DistroRecord<String>> heldBy(CoreFixture side) {
        return side.all().stream()
                .<DistroRecord<String>>map(datum -> new Held<>(datum, LEASE))
                .toList();
    }

    private static long[] seeds() {
        return new Random(20).longs(200).toArray();
    }

    private static DistroRecord<String> dumbMerge(DistroRecord<String> a, DistroRecord<String> b) {
        String left = orderOf(a);
        String right = orderOf(b);
        return left.compareTo(right) >= 0 ? a : b;
    }

    /** Version, mark and value hash as text that sorts like them. */
    private static String orderOf(DistroRecord<String> record) {
        Version.Hybrid version = record.version();
        String stamp =
                String.format("%020d %020d", version.clock(), version.origin().nodeIdLow());
        if (record instanceof Held<String> held) {
            Datum<String> datum = held.datum();
            return stamp + " "
                    + List.of("HEALTHY", "UNHEALTHY", "EXPIRED")
                            .indexOf(datum.mark().name()) + " "
                    + String.format("%020d", CoreFixture.hash(datum.value()) >>> 1)
                    + (CoreFixture.hash(datum.value()) & 1);
        }
        return stamp + " 3";
    }

    private static List<DistroRecord<String>> drawRecords(Random random) {
        List<DistroRecord<String>> records = new ArrayList<>();
        int count = 2 + random.nextInt(60);
        for (int i = 0; i < count; i++) {
            Key key = Key.ephemeral("service-" + random.nextInt(3), "i" + random.nextInt(4));
            Version.Hybrid version = new Version.Hybrid(BASE + random.nextInt(5), new Origin(0, random.nextInt(3), 0));
            if (random.nextInt(4) == 0) {
                records.add(new Buried<>(key, version, Removal.CLIENT, 600_000));
            } else {
                Mark mark = MARKS.get(random.nextInt(MARKS.size()));
                records.add(new Held<>(new Datum<>(key, version, mark, positive("v", random)), LEASE));
            }
        }
        return records;
    }

    /** Values whose hash is positive, so that the dumb order over digits needs no signs. */
    private static String positive(String prefix, Random random) {
        String value = prefix + random.nextInt(3);
        while (CoreFixture.hash(value) < 0) {
            value += "'";
        }
        return value;
    }

    private static Version.Hybrid version(long number) {
        return new Version.Hybrid(BASE + number, ORIGIN);
    }

    private static DistroRecord<String> held(String instance, long number, Mark mark, String value) {
        return new Held<>(new Datum<>(key(instance), version(number), mark, value), LEASE);
    }

    private static DistroRecord<String> buried(String instance, long number) {
        return new Buried<>(Key.ephemeral(SERVICE, instance), version(number), Removal.CLIENT, 600_000);
    }
}
