package io.muster.raft.simulation;

import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.core.message.PeerMessage.AppendEntries;
import io.muster.raft.core.message.PeerMessage.AppendEntriesReply;
import io.muster.raft.core.message.PeerMessage.InstallSnapshot;
import io.muster.raft.core.message.PeerMessage.InstallSnapshotReply;
import io.muster.raft.core.message.PeerMessage.PreVote;
import io.muster.raft.core.message.PeerMessage.PreVoteReply;
import io.muster.raft.core.message.PeerMessage.ReadIndexReply;
import io.muster.raft.core.message.PeerMessage.ReadIndexRequest;
import io.muster.raft.core.message.PeerMessage.RequestVote;
import io.muster.raft.core.message.PeerMessage.RequestVoteReply;
import io.muster.raft.core.message.PeerMessage.TimeoutNow;

/** Questions about messages, answered by kind. */
final class MessageKinds {

    /** Whether it answers another message. */
    static final PeerMessage.Visitor<Boolean> IS_ANSWER = new Kinds(true);

    /** Whether it may only be sent when its term is stored: all but questions that change nothing. */
    static final PeerMessage.Visitor<Boolean> STANDS_ON_TERM = new Kinds(false);

    private MessageKinds() {}

    private record Kinds(boolean answers) implements PeerMessage.Visitor<Boolean> {

        @Override
        public Boolean preVote(PreVote message) {
            return false;
        }

        @Override
        public Boolean preVoteReply(PreVoteReply message) {
            return answers;
        }

        @Override
        public Boolean requestVote(RequestVote message) {
            return !answers;
        }

        @Override
        public Boolean requestVoteReply(RequestVoteReply message) {
            return true;
        }

        @Override
        public Boolean appendEntries(AppendEntries message) {
            return !answers;
        }

        @Override
        public Boolean appendEntriesReply(AppendEntriesReply message) {
            return true;
        }

        @Override
        public Boolean installSnapshot(InstallSnapshot message) {
            return !answers;
        }

        @Override
        public Boolean installSnapshotReply(InstallSnapshotReply message) {
            return true;
        }

        @Override
        public Boolean readIndexRequest(ReadIndexRequest message) {
            return false;
        }

        @Override
        public Boolean readIndexReply(ReadIndexReply message) {
            return answers;
        }

        @Override
        public Boolean timeoutNow(TimeoutNow message) {
            return !answers;
        }
    }
}
