package io.muster.naming.registry;

/** Which services this node does the cluster's work for: one member for each, but for moments of disagreement. Any thread. */
@FunctionalInterface
public interface Duties {

    /** A node without others. */
    Duties ALL = keyGroup -> true;

    /**
     * Whether the work on a service is this node's.
     *
     * @param keyGroup the group of its keys
     */
    boolean mine(String keyGroup);
}
