package io.muster.raft.simulation;

import io.muster.sim.run.KillMatrix;
import java.util.EnumSet;
import java.util.Set;

/** Planted bugs between operators' lists and Raft's wish, and the invariant that is to notice each. */
enum ListBug {
    /** None. */
    NONE(Set.of()),
    /** Whatever a source names is taken, however much it lacks. */
    WHAT_LOSES_HALF_IS_TAKEN(Set.of(ListsWorld.VIEW_SANE)),
    /** The first look at a file counts, though somebody writes it. */
    WHAT_IS_NOT_STILL_IS_TAKEN(Set.of(ListsWorld.VIEW_SANE)),
    /** Of a file with faults, what can be read is taken. */
    WHAT_HAS_FAULTS_IS_TAKEN(Set.of(ListsWorld.VIEW_SANE)),
    /** A start knows nothing of the list that was in force before it. */
    FORGOTTEN_AT_THE_RESTART(Set.of(ListsWorld.VIEW_SANE)),
    /** Who confirms a list that is held back is told that it is taken. */
    CONFIRMATION_IGNORED(Set.of(ListsWorld.VIEW_SANE)),
    /** A fault of the address server is the end of asking it. */
    GIVES_UP_ON_THE_SERVER(Set.of(ListsWorld.VIEW_SANE)),
    /** A node believes that all have its list. */
    WISH_OF_ONE_IS_ENOUGH(Set.of(ListsWorld.WISH_RESPECTED)),
    /** Each list that is taken counts as confirmed by an operator. */
    EACH_LIST_COUNTS_AS_CONFIRMED(Set.of(ListsWorld.WISH_RESPECTED)),
    /** Whoever lists this node is wished for. */
    STRANGERS_ARE_WISHED_FOR(Set.of(ListsWorld.WISH_RESPECTED));

    @SuppressWarnings("ImmutableEnumChecker") // Set.of is
    private final Set<String> expected;

    ListBug(Set<String> expected) {
        this.expected = expected;
    }

    /** Those that few seeds find: a build hunts these. */
    static Set<ListBug> foundSoon() {
        return EnumSet.of(
                WHAT_LOSES_HALF_IS_TAKEN,
                WHAT_IS_NOT_STILL_IS_TAKEN,
                WHAT_HAS_FAULTS_IS_TAKEN,
                FORGOTTEN_AT_THE_RESTART,
                GIVES_UP_ON_THE_SERVER,
                EACH_LIST_COUNTS_AS_CONFIRMED);
    }

    KillMatrix.PlantedBug planted() {
        return new KillMatrix.PlantedBug(name(), new ListsSubject(this), expected);
    }

    Set<String> expected() {
        return expected;
    }
}
