package io.muster.raft.simulation;

import io.muster.member.NodeId;
import io.muster.raft.RaftRole;
import io.muster.raft.core.Effect;
import io.muster.raft.core.Input;
import io.muster.raft.core.RaftCore;
import io.muster.raft.core.message.PeerMessage.AppendEntriesReply;
import io.muster.raft.core.message.PeerMessage.ReadIndexReply;
import io.muster.raft.core.message.PeerMessage.ReadIndexRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a leader lets nobody read before a majority has answered a leadership check that began after the read came (dissertation §6.4). Where that is
 * skipped nothing wrong is seen, mostly; so it is the mechanism that is checked (IR12).
 */
final class ReadConfirmations {

    private record Read(NodeId node, long session, long request) {}

    private final NodeId self;
    private final Map<NodeId, Long> answeredRounds = new HashMap<>();

    /** The latest round that was sent when the read came first; a request may come twice. */
    private final Map<Read, Long> askedAtRound = new HashMap<>();

    private long term;
    private long latestRound;

    ReadConfirmations(NodeId self) {
        this.self = self;
    }

    void before(Input input, RaftCore core) {
        if (core.role() != RaftRole.LEADER) {
            return;
        }
        if (core.term() != term) {
            begin(core.term());
        }
        if (input instanceof Input.ReadIndex read) {
            askedAtRound.putIfAbsent(new Read(self, 0, read.request()), latestRound);
        } else if (input instanceof Input.Received received) {
            if (received.message() instanceof ReadIndexRequest request) {
                askedAtRound.putIfAbsent(new Read(received.from(), request.session(), request.request()), latestRound);
            } else if (received.message() instanceof AppendEntriesReply reply && reply.term() == term) {
                answeredRounds.merge(received.from(), reply.round(), Math::max);
            }
        }
    }

    private void begin(long newTerm) {
        term = newTerm;
        latestRound = 0;
        answeredRounds.clear();
        askedAtRound.clear();
    }

    /** What is wrong with the grants among the effects, if anything is. */
    Optional<String> after(List<Effect> effects, RaftCore core) {
        Optional<String> wrong = Optional.empty();
        if (core.role() != RaftRole.LEADER) {
            return wrong;
        }
        for (Effect effect : effects) {
            if (effect instanceof Effect.Replicate replicate && replicate.term() == term) {
                latestRound = Math.max(latestRound, replicate.round());
            } else if (effect instanceof Effect.ReadAt read) {
                wrong = wrong.or(() -> unconfirmed(new Read(self, 0, read.request()), core));
            } else if (effect instanceof Effect.Send send
                    && send.message() instanceof ReadIndexReply reply
                    && reply.granted()) {
                wrong = wrong.or(() -> unconfirmed(new Read(send.to(), reply.session(), reply.request()), core));
            }
        }
        return wrong;
    }

    private Optional<String> unconfirmed(Read read, RaftCore core) {
        Long asked = askedAtRound.get(read);
        boolean confirmed = asked == null
                || ConfigurationOverlap.majority(
                        core.configuration().orElseThrow(),
                        node -> node.equals(self) || answeredRounds.getOrDefault(node, 0L) > asked);
        return confirmed
                ? Optional.empty()
                : Optional.of("lets " + read + " go that came at round " + asked + "; answered are " + answeredRounds);
    }
}
