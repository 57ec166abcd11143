package io.muster.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Readiness;
import io.muster.server.RaftCatchUp.Gain;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** X15: Raft's part in readiness. */
class RaftCatchUpTest {

    private static final Readiness LEADERLESS = Readiness.waitingFor("no leader");

    private final AtomicReference<Readiness> engine = new AtomicReference<>(LEADERLESS);
    private final AtomicBoolean notFounded = new AtomicBoolean();
    private final AtomicReference<Optional<Gain>> fromLeader = new AtomicReference<>(Optional.empty());
    private final AtomicLong nanos = new AtomicLong(-5);
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final RaftCatchUp catchUp =
            new RaftCatchUp(engine::get, notFounded::get, stopped::get, fromLeader::get, nanos::get);

    @Test
    void beforeCatchingUp_theEnginesReasonIsGiven() {
        assertThat(catchUp.get()).isEqualTo(LEADERLESS);
    }

    @Test
    void losingTheLeaderLater_neverMakesANodeUnready() {
        engine.set(Readiness.READY);
        assertThat(catchUp.get().ready()).isTrue();
        engine.set(LEADERLESS);
        assertThat(catchUp.get().ready()).isTrue();
    }

    /** Design §4: until the founding, readiness asks for ephemeral data alone; and a node that was ready stays so when it joins. */
    @Test
    void notFounded_isNoReasonToWait_norIsTheFoundingAReasonToBecomeUnready() {
        notFounded.set(true);
        assertThat(catchUp.get().ready()).isTrue();
        assertThat(catchUp.get().reason()).contains("not founded", "persistent writes are refused");
        notFounded.set(false);
        assertThat(catchUp.get().ready()).isTrue();
        engine.set(Readiness.READY);
        assertThat(catchUp.get().reason()).contains("caught up");
    }

    /** X10: it will never catch up, and ephemeral data needs none of it. */
    @Test
    void stopped_isNoReasonToWait() {
        stopped.set(true);
        engine.set(Readiness.waitingFor("CommandsReadable: entry 7"));
        assertThat(catchUp.get().ready()).isTrue();
        assertThat(catchUp.get().reason()).contains("entry 7", "the rest is served");
    }

    @Test
    void afterThirtySecondsWithoutALeader_theNodeIsReady() {
        nanos.addAndGet(RaftCatchUp.PATIENCE.toNanos() - 1);
        assertThat(catchUp.get().ready()).isFalse();
        nanos.addAndGet(1);
        assertThat(catchUp.get().ready()).isTrue();
    }

    /** It catches up, be it by a large snapshot that takes minutes. */
    @Test
    void whileAnythingComesFromALeader_noTimeExcusesItFromCatchingUp() {
        for (int i = 0; i < 10; i++) {
            fromLeader.set(Optional.of(i % 2 == 0 ? new Gain(i, 0) : new Gain(0, i)));
            assertThat(catchUp.get()).isEqualTo(LEADERLESS);
            nanos.addAndGet(RaftCatchUp.PATIENCE.toNanos());
        }
        fromLeader.set(Optional.empty());
        assertThat(catchUp.get().ready()).as("it is gone for as long").isTrue();
    }

    /** X10: a full disk, or a snapshot that is refused and sent again, keeps no node from serving ephemeral data. */
    @Test
    void whereNothingMoreComesFromTheLeader_theNodeIsReady() {
        fromLeader.set(Optional.of(new Gain(5, 100)));
        assertThat(catchUp.get().ready()).isFalse();
        fromLeader.set(Optional.of(new Gain(5, 40)));
        nanos.addAndGet(RaftCatchUp.PATIENCE.toNanos() / 2);
        assertThat(catchUp.get().ready()).isFalse();
        fromLeader.set(Optional.of(new Gain(5, 90)));
        nanos.addAndGet(RaftCatchUp.PATIENCE.toNanos() / 2);
        assertThat(catchUp.get().ready()).isTrue();
        assertThat(catchUp.get().reason()).contains("nothing came from the leader", LEADERLESS.reason());
    }
}
