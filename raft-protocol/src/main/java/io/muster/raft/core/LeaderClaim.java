package io.muster.raft.core;

import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.LogView;
import io.muster.raft.core.message.PeerMessage.AppendEntries;
import java.util.Optional;

/** What a true leader never says: Log Matching and Leader Completeness (Raft paper, Figure 3) as a follower can see them. */
final class LeaderClaim {

    private LeaderClaim() {}

    /** What is wrong with the message of a term that is not over; empty if it may be true. */
    static Optional<String> objectionTo(AppendEntries message, LogView log, long commitIndex) {
        long lastTerm = message.prevLogTerm();
        if (contradicts(log, commitIndex, message.prevLogIndex(), lastTerm)) {
            return Optional.of(contradiction(message.prevLogIndex(), log));
        }
        for (LogEntry entry : message.entries()) {
            if (entry.term() < lastTerm || entry.term() > message.term()) {
                return Optional.of("entry " + entry.index() + " of term " + entry.term() + " cannot follow one of term "
                        + lastTerm + " in a message of term " + message.term());
            }
            if (contradicts(log, commitIndex, entry.index(), entry.term())) {
                return Optional.of(contradiction(entry.index(), log));
            }
            lastTerm = entry.term();
        }
        return Optional.empty();
    }

    /** Whether it contradicts what is committed here. */
    static boolean contradictsCommitted(AppendEntries message, LogView log, long commitIndex) {
        return contradicts(log, commitIndex, message.prevLogIndex(), message.prevLogTerm())
                || message.entries().stream()
                        .anyMatch(entry -> contradicts(log, commitIndex, entry.index(), entry.term()));
    }

    private static boolean contradicts(LogView log, long commitIndex, long index, long term) {
        return index <= commitIndex && log.knows(index) && log.termAt(index) != term;
    }

    private static String contradiction(long index, LogView log) {
        return "the entry that is committed here at index " + index + " is of term " + log.termAt(index);
    }
}
