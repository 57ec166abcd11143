package io.muster.raft.core;

/**
 * The core's times.
 *
 * @param heartbeatNanos between two heartbeats of a leader
 * @param electionTimeoutNanos least wait for a leader; up to twice that is drawn
 */
public record CoreTiming(long heartbeatNanos, long electionTimeoutNanos) {}
