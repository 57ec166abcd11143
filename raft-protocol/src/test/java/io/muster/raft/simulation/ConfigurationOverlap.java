package io.muster.raft.simulation;

import io.muster.member.NodeId;
import io.muster.raft.core.membership.Configuration;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Majorities counted the dumb way, so that a mistake in the engine's own arithmetic is not repeated here. */
final class ConfigurationOverlap {

    private ConfigurationOverlap() {}

    /** Whether those who agree can decide; in a joint configuration both halves must. */
    static boolean majority(Configuration group, Predicate<NodeId> agrees) {
        return half(group.voters(), agrees) && (!group.isJoint() || half(group.outgoing(), agrees));
    }

    private static boolean half(List<NodeId> voters, Predicate<NodeId> agrees) {
        return 2 * voters.stream().filter(agrees).count() > voters.size();
    }

    /** Whether no two sets of nodes, one deciding by each configuration, are disjoint; tries all. */
    static boolean always(Configuration one, Configuration other) {
        List<NodeId> all = Stream.concat(one.members().stream(), other.members().stream())
                .distinct()
                .toList();
        for (int bits = 0; bits < 1 << all.size(); bits++) {
            int chosen = bits;
            if (majority(one, node -> (chosen >> all.indexOf(node) & 1) == 1)
                    && majority(other, node -> (chosen >> all.indexOf(node) & 1) == 0)) {
                return false;
            }
        }
        return true;
    }
}
