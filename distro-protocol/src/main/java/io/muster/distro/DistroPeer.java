package io.muster.distro;

import io.muster.member.NodeId;
import java.util.Optional;

/**
 * How this node stands with another member, for operators and metrics.
 *
 * @param alive UP or SUSPICIOUS: gets changes and is asked for beats
 * @param loaded says that it is loaded
 * @param pending keys of which it has not acknowledged the latest change
 * @param lastSyncMillis how long ago it acknowledged a batch; empty if it never did
 * @param lastVerifyMillis how long ago digests were found equal, or made so; empty if they never were
 * @param mismatches verify rounds led by this node that found a difference
 */
public record DistroPeer(
        NodeId nodeId,
        boolean alive,
        boolean loaded,
        int pending,
        Optional<Long> lastSyncMillis,
        Optional<Long> lastVerifyMillis,
        long mismatches) {}
