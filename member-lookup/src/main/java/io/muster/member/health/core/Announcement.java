package io.muster.member.health.core;

import io.muster.member.ClusterId;
import java.util.Optional;

/**
 * What a process says of itself, in every probe and answer.
 *
 * @param runId of the process
 * @param clusterId empty until its cluster is founded
 * @param loaded whether it counts as loaded with ephemeral data (design §5)
 * @param leaving whether it is about to end, in good order
 * @param listDigest stands for the names that its lookup lists; 0 before there is a list
 * @param wishDigest stands for the nodes that its lookup lists; 0 while an address of the list is not resolved to a node
 */
public record Announcement(
        long runId, Optional<ClusterId> clusterId, boolean loaded, boolean leaving, long listDigest, long wishDigest) {}
