package io.muster.raft.driver;

import io.muster.member.NodeId;
import io.muster.raft.core.RaftCore;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.core.message.PeerMessage.PreVote;
import io.muster.raft.core.message.PeerMessage.PreVoteReply;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Before the members are reset: asks those who are to go on whether any of them holds more than this node. Whoever does may have committed it, and would have to
 * give it up to the new group, which it must never do; so it is there that the members are to be reset. The question is that of an election (Raft paper,
 * §5.4.1), put as a pre-vote in a term that nobody is above, so that nothing but the logs and whether a leader is heard decides.
 */
final class Survivors {

    private final PeerLink peers;

    /** Names the last question. Below zero, where the core names none of its own. */
    private long attempt;

    private @Nullable Question question;

    private record Question(
            PreVote message, TreeSet<NodeId> silent, long deadlineNanos, Consumer<Optional<String>> end) {}

    Survivors(PeerLink peers) {
        this.peers = peers;
    }

    /**
     * One question at a time.
     *
     * @param voters who are to go on
     * @param end is told what stands against it, if anything does
     */
    void ask(RaftCore core, List<NodeId> voters, long deadlineNanos, Consumer<Optional<String>> end) {
        TreeSet<NodeId> others = new TreeSet<>(voters);
        others.remove(peers.self());
        if (question != null) {
            end.accept(Optional.of("the members are being reset already"));
        } else if (others.isEmpty()) {
            end.accept(Optional.empty());
        } else {
            attempt--;
            PreVote message = new PreVote(
                    RaftCore.TERM_MAX, core.log().lastIndex(), core.log().lastTerm(), attempt);
            question = new Question(message, others, deadlineNanos, end);
            again();
        }
    }

    /** Asks those who have not answered, since frames may be lost. */
    void again() {
        Question asked = question;
        if (asked != null) {
            asked.silent.forEach(node -> peers.send(node, asked.message));
        }
    }

    /** @return whether it was an answer to this question */
    boolean received(NodeId from, PeerMessage message) {
        Question asked = question;
        if (asked == null || !(message instanceof PreVoteReply reply) || reply.attempt() != asked.message.attempt()) {
            return false;
        }
        if (!reply.granted()) {
            end(Optional.of(
                    "node " + from + " holds more of the log than this node, or hears a leader: reset the members"
                            + " there, or leave it out if what only it holds may be lost"));
        } else if (asked.silent.remove(from) && asked.silent.isEmpty()) {
            end(Optional.empty());
        }
        return true;
    }

    void expire(long nowNanos) {
        Question asked = question;
        if (asked != null && asked.deadlineNanos <= nowNanos) {
            end(Optional.of("no answer from " + asked.silent
                    + ", which may hold more than this node: name those that are up, all others can join later"));
        }
    }

    long nextExpiryNanos() {
        Question asked = question;
        return asked == null ? Long.MAX_VALUE : asked.deadlineNanos;
    }

    /** The engine stops, and says why. */
    void stop(String why) {
        end(Optional.of(why));
    }

    private void end(Optional<String> objection) {
        Question asked = question;
        question = null;
        if (asked != null) {
            asked.end.accept(objection);
        }
    }
}
