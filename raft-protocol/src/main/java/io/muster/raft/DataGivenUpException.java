package io.muster.raft;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;

/**
 * This node has thrown its persistent data away to go to another cluster, as an operator told it to or since its own had nothing to lose. What it promised
 * in the old one is gone with the data, so it never votes under its old id again: that is gone from the data directory, and the next process that opens
 * the directory is a new node, which joins the other cluster as a learner.
 */
public final class DataGivenUpException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param node that is over */
    public DataGivenUpException(NodeId node, ClusterId cluster) {
        super("the persistent data of node " + node + " was thrown away, as the node goes to cluster " + cluster
                + ". Started again, it comes there as a new node");
    }
}
