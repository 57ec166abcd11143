package io.muster.raft.core.digest;

/**
 * What a leader says in its heartbeats: its own digest, and whether a majority of the voters, itself counted, has the same.
 */
public record DigestClaim(StateDigest digest, boolean majorityAgrees) {}
