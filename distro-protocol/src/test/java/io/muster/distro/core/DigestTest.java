package io.muster.distro.core;

import static io.muster.distro.core.CoreFixture.LEASE;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Mark;
import io.muster.consistency.Origin;
import io.muster.consistency.Version;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Invariant {@code DigestHonest}: equal digests exactly where content is equal over all that clients can read. */
class DigestTest {

    private static final Datum<String> DATUM = datum("g", "i", 7, new Origin(1, 2, 3), Mark.HEALTHY, "v");

    private static Datum<String> datum(String group, String id, long clock, Origin origin, Mark mark, String value) {
        return new Datum<>(Key.ephemeral(group, id), new Version.Hybrid(clock, origin), mark, value);
    }

    static Stream<Datum<String>> inOnePartDifferent() {
        return Stream.of(
                datum("h", "i", 7, new Origin(1, 2, 3), Mark.HEALTHY, "v"),
                datum("g", "j", 7, new Origin(1, 2, 3), Mark.HEALTHY, "v"),
                datum("g", "i", 8, new Origin(1, 2, 3), Mark.HEALTHY, "v"),
                datum("g", "i", 7, new Origin(9, 2, 3), Mark.HEALTHY, "v"),
                datum("g", "i", 7, new Origin(1, 9, 3), Mark.HEALTHY, "v"),
                datum("g", "i", 7, new Origin(1, 2, 9), Mark.HEALTHY, "v"),
                datum("g", "i", 7, new Origin(1, 2, 3), Mark.UNHEALTHY, "v"),
                datum("g", "i", 7, new Origin(1, 2, 3), Mark.HEALTHY, "w"));
    }

    @ParameterizedTest
    @MethodSource("inOnePartDifferent")
    void anyDifference_shows(Datum<String> other) {
        assertThat(digest(List.of(other))).isNotEqualTo(digest(List.of(DATUM)));
    }

    @Test
    void swappedIds_show() {
        assertThat(digest(List.of(with("g", "i", "v"), with("g", "j", "w"))))
                .isNotEqualTo(digest(List.of(with("g", "i", "w"), with("g", "j", "v"))));
    }

    @Test
    void theSameRecordsInOtherGroups_show() {
        assertThat(digest(List.of(with("g", "i", "v"), with("h", "j", "v"))))
                .isNotEqualTo(digest(List.of(with("h", "i", "v"), with("g", "j", "v"))));
    }

    @Test
    void whatCameAndWent_leavesNoTrace() {
        CoreFixture node = new CoreFixture().loaded();
        long empty = node.core.counts().digest();
        node.register("a", "v", LEASE);
        assertThat(node.core.counts().digest()).isNotEqualTo(empty);
        node.deregister("a");
        assertThat(node.core.counts().digest()).isEqualTo(empty);
        node.register("b");
        node.pass(32_000);
        assertThat(node.core.counts().digest()).as("expired, kept, not read").isEqualTo(empty);
    }

    private static Datum<String> with(String group, String id, String value) {
        return datum(group, id, 7, new Origin(1, 2, 3), Mark.HEALTHY, value);
    }

    private static long digest(List<Datum<String>> content) {
        return DumbDigest.of(content, CoreFixture::hash);
    }
}
