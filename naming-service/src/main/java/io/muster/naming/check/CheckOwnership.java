package io.muster.naming.check;

/** Which checks are this member's. Safe for any thread; answers at once. */
public interface CheckOwnership {

    /**
     * Whether this member is the one for what bears the name. While members see each other differently two may say so, or none.
     *
     * @param name of a service's group, or of a slice of one
     */
    boolean isMine(String name);

    /** Changes whenever an answer of {@link #isMine} may have changed. */
    long epoch();

    /**
     * Whether this member sees less than half of the cluster. It is then rather cut off itself than all the others are dead, and the silence of a
     * target says nothing.
     */
    boolean isCutOff();

    /** Whether there is no other member to be cut off from. Silence need not wait then until this one would know that it is. */
    boolean isAlone();
}
