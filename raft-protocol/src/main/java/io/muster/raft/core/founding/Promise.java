package io.muster.raft.core.founding;

import io.muster.member.NodeId;

/**
 * A node's word to count itself to one founder's cluster and to no other's; durable before it is given. It falls when the founder itself says that the
 * attempt is over, or when this node belongs to a cluster.
 *
 * @param attempt drawn by the founder for each try; a founder founds only with promises to the try at hand, so a try that it has forgotten binds nobody
 */
public record Promise(NodeId founder, long attempt) {}
