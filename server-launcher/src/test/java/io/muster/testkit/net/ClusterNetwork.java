package io.muster.testkit.net;

import java.util.List;

/**
 * The network that joins the servers of one cluster: gives addresses, says how each node's member list must name the
 * others, and can be cut between any two nodes in either direction. The test itself reaches every node all the time.
 * Any thread may use it; closing undoes all that it set up.
 */
public interface ClusterNetwork extends AutoCloseable {

    /** An address that no server has had yet. */
    NodeAddress newAddress();

    /**
     * From now on this node lives at this address. To be told before the node starts there, and after whoever was there
     * has ended.
     */
    void settle(String node, NodeAddress address);

    /**
     * The line by which this node's list names a member.
     *
     * @param reader a node that has settled
     */
    String memberLine(String reader, NodeAddress member);

    /** What must stand before a command so that it runs where this node lives. */
    List<String> commandPrefix(String node);

    /** Changes how bytes fare from one node to another. */
    void set(String from, String to, LinkCondition condition);

    /** All ways are as they were in the beginning. */
    void heal();

    @Override
    void close();
}
