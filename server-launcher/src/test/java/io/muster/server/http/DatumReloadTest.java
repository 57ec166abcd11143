package io.muster.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.consistency.ConsistencyException.NotReady;
import io.muster.consistency.Key;
import io.muster.naming.registry.AuditLog;
import io.muster.naming.registry.Caller;
import io.muster.server.http.DatumCopies.Copy;
import io.muster.server.http.DatumReload.Outcome;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** R25, {@code datum/reload}: what differs is told from what only changes. */
class DatumReloadTest {

    private static final Key KEY = Key.persistent("namespaces", "a");

    /** Copies as a test scripts them: what each look at one side finds; the last one stands. */
    private static final class Script implements DatumCopies {

        private boolean leads;
        private Deque<Optional<Copy>> atLeader = new ArrayDeque<>();
        private Deque<Optional<Copy>> here = new ArrayDeque<>();
        private int replaced;

        @Override
        public boolean leads() {
            return leads;
        }

        @Override
        public CompletionStage<Optional<Copy>> atLeader(Key key) {
            return next(atLeader);
        }

        @Override
        public CompletionStage<Optional<Copy>> here(Key key) {
            return next(here);
        }

        private static CompletionStage<Optional<Copy>> next(Deque<Optional<Copy>> looks) {
            return CompletableFuture.completedStage(looks.size() > 1 ? looks.removeFirst() : looks.getFirst());
        }

        @Override
        public CompletionStage<Void> replace() {
            replaced++;
            return CompletableFuture.completedStage(null);
        }
    }

    private final Script copies = new Script();

    private static Optional<Copy> copy(long version, String value) {
        return Optional.of(new Copy(version, value));
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    private static Deque<Optional<Copy>> looks(Optional<Copy>... found) {
        return new ArrayDeque<>(Arrays.asList(found));
    }

    private Outcome reload() {
        return new DatumReload(copies, new AuditLog())
                .reload(KEY, new Caller("", "127.0.0.1"))
                .toCompletableFuture()
                .join();
    }

    @Test
    void leader_hasNobodyToCompareWith() {
        copies.leads = true;
        assertThat(reload()).isEqualTo(Outcome.LEADS);
    }

    @Test
    void same_isLeftAlone() {
        for (Optional<Copy> both : List.of(copy(7, "x"), Optional.<Copy>empty())) {
            copies.atLeader = looks(both);
            copies.here = looks(both);
            assertThat(reload()).isEqualTo(Outcome.SAME);
        }
        assertThat(copies.replaced).isZero();
    }

    @Test
    void anotherValueAtTheSameVersion_isReplaced() {
        copies.atLeader = looks(copy(7, "x"));
        copies.here = looks(copy(7, "y"));
        assertThat(reload()).isEqualTo(Outcome.REPLACED);
        assertThat(copies.replaced).isEqualTo(1);
    }

    /** This node has applied all that the leader had when it was asked, so that an older version is a lost write. */
    @Test
    void olderVersionHere_isReplaced() {
        copies.atLeader = looks(copy(7, "x"));
        copies.here = looks(copy(6, "w"));
        assertThat(reload()).isEqualTo(Outcome.REPLACED);
    }

    @Test
    void missingHere_isReplaced() {
        copies.atLeader = looks(copy(7, "x"));
        copies.here = looks(Optional.empty());
        assertThat(reload()).isEqualTo(Outcome.REPLACED);
    }

    @Test
    void onlyHere_isReplaced() {
        copies.atLeader = looks(Optional.empty());
        copies.here = looks(copy(7, "x"));
        assertThat(reload()).isEqualTo(Outcome.REPLACED);
    }

    @Test
    void writtenBetweenTheLooks_isNoDifference() {
        copies.atLeader = looks(copy(7, "x"), copy(8, "y"));
        copies.here = looks(copy(8, "y"));
        assertThat(reload()).isEqualTo(Outcome.SAME);
    }

    @Test
    void removedBetweenTheLooks_isNoDifference() {
        copies.atLeader = looks(copy(7, "x"), Optional.empty());
        copies.here = looks(Optional.empty());
        assertThat(reload()).isEqualTo(Outcome.SAME);
    }

    @Test
    void changingAllTheTime_isToldAndLeftAlone() {
        copies.atLeader = looks(copy(1, "x"), copy(3, "x"), copy(5, "x"), copy(7, "x"), copy(9, "x"));
        copies.here = looks(copy(2, "x"), copy(4, "x"), copy(6, "x"), copy(8, "x"), copy(10, "x"));
        assertThatThrownBy(this::reload).isInstanceOf(CompletionException.class).hasCauseInstanceOf(NotReady.class);
        assertThat(copies.replaced).isZero();
    }
}
