package io.muster.sim.run;

/** An invariant does not hold. Thrown by a subject's checks, inside an event of the run or at the end of a phase. */
public final class InvariantViolation extends AssertionError {

    private static final long serialVersionUID = 1L;

    /** For what concerns no single node. */
    public static final int NO_NODE = -1;

    private final String invariant;
    private final int node;

    /**
     * @param invariant its name, as {@code "ElectionSafety"}; shrinking looks for the same one
     * @param node the number of the node where it shows, or {@link #NO_NODE}
     * @param values all that were compared
     */
    public InvariantViolation(String invariant, int node, String values) {
        super(invariant + ": " + values);
        this.invariant = invariant;
        this.node = node;
    }

    public String invariant() {
        return invariant;
    }

    public int node() {
        return node;
    }
}
