package io.muster.raft.driver;

import io.muster.member.MemberView;
import io.muster.member.NodeId;
import io.muster.raft.core.RaftCore;
import io.muster.raft.core.format.Announcements;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.membership.MembershipChange;
import io.muster.raft.core.wish.WishPolicy;
import io.muster.raft.core.wish.WishStep;
import io.muster.raft.core.wish.WishView;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the wish policy what this node knows, and remembers since when: the leader asks it from time to time for the next step. */
final class WishKeeper {

    /** How long a voter must have been absent from the wish before it leaves (design §4). */
    private static final Duration ABSENCE = Duration.ofSeconds(60);

    /** How long a wish must have stood still before voters change. */
    private static final Duration STABLE = Duration.ofSeconds(1);

    /** For so long those who come wait for each other. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(WishKeeper.class);

    private final NodeId self;
    private final WishPolicy policy = new WishPolicy(ABSENCE.toNanos(), STABLE.toNanos(), PATIENCE.toNanos());

    private MemberView view;
    private long wishSinceNanos;

    /** Since when the wish has certainly not named a member, whether or not this node led all the time. */
    private final TreeMap<NodeId, Long> absentSinceNanos = new TreeMap<>();

    /** The wish that an operator has confirmed; it counts until the wish changes. */
    private Optional<List<NodeId>> confirmed = Optional.empty();

    private String reason = "";

    WishKeeper(NodeId self, MemberView view, long nowNanos) {
        this.self = self;
        this.view = view;
        this.wishSinceNanos = nowNanos;
    }

    /** The view has changed. */
    void saw(MemberView newView, long nowNanos) {
        boolean same = newView.wish().entries().equals(view.wish().entries());
        view = newView;
        absentSinceNanos.keySet().removeIf(this::mayBeListed);
        if (!same) {
            wishSinceNanos = nowNanos;
        }
    }

    List<NodeId> wish() {
        return view.wish().nodeIds();
    }

    /** What became of the last look, one line. */
    String reason() {
        return reason;
    }

    /** This node does not lead: what it saw as a leader says nothing any more. */
    void leadsNot() {
        reason = "";
        confirmed = Optional.empty();
    }

    /** Takes this wish for confirmed by an operator. */
    void confirm() {
        confirmed = Optional.of(wish());
    }

    /** What an effective leader is to do now, if anything. */
    Optional<MembershipChange> next(RaftCore core, Announcements announcements, long nowNanos) {
        Configuration group = core.configuration().orElseThrow();
        noteAbsence(group, nowNanos);
        if (wish().isEmpty()) {
            reason = "nothing is listed";
            return Optional.empty();
        }
        TreeMap<NodeId, List<NodeId>> wishes = new TreeMap<>();
        view.wish().sharedBy().forEach(node -> wishes.put(node, wish()));
        wishes.put(self, wish());
        TreeMap<NodeId, String> unreadable = new TreeMap<>();
        for (NodeId listed : wish()) {
            if (!group.isMember(listed)) {
                announcements.objectionTo(listed, group).ifPresent(why -> unreadable.put(listed, why));
            }
        }
        WishStep step = policy.next(
                new WishView(
                        self,
                        group,
                        core.configurationIndex() <= core.commitIndex(),
                        wish(),
                        view.wish().unresolved(),
                        wishSinceNanos,
                        wishes,
                        absentSinceNanos,
                        core.followers(),
                        unreadable,
                        confirmed.equals(Optional.of(wish()))),
                nowNanos);
        if (!step.reason().equals(reason)) {
            LOG.info("Members and lookup: {}", step.reason());
        }
        reason = step.reason();
        return step instanceof WishStep.Change change ? Optional.of(change.change()) : Optional.empty();
    }

    private void noteAbsence(Configuration group, long nowNanos) {
        absentSinceNanos.keySet().removeIf(node -> !group.isMember(node));
        for (NodeId member : group.members()) {
            if (!mayBeListed(member)) {
                absentSinceNanos.putIfAbsent(member, nowNanos);
            }
        }
    }

    /** Whether the wish names it, or does not tell: after a start there is no list yet, and then an unresolved line could be just that node. */
    private boolean mayBeListed(NodeId node) {
        return wish().contains(node) || !view.wish().resolved();
    }
}
