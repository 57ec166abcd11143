package io.muster.simulation;

import io.muster.sim.run.KillMatrix;
import java.util.Set;

/** A node that is wrong on purpose, and the invariant that must notice (simulation spec §10). */
enum JointBug {
    NONE(""),
    /** Lists are answered and pushed while their data are still being loaded, or not there again after a cold start. */
    N16_LISTS_WHILE_LOADING("ID11"),
    /** Whatever stands in the file of members is taken for the list. */
    N18_EMPTY_FILE_ADOPTED("IX3");

    private final String invariant;

    JointBug(String invariant) {
        this.invariant = invariant;
    }

    KillMatrix.PlantedBug planted() {
        return new KillMatrix.PlantedBug(name(), new SubscribersSubject(this), Set.of(invariant));
    }
}
