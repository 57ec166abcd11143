package io.muster.raft.core;

import io.muster.member.NodeId;
import io.muster.raft.RaftRole;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.Payload;
import io.muster.raft.core.membership.Configuration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Sees every node at once and holds the invariants of {@code spec/simulation.md} §5, each after the step that could break it. It counts majorities in
 * its own dumb way.
 */
final class Observer {

    private final Map<Long, NodeId> leaderOfTerm = new HashMap<>();
    private final Map<String, NodeId> voteOf = new HashMap<>();

    /** (index, term) → hash over the entry and all before it. */
    private final Map<String, Long> chainOf = new HashMap<>();

    /** What is committed: index → hash over the entry and all before it. */
    private final TreeMap<Long, Long> ledger = new TreeMap<>();

    /** What has happened at least once ({@code spec/simulation.md} §9). */
    private final TreeSet<String> marks = new TreeSet<>();

    /** The highest index that a client was told of. */
    private long acknowledged;

    static void check(boolean holds, String invariant, String what) {
        if (!holds) {
            throw new AssertionError(invariant + ": " + what);
        }
    }

    /** IR3: equal index and term, equal prefix. */
    void stored(ClusterNode node, LogEntry entry, long chain) {
        Long before = chainOf.putIfAbsent(entry.index() + "/" + entry.term(), chain);
        check(before == null || before == chain, "LogMatching", node.id + " differs at or before " + entry);
    }

    /** IR2; IR10: at most one unfinished change, none before an own commit, and neighbours always share a decision maker. */
    void appended(ClusterNode leader, LogEntry entry, Configuration before, long beforeIndex) {
        check(entry.index() == leader.lastIndex() + 1, "LeaderAppendOnly", leader.id + " overwrites " + entry);
        if (entry.payload() instanceof Payload.Members members) {
            check(beforeIndex <= leader.core.commitIndex(), "ConfigSafety", "two changes at once at " + leader.id);
            check(leader.hasCommittedInTerm(), "ConfigSafety", "change before an own commit at " + leader.id);
            check(
                    overlap(before, members.configuration()),
                    "ConfigSafety",
                    before + " and " + members.configuration() + " can decide apart");
        }
    }

    /** IR1, IR4, IR8. */
    void leads(ClusterNode node, long term) {
        NodeId before = leaderOfTerm.putIfAbsent(term, node.id);
        check(before == null || before.equals(node.id), "ElectionSafety", before + " and " + node.id + " lead " + term);
        check(
                majority(
                        node.inForceByLog(),
                        voter -> node.id.equals(voteOf.get(voter + "/" + term)) || voter.equals(node.id)),
                "VoteOnce",
                node.id + " leads " + term + " without the votes of a majority");
        if (!ledger.isEmpty()) {
            long last = ledger.lastKey();
            check(node.chainAt(last, ledger) == ledger.get(last), "LeaderCompleteness", node.id + " lacks " + last);
        }
    }

    /** IR8. */
    void votes(ClusterNode node, long term, NodeId candidate) {
        NodeId before = voteOf.putIfAbsent(node.id + "/" + term, candidate);
        check(
                before == null || before.equals(candidate),
                "VoteOnce",
                node.id + " voted for " + before + " and " + candidate);
        check(
                node.diskState().term() >= term,
                "VoteOnce",
                node.id + " sent a vote of " + term + " before it was stored");
    }

    /** IR9. */
    void commits(ClusterNode node, long before, long index) {
        check(index > before && index <= node.lastIndex(), "CommitMonotone", node.id + " goes to " + index);
        check(
                node.core.role() != RaftRole.LEADER || node.termAt(index) == node.core.term(),
                "CommitMonotone",
                node.id + " commits an entry of an older term by counting");
    }

    /** IR5, IR7: what is applied is what others applied, and a majority holds it durably. */
    void applies(ClusterNode node, long index, long chain, Iterable<ClusterNode> nodes) {
        Long before = ledger.putIfAbsent(index, chain);
        check(before == null || before == chain, "StateMachineSafety", node.id + " applies another " + index);
        if (before == null) {
            check(
                    majority(node.inForceByLog(), voter -> holds(nodes, voter, index, chain)),
                    "AckIsDurable",
                    index + " is not on a majority of " + node.inForceByLog());
        }
    }

    private static boolean holds(Iterable<ClusterNode> nodes, NodeId voter, long index, long chain) {
        for (ClusterNode node : nodes) {
            if (node.id.equals(voter)) {
                return node.holdsDurably(index, chain);
            }
        }
        return false;
    }

    /** IR11. */
    void snapshot(ClusterNode node, long index, long chain) {
        check(Long.valueOf(chain).equals(ledger.get(index)), "SnapshotFaithful", node.id + " at " + index);
    }

    void acknowledges(long index) {
        acknowledged = Math.max(acknowledged, index);
    }

    long acknowledged() {
        return acknowledged;
    }

    /** IR12: a read sees all that was acknowledged before it came. */
    void reads(ClusterNode node, long acknowledgedBefore, long index) {
        check(
                index >= acknowledgedBefore,
                "Linearizable",
                node.id + " reads at " + index + " after " + acknowledgedBefore + " was acknowledged");
    }

    /** IR9 and IR10, for a node at rest. */
    void rests(ClusterNode node) {
        check(node.core.commitIndex() <= node.core.log().lastIndex(), "CommitMonotone", node.id + " beyond its log");
        check(
                node.core.configuration().equals(Optional.of(node.inForceByLog())),
                "ConfigSafety",
                node.id + " decides by " + node.core.configuration() + " where its log says " + node.inForceByLog());
    }

    /** Notes what is worth having happened. */
    void sees(Effect effect) {
        if (effect instanceof Effect.MembersJudged judged) {
            marks.add("members " + judged.verdict());
        } else if (effect instanceof Effect.TransferEnded ended) {
            marks.add(ended.handedOver() ? "handed over" : "kept leading");
        } else if (effect instanceof Effect.ConfigurationCommitted committed) {
            marks.add(committed.configuration().isJoint() ? "joint committed" : "members committed");
        } else if (effect instanceof Effect.LoadSnapshot load) {
            marks.add(load.logIsKept() ? "installed, log kept" : "installed, log dropped");
        } else {
            marks.add(effect.getClass().getSimpleName());
        }
    }

    Set<String> marks() {
        return marks;
    }

    long committedCount() {
        return ledger.isEmpty() ? 0 : ledger.lastKey();
    }

    int termsLed() {
        return leaderOfTerm.size();
    }

    static boolean majority(Configuration group, Predicate<NodeId> agrees) {
        return half(group.voters(), agrees) && (!group.isJoint() || half(group.outgoing(), agrees));
    }

    private static boolean half(List<NodeId> voters, Predicate<NodeId> agrees) {
        return 2 * voters.stream().filter(agrees).count() > voters.size();
    }

    /** Whether no two sets of nodes, one deciding by each configuration, are disjoint; tries all. */
    private static boolean overlap(Configuration one, Configuration other) {
        List<NodeId> all = Stream.concat(one.members().stream(), other.members().stream())
                .distinct()
                .toList();
        for (int bits = 0; bits < 1 << all.size(); bits++) {
            int chosen = bits;
            if (majority(one, node -> (chosen >> all.indexOf(node) & 1) == 1)
                    && majority(other, node -> (chosen >> all.indexOf(node) & 1) == 0 && all.contains(node))) {
                return false;
            }
        }
        return true;
    }
}
