package io.muster.raft.core.digest;

import io.muster.member.NodeId;
import io.muster.raft.core.quorum.Quorum;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Compares this node's digests with those of others and decides whose copy is wrong: the majority's word counts, be the leader's the wrong one (R15).
 * A follower learns from the leader's claim whether a majority agrees with it; the leader learns what each follower has from their answers.
 */
public final class DigestBook {

    /** How many of its own digests a node keeps, so that others may be behind or ahead by some. */
    public static final int KEPT = 16;

    private final NodeId self;

    /** This node's, by index. At most {@link #KEPT}. */
    private final TreeMap<Long, StateDigest> own = new TreeMap<>();

    /** Leaders only: what each member said, by index. At most {@link #KEPT} a member. */
    private final TreeMap<NodeId, TreeMap<Long, StateDigest>> reports = new TreeMap<>();

    /** Repairs that were ordered since this node last agreed. */
    private int repairs;

    /** Index of the last alarm, so that it is raised once. */
    private long alarmedIndex;

    public DigestBook(NodeId self) {
        this.self = self;
    }

    /** This node's state has this digest. */
    public void taken(StateDigest digest) {
        keep(own, digest);
    }

    /** The newest of this node's digests. */
    public Optional<StateDigest> newest() {
        return Optional.ofNullable(own.lastEntry()).map(Map.Entry::getValue);
    }

    /** What others said is of another term. */
    public void forgetReports() {
        reports.clear();
    }

    /** Leaders: what to say in heartbeats: the newest digest with which a majority agrees, or the newest of all. */
    public Optional<DigestClaim> claim(Quorum quorum) {
        for (StateDigest digest : own.descendingMap().values()) {
            if (quorum.agrees(voter -> voter.equals(self) || says(voter, digest))) {
                return Optional.of(new DigestClaim(digest, true));
            }
        }
        return newest().map(digest -> new DigestClaim(digest, false));
    }

    private boolean says(NodeId voter, StateDigest digest) {
        StateDigest said = reports.getOrDefault(voter, new TreeMap<>()).get(digest.index());
        return digest.equals(said);
    }

    /** Leaders: a member has said what its digest is. */
    public Optional<DigestVerdict> reported(NodeId from, StateDigest report, Quorum quorum) {
        keep(reports.computeIfAbsent(from, member -> new TreeMap<>()), report);
        StateDigest mine = own.get(report.index());
        if (mine == null || !mine.isComparableTo(report) || mine.equals(report)) {
            return Optional.empty();
        }
        if (quorum.agrees(voter -> !voter.equals(self) && says(voter, report))) {
            return Optional.of(orderRepair(DigestVerdict.STEP_DOWN_AND_REPAIR));
        }
        if (quorum.agrees(voter -> voter.equals(self) || says(voter, mine))) {
            return Optional.empty();
        }
        return everyoneSaid(quorum, report.index()) ? alarm(report.index()) : Optional.empty();
    }

    /** Whether nobody is left whose word could make a majority. */
    private boolean everyoneSaid(Quorum quorum, long index) {
        TreeSet<String> said = new TreeSet<>();
        reports.values().forEach(byIndex -> {
            StateDigest digest = byIndex.get(index);
            if (digest != null) {
                said.add(digest.digest());
            }
        });
        Optional.ofNullable(own.get(index)).ifPresent(mine -> said.add(mine.digest()));
        return said.stream().noneMatch(digest -> quorum.agrees(voter -> couldSay(voter, index, digest)));
    }

    private boolean couldSay(NodeId voter, long index, String digest) {
        StateDigest said = voter.equals(self)
                ? own.get(index)
                : reports.getOrDefault(voter, new TreeMap<>()).get(index);
        return said == null || said.digest().equals(digest);
    }

    /** Followers: the leader has said what its digest is. */
    public Optional<DigestVerdict> claimed(DigestClaim claim) {
        StateDigest mine = own.get(claim.digest().index());
        if (mine == null || !mine.isComparableTo(claim.digest())) {
            return Optional.empty();
        }
        if (mine.equals(claim.digest())) {
            if (!claim.majorityAgrees() || (repairs == 0 && alarmedIndex == 0)) {
                return Optional.empty();
            }
            repairs = 0;
            alarmedIndex = 0;
            return Optional.of(DigestVerdict.AGREES);
        }
        if (!claim.majorityAgrees()) {
            return alarm(mine.index());
        }
        return Optional.of(orderRepair(DigestVerdict.REPAIR));
    }

    /** The digests of the state before the repair say nothing about the state after it. */
    private DigestVerdict orderRepair(DigestVerdict first) {
        own.clear();
        repairs++;
        return repairs == 1 || first == DigestVerdict.STEP_DOWN_AND_REPAIR ? first : DigestVerdict.STOP_READS;
    }

    private Optional<DigestVerdict> alarm(long index) {
        if (index == alarmedIndex) {
            return Optional.empty();
        }
        alarmedIndex = index;
        return Optional.of(DigestVerdict.ALARM);
    }

    private static void keep(NavigableMap<Long, StateDigest> digests, StateDigest digest) {
        digests.put(digest.index(), digest);
        if (digests.size() > KEPT) {
            digests.pollFirstEntry();
        }
    }
}
