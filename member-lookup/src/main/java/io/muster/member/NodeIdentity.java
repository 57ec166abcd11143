package io.muster.member;

/**
 * This process as its peers know it.
 *
 * @param nodeId stored in the data directory
 * @param runId drawn at each process start, so that peers see a restart at once
 */
public record NodeIdentity(NodeId nodeId, long runId) {}
