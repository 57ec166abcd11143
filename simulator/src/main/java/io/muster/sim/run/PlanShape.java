package io.muster.sim.run;

/**
 * How long the phases of a run are, in virtual milliseconds. Core, heal and drain end early when the subject lacks nothing any more; these are
 * the bounds in which it must come to that.
 *
 * @param chaosMillis exact
 */
public record PlanShape(long chaosMillis, long coreMillis, long healMillis) {

    /** For runs of their own. */
    public static final PlanShape FULL = new PlanShape(60_000, 20_000, 30_000);

    /** For each build. */
    public static final PlanShape SHORT = new PlanShape(30_000, 10_000, 10_000);

    /** For planted bugs. */
    public static final PlanShape QUICK = new PlanShape(10_000, 10_000, 10_000);
}
