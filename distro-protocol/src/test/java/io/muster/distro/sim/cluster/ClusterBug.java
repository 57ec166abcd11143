package io.muster.distro.sim.cluster;

import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Key;
import io.muster.distro.core.BrokenRules;
import io.muster.member.port.Time;
import io.muster.sim.run.KillMatrix;
import io.muster.sim.run.PlanShape;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A cluster that is wrong on purpose, and the invariants of which one must notice (simulation spec §10). */
enum ClusterBug {
    NONE(BrokenRules.NONE),
    N01_REMOVAL_WITHOUT_TOMBSTONE(BrokenRules.REMOVAL_WITHOUT_TOMBSTONE, "ID4"),
    N02_OLDER_OVERWRITES_NEWER(BrokenRules.OLDER_OVERWRITES_NEWER, "ID6"),
    N03_REMOVAL_TASK_LOST(BrokenRules.REMOVAL_TASK_LOST, "ID4", "ID1"),
    N04_FAILED_SYNC_NOT_RETRIED(BrokenRules.SYNC_NOT_RETRIED_NOR_VERIFIED, "ID1"),
    N05_VERIFY_OFF(BrokenRules.VERIFY_OFF, "ID1"),
    N06_VERIFY_ONE_WAY(BrokenRules.VERIFY_SENDS_ONLY_ON_ONE_SIDE, "ID1", "ID3"),
    N07_ANYBODY_EXPIRES(BrokenRules.ANYBODY_ENDS_WITHOUT_ASKING, "ID2", "ID9"),
    N08_NO_GRANT_ON_TAKEOVER(BrokenRules.NO_GRANT_NO_ASKING, "ID2", "ID9"),
    N09_DEAD_NODE_STAYS_IN_RING(BrokenRules.DEAD_STAY_IN_RING, "ID5"),
    N09_RING_ORDER_DIFFERS(BrokenRules.RING_ORDER_BY_CHANCE, "ID5"),
    N10_SERVES_BEFORE_LOADED(BrokenRules.SERVES_BEFORE_LOADED, "ID8", "ID9"),
    N11_LOAD_OVERWRITES(BrokenRules.LOAD_OVERWRITES, "ID4", "ID6"),
    N13_ONE_TARGET_AT_A_TIME(BrokenRules.ONE_TARGET_AT_A_TIME, "ID10"),
    N14_EQUAL_REGISTRATION_IS_LOCAL(BrokenRules.EQUAL_REGISTRATION_IS_LOCAL, "ID1", "ID2"),
    N17_WRITES_WAIT_FOR_A_MAJORITY(BrokenRules.WRITES_NEED_A_MAJORITY, "ID12"),
    N19_NO_ASKING_NO_REFUTATION(BrokenRules.NO_ASKING, "ID2"),
    N20_ABSENCE_DELETES(BrokenRules.ABSENCE_DELETES, "ID2", "ID4"),
    N21_MARK_AS_FRESH_STAMP(BrokenRules.MARK_AS_FRESH_STAMP, "ID6"),
    RENEWAL_AS_FRESH_STAMP(BrokenRules.RENEWAL_AS_FRESH_STAMP, "ID4"),
    N22_TOMBSTONES_FORGOTTEN_SOON(BrokenRules.TOMBSTONES_FORGOTTEN_SOON, "ID4"),
    N23_LOADING_MEMBER_IN_RING(BrokenRules.LOADING_MEMBER_IN_RING, "ID5"),
    /** Nobody watches the engine's thread: one that hangs keeps its groups. */
    HUNG_ENGINE_STAYS_IN_RING(BrokenRules.NONE, "ID5"),
    /** Whatever comes is queued. */
    QUEUE_WITHOUT_BOUND(BrokenRules.NONE, "IX4"),
    /** A renewal is queued with each beat, whether it waits already or not. */
    BEATS_PILE_UP(BrokenRules.NONE, "IX4"),
    /** Whoever stops leaves its timers running. */
    TIMERS_OUTLIVE_THE_ENGINE(BrokenRules.NONE, "IX4"),
    /** Who finds no room is told when it has waited for a while. */
    BUSY_IS_SAID_LATE(BrokenRules.NONE, "IX5"),
    /** Beats are refused where writes are. */
    BEATS_ARE_SHED_WITH_WRITES(BrokenRules.NONE, "IX5"),
    /** What finds no room is acknowledged, and forgotten. */
    WHAT_IS_SHED_IS_ACKNOWLEDGED(BrokenRules.NONE, "IX5");

    private final BrokenRules rules;

    @SuppressWarnings("ImmutableEnumChecker") // Set.of is immutable
    private final Set<String> invariants;

    ClusterBug(BrokenRules rules, String... invariants) {
        this.rules = rules;
        this.invariants = Set.of(invariants);
    }

    /** What takes a while to come about asks for a longer chaos: that a node is cut off, that an engine hangs, that a mark is wrong. */
    PlanShape shape() {
        return switch (this) {
            case N17_WRITES_WAIT_FOR_A_MAJORITY, N19_NO_ASKING_NO_REFUTATION, HUNG_ENGINE_STAYS_IN_RING ->
                ApInstances.SHAPE;
            default -> ApInstances.QUICK;
        };
    }

    boolean watches() {
        return this != HUNG_ENGINE_STAYS_IN_RING;
    }

    boolean cancelsTimers() {
        return this != TIMERS_OUTLIVE_THE_ENGINE;
    }

    /** On queued changes. */
    int bound(int wanted) {
        return this == QUEUE_WITHOUT_BOUND ? Integer.MAX_VALUE : wanted;
    }

    void beforeBeat(SimServer server, Key key) {
        if (this == BEATS_PILE_UP) {
            server.forgetThatItWaits(key);
        } else if (this == BEATS_ARE_SHED_WITH_WRITES && server.isFull()) {
            throw new ConsistencyException.Overloaded("too many changes wait");
        }
    }

    /** Tells a caller what became of its write. */
    <T> void answer(Time time, CompletableFuture<List<T>> caller, List<T> done, @Nullable Throwable error) {
        if (error == null) {
            caller.complete(done);
        } else if (error instanceof ConsistencyException.Overloaded && this == WHAT_IS_SHED_IS_ACKNOWLEDGED) {
            caller.complete(List.of());
        } else if (error instanceof ConsistencyException.Overloaded && this == BUSY_IS_SAID_LATE) {
            time.after(Duration.ofMillis(1_200), () -> caller.completeExceptionally(error));
        } else {
            caller.completeExceptionally(error);
        }
    }

    KillMatrix.PlantedBug planted() {
        return new KillMatrix.PlantedBug(name(), new ApInstances(this), invariants);
    }

    /** Whether the run is to look at the invariant: of a bug only at those that are named for it, lest another one hides whether they bite. */
    boolean counts(String invariant) {
        return this == NONE || invariants.contains(invariant);
    }

    BrokenRules rules() {
        return rules;
    }
}
