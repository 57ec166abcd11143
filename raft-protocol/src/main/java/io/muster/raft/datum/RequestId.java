package io.muster.raft.datum;

import io.muster.member.NodeId;

/**
 * Names one request for ever, so that repeating it does no harm (dissertation §6.3).
 *
 * @param node that took the request from its client
 * @param runId of that node's process
 * @param sequence rising within the run
 */
record RequestId(NodeId node, long runId, long sequence) {}
