package io.muster.raft.core.format;

import io.muster.consistency.FormatInForce;
import io.muster.member.NodeId;
import io.muster.raft.core.Rules;
import io.muster.raft.core.membership.Configuration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which formats the nodes have announced that they read, as this node knows at one moment, and what follows from that for the group (R32). It decides when a
 * format is put in force: when everybody who belongs to the group has announced it, and answers. So does whoever is about to be taken in: a listed node that
 * is known to read less holds the switch back, lest it stay outside for ever.
 */
public final class Announcements {

    private final NodeId self;
    private final int own;
    private final TreeMap<NodeId, Announcement> others;

    /**
     * One node's word.
     *
     * @param name of the node, as it is listed
     * @param formatMax the newest format that it reads; 0 if it has not said
     * @param answers whether it is there now
     */
    public record Announcement(String name, int formatMax, boolean answers) {

        /** What counts of it now. */
        int counting() {
            return answers ? formatMax : 0;
        }

        private String shown(NodeId node) {
            return node + " (" + name + ") "
                    + (formatMax == 0 ? "has announced nothing yet" : "announces " + formatMax)
                    + (answers ? "" : ", and does not answer");
        }
    }

    /**
     * @param self this node, which announces {@code own}
     * @param others whoever is listed and was met
     */
    public Announcements(NodeId self, int own, Map<NodeId, Announcement> others) {
        this.self = self;
        this.own = own;
        this.others = new TreeMap<>(others);
        this.others.remove(self);
    }

    /** The newest format that the node has announced; 0 if nothing is known of it. */
    public int of(NodeId node) {
        return node.equals(self)
                ? own
                : Optional.ofNullable(others.get(node))
                        .map(Announcement::formatMax)
                        .orElse(0);
    }

    private int counting(NodeId node) {
        return node.equals(self)
                ? own
                : Optional.ofNullable(others.get(node))
                        .map(Announcement::counting)
                        .orElse(0);
    }

    /** The newest format that all of them have announced and are there to read; the first if one of them is not there. */
    public int leastOf(Collection<NodeId> nodes) {
        return Math.max(
                FormatInForce.FIRST,
                nodes.stream().mapToInt(this::counting).min().orElse(own));
    }

    /** The newest format that all of them have announced, whether they are there just now or not; the first if one of them has said nothing. */
    public int leastAnnouncedBy(Collection<NodeId> nodes) {
        return Math.max(
                FormatInForce.FIRST, nodes.stream().mapToInt(this::of).min().orElse(own));
    }

    /**
     * The format to put in force now, if there is a newer one.
     *
     * @param committed whether the configuration is
     * @param listed who is to belong to the group
     */
    public Optional<Integer> next(Configuration group, boolean committed, List<NodeId> listed, Rules rules) {
        if (group.isJoint() || !committed || !group.takesWrites()) {
            return Optional.empty();
        }
        List<NodeId> members = group.members();
        for (int format = own; format > group.format(); format--) {
            int wanted = format;
            int announcing = (int) members.stream()
                    .filter(member -> counting(member) >= wanted)
                    .count();
            boolean coming = listed.stream()
                    .filter(node -> !group.isMember(node))
                    .anyMatch(node -> of(node) > 0 && of(node) < wanted);
            if (!coming && rules.mayPutInForce(announcing, members.size())) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }

    /** Who holds the format back, with what is known of each; empty if nobody does. */
    public String heldBackBy(int format, Collection<NodeId> members, Collection<NodeId> listed) {
        TreeSet<NodeId> all = new TreeSet<>(members);
        listed.stream().filter(node -> of(node) > 0 && of(node) < format).forEach(all::add);
        List<String> shown = new ArrayList<>();
        for (NodeId node : all) {
            if (counting(node) < format) {
                shown.add(shown(node));
            }
        }
        return String.join(", ", shown);
    }

    /** The node and what it announces, for people. */
    public String shown(NodeId node) {
        if (node.equals(self)) {
            return node + " (this node) announces " + own;
        }
        Announcement announced = others.get(node);
        return announced == null ? node + " is not known here" : announced.shown(node);
    }

    /** Why the node can't be taken in, since it does not read what the group writes; empty if it does. */
    public Optional<String> objectionTo(NodeId node, Configuration group) {
        boolean reads = group.format() == FormatInForce.FIRST || of(node) >= group.format();
        return reads
                ? Optional.empty()
                : Optional.of("format " + group.format() + " is in force, and " + shown(node)
                        + ": it stays outside until it runs a build that reads it");
    }
}
