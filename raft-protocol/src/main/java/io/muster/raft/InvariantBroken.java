package io.muster.raft;

/** A safety property does not hold. The engine stops; it never goes on with a state that cannot be right. */
public final class InvariantBroken extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    /**
     * @param name of the invariant, as the simulation's list has it where it is there
     * @param values all that are involved
     */
    public InvariantBroken(String name, String values) {
        super(name + ": " + values);
    }
}
