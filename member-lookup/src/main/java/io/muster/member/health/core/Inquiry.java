package io.muster.member.health.core;

import io.muster.member.MemberAddress;
import io.muster.member.NodeId;
import io.muster.member.health.core.HealthMessage.AskReach;
import io.muster.member.health.core.HealthMessage.Suspect;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * The round in which members are asked whether they reach the suspects, and whom they reach where this node reaches nobody: one message to each, repeated a few times to those who don't answer. One
 * round at a time, one interval long.
 */
final class Inquiry {

    private static final int REPEATS = 3;

    private final TreeSet<NodeId> pending = new TreeSet<>();
    private List<Suspect> suspects = List.of();
    private List<MemberAddress> addresses = List.of();
    private boolean running;

    /** Rises with each round of this run. */
    private long round;

    private long startNanos;
    private int repeats;

    void begin(List<Suspect> about, List<MemberAddress> unreached, Collection<NodeId> members, long awakeNanos) {
        round++;
        running = true;
        startNanos = awakeNanos;
        repeats = 0;
        suspects = about;
        addresses = turnOf(unreached);
        pending.clear();
        pending.addAll(members);
    }

    void end() {
        running = false;
        pending.clear();
        suspects = List.of();
        addresses = List.of();
    }

    /** Those whose turn it is, where there are more than a question may hold. */
    private List<MemberAddress> turnOf(List<MemberAddress> all) {
        List<MemberAddress> askable = all.stream()
                .filter(address -> address.host().length() <= HealthMessage.HOST_CHARS_MAX)
                .toList();
        if (askable.size() <= HealthMessage.ADDRESSES_MAX) {
            return askable;
        }
        int turns = (askable.size() + HealthMessage.ADDRESSES_MAX - 1) / HealthMessage.ADDRESSES_MAX;
        return askable.stream()
                .skip(round % turns * HealthMessage.ADDRESSES_MAX)
                .limit(HealthMessage.ADDRESSES_MAX)
                .toList();
    }

    /** Whether the next round may begin. */
    boolean isDue(long awakeNanos, long intervalNanos) {
        return !running || awakeNanos - startNanos >= intervalNanos;
    }

    /** Whether those who have not answered should be asked again; true a few times a round. */
    boolean repeatNow(long awakeNanos, long intervalNanos) {
        boolean due = running
                && !pending.isEmpty()
                && repeats < REPEATS
                && awakeNanos - startNanos >= (repeats + 1) * intervalNanos / (REPEATS + 1);
        if (due) {
            repeats++;
        }
        return due;
    }

    /** Takes an answer; false if it belongs to another round. */
    boolean answered(NodeId from, long answeredRound) {
        if (!running || answeredRound != round) {
            return false;
        }
        pending.remove(from);
        return true;
    }

    /** Who has not answered yet, sorted. */
    List<NodeId> pending() {
        return List.copyOf(pending);
    }

    long startNanos() {
        return startNanos;
    }

    boolean isAboutAnything() {
        return !suspects.isEmpty() || !addresses.isEmpty();
    }

    boolean isAbout(MemberAddress address) {
        return addresses.contains(address);
    }

    AskReach question(long runId) {
        return new AskReach(round, runId, suspects, addresses);
    }
}
