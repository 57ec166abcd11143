package io.muster.raft.core;

import static io.muster.raft.core.CoreState.check;

import io.muster.member.NodeId;
import io.muster.raft.core.digest.DigestVerdict;
import io.muster.raft.core.digest.StateDigest;
import io.muster.raft.core.log.Payload;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.membership.MembershipChange.Verdict;
import io.muster.raft.core.message.PeerMessage.AppendEntries;
import io.muster.raft.core.message.PeerMessage.AppendEntriesReply;
import io.muster.raft.core.message.PeerMessage.InstallSnapshotReply;
import io.muster.raft.core.message.PeerMessage.ReadIndexReply;
import io.muster.raft.core.message.PeerMessage.ReadIndexRequest;
import io.muster.raft.core.message.PeerMessage.TimeoutNow;
import io.muster.raft.core.progress.InFlight;
import io.muster.raft.core.progress.Progress;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The leader's side of the role machine, for one term: made when the election is won, thrown away when the role ends (Raft paper, Figure 2,
 * "Leaders"). When it finds that it must not go on, it says so by {@link #isOver}, and the role machine steps down.
 */
final class Leadership {

    private final CoreState node;

    /** Everybody else who gets the log; who leaves stays until the configuration without it is committed. */
    private final TreeMap<NodeId, Progress> others = new TreeMap<>();

    private final ReadRounds reads;

    /** The index of the noop that begins the term. */
    private final long termStartIndex;

    private long heartbeatDueNanos;
    private Optional<Transfer> transfer = Optional.empty();
    private boolean over;

    /** Leadership is on its way to the target; proposals are held off until the deadline. */
    private record Transfer(Handover handover, NodeId target, long deadlineNanos) {}

    Leadership(CoreState node) {
        this.node = node;
        this.reads = new ReadRounds(node.limits.readsWaitingMax(), node.rules);
        this.termStartIndex = node.log.lastIndex() + 1;
    }

    /** The first steps of a term: a noop, and word of it to everybody (§5.2, §8). */
    void begin() {
        node.digests.forgetReports();
        takeIn(node.group());
        node.append(List.of(new Payload.Noop()));
        heartbeatDueNanos = node.nowNanos + node.timing.heartbeatNanos();
        others.forEach(this::sendEntries);
    }

    /**
     * The role has ended.
     *
     * @return what was to be handed over: whoever comes to lead tells whether it was
     */
    Optional<Handover> end() {
        for (Optional<ReadRounds.Read> read = reads.takeAny(); read.isPresent(); read = reads.takeAny()) {
            refuse(read.get());
        }
        return transfer.map(Transfer::handover);
    }

    /** Whether the leader must step down. */
    boolean isOver() {
        return over;
    }

    /** Whether an entry of the own term is committed (R24). */
    boolean isEffective() {
        return node.commitIndex >= termStartIndex;
    }

    boolean takesProposals() {
        return transfer.isEmpty() && node.group().takesWrites();
    }

    /** When {@link #tick} is due. */
    long dueNanos() {
        if (others.isEmpty()) {
            return CoreState.NEVER;
        }
        return Math.min(heartbeatDueNanos, transfer.map(Transfer::deadlineNanos).orElse(CoreState.NEVER));
    }

    /** Whether a majority has answered within the time. */
    boolean heardMajorityWithin(long nanos) {
        return node.quorum().agrees(voter -> voter.equals(node.self) || heardSince(voter, node.nowNanos - nanos));
    }

    private boolean heardSince(NodeId voter, long sinceNanos) {
        Progress progress = others.get(voter);
        return progress != null && progress.contactNanos() - sinceNanos > 0;
    }

    List<FollowerStatus> followers() {
        Configuration group = node.group();
        return others.entrySet().stream()
                .map(other -> new FollowerStatus(
                        other.getKey(),
                        group.isVoter(other.getKey()),
                        other.getValue().state(),
                        other.getValue().matchIndex(),
                        other.getValue().nextIndex(),
                        other.getValue().contactNanos(),
                        other.getValue().isCaughtUp(node.nowNanos)))
                .toList();
    }

    // Time.

    void tick() {
        if (node.rules.checkQuorum() && !heardMajorityWithin(node.timing.stepDownNanos())) {
            nameSuccessorInTheDark();
            over = true;
            return;
        }
        transfer.filter(running -> node.nowNanos >= running.deadlineNanos)
                .ifPresent(late -> endTransfer(late.target + " has not taken over within an election timeout"));
        others.forEach(this::resendIfLost);
        if (node.nowNanos >= heartbeatDueNanos) {
            heartbeatDueNanos = node.nowNanos + node.timing.heartbeatNanos();
            reads.beginIfWanted();
            others.forEach(this::sendHeartbeat);
            askToTakeOver();
        }
    }

    private void resendIfLost(NodeId to, Progress progress) {
        if (!progress.isOverdue(node.timing.resendNanos(), node.nowNanos)) {
            return;
        }
        progress.lost(node.nowNanos);
        if (progress.state() == Progress.State.SNAPSHOT) {
            sendChunks(to, progress);
        } else {
            sendEntries(to, progress);
        }
    }

    // Proposals.

    void propose(List<Payload> payloads) {
        node.emit(new Effect.Accepted(node.log.lastIndex() + 1, payloads.size(), node.term));
        append(payloads);
    }

    private void append(List<Payload> payloads) {
        node.append(payloads);
        others.values().forEach(progress -> progress.appended(node.log.lastIndex(), node.nowNanos));
        others.forEach(this::sendEntries);
    }

    // Replication.

    /** Asks the driver to send what the member lacks, as far as the window goes. */
    private void sendEntries(NodeId to, Progress progress) {
        long prev = progress.nextIndex() - 1;
        if (prev >= node.log.lastIndex() || !progress.maySend()) {
            return;
        }
        if (prev < node.log.snapshotIndex()) {
            progress.beginSnapshot(node.snapshotIndex, node.limits.snapshotInFlightBytesMax(), node.nowNanos);
            sendChunks(to, progress);
            return;
        }
        progress.sending();
        progress.told(Math.min(node.commitIndex, prev));
        node.emit(new Effect.Replicate(
                to,
                node.term,
                prev,
                node.log.termAt(prev),
                node.log.lastIndex(),
                node.commitIndex,
                reads.begun(),
                node.limits.messageBytesMax()));
    }

    void sent(Input.Sent input) {
        Progress progress = others.get(input.to());
        if (progress == null || input.term() != node.term) {
            return;
        }
        progress.sent(input.prevLogIndex(), input.lastIndex(), input.bytes(), node.nowNanos);
        sendEntries(input.to(), progress);
    }

    /** A heartbeat begins where the logs are known to match, so that it is never refused and carries the commit index that far. */
    private void sendHeartbeat(NodeId to, Progress progress) {
        long prev = progress.matchIndex() >= node.log.snapshotIndex() ? progress.matchIndex() : 0;
        progress.told(Math.min(node.commitIndex, prev));
        node.send(
                to,
                new AppendEntries(
                        node.term,
                        prev,
                        prev == 0 ? 0 : node.log.termAt(prev),
                        List.of(),
                        node.commitIndex,
                        reads.begun(),
                        node.digests.claim(node.quorum()),
                        node.group().resetTerm()));
    }

    void appendEntriesReply(NodeId from, AppendEntriesReply reply) {
        Progress progress = others.get(from);
        if (progress == null) {
            return;
        }
        progress.contact(node.nowNanos);
        progress.confirmed(reply.round());
        reply.digest().ifPresent(digest -> judge(from, digest));
        if (reply.success()) {
            check(
                    reply.index() <= node.log.lastIndex(),
                    "LogMatching",
                    from + " matches at " + reply.index() + " beyond " + node.log);
            progress.matches(reply.index(), node.log.lastIndex(), node.nowNanos);
            advanceCommit();
            askToTakeOver();
        } else {
            progress.differs(reply.index(), worthTrying(reply));
        }
        releaseReads();
        tellCommit(from, progress);
    }

    /** A majority that agrees on something else is right, even against its leader (R15). */
    private void judge(NodeId from, StateDigest digest) {
        Optional<DigestVerdict> verdict = node.digests.reported(from, digest, node.quorum());
        verdict.ifPresent(judged -> node.emit(new Effect.DigestJudged(judged, digest)));
        over |= verdict.equals(Optional.of(DigestVerdict.STEP_DOWN_AND_REPAIR));
    }

    /** Skips a whole term of a refusing follower at once (§5.3, end). */
    private long worthTrying(AppendEntriesReply refusal) {
        long ownLast = refusal.hintTerm() == 0 ? 0 : node.log.lastIndexOfTerm(refusal.hintTerm());
        return ownLast > 0 && ownLast < refusal.index() ? ownLast + 1 : refusal.hintIndex();
    }

    // Snapshots.

    /** Asks the driver for the next piece, as far as the window goes; one at a time is read. */
    private void sendChunks(NodeId to, Progress progress) {
        if (progress.maySendChunk()) {
            progress.sendingChunk();
            node.emit(new Effect.SendChunk(
                    to, node.term, progress.snapshotIndex(), progress.snapshotOffset(), node.limits.chunkBytesMax()));
        }
    }

    void chunkSent(Input.ChunkSent input) {
        Progress progress = others.get(input.to());
        if (progress != null && input.term() == node.term) {
            progress.chunkSent(input.index(), input.offset(), input.bytes(), input.last(), node.nowNanos);
            sendChunks(input.to(), progress);
        }
    }

    void installSnapshotReply(NodeId from, InstallSnapshotReply reply) {
        Progress progress = others.get(from);
        if (progress == null) {
            return;
        }
        progress.contact(node.nowNanos);
        if (reply.installed()) {
            progress.matches(reply.index(), node.log.lastIndex(), node.nowNanos);
            advanceCommit();
            sendEntries(from, progress);
        } else {
            progress.chunkStored(reply.index(), reply.offset(), node.nowNanos);
            sendChunks(from, progress);
        }
    }

    boolean snapshotIsTaken() {
        return others.values().stream().anyMatch(Progress::takesSnapshot);
    }

    void snapshotUnavailable(Input.SnapshotUnavailable input) {
        Progress progress = others.get(input.to());
        if (progress != null) {
            progress.snapshotGone(input.index(), node.nowNanos);
        }
    }

    // Commit.

    void persisted() {
        advanceCommit();
    }

    /** An entry of the own term that a majority holds durably is committed, with all before it (§5.3, §5.4.2). */
    private void advanceCommit() {
        long reached = node.quorum().reached(this::durableIndexOf);
        if (reached <= node.commitIndex || !node.rules.commitsByCounting(node.log.termAt(reached), node.term)) {
            return;
        }
        boolean effectiveBefore = isEffective();
        node.commitTo(reached);
        if (!effectiveBefore && isEffective()) {
            node.emit(new Effect.LeadershipEffective(node.term));
        }
        goOnWithMembers();
        releaseReads();
        others.forEach(this::tellCommit);
    }

    private long durableIndexOf(NodeId voter) {
        if (voter.equals(node.self)) {
            return node.durability.durableIndex();
        }
        Progress progress = others.get(voter);
        return progress == null ? 0 : progress.matchIndex();
    }

    /** Tells at once what is committed, unless entries that will say it are on their way, or go now. */
    private void tellCommit(NodeId to, Progress progress) {
        sendEntries(to, progress);
        boolean quiet = progress.inFlight().isEmpty() && progress.nextIndex() > node.log.lastIndex();
        if (quiet && Math.min(node.commitIndex, progress.matchIndex()) > progress.toldCommit()) {
            sendHeartbeat(to, progress);
        }
    }

    // Linearizable reads (dissertation §6.4).

    void readIndex(Input.ReadIndex input) {
        if (reads.isFull()) {
            node.emit(new Effect.ReadRefused(input.request()));
        } else {
            read(Optional.empty(), 0, input.request());
        }
    }

    void readIndexRequest(NodeId from, ReadIndexRequest request) {
        if (reads.isFull() || !others.containsKey(from)) {
            node.send(from, new ReadIndexReply(node.term, request.session(), request.request(), false, 0));
        } else {
            read(Optional.of(from), request.session(), request.request());
        }
    }

    private void read(Optional<NodeId> from, long session, long request) {
        // Before the term's first commit the index is not known yet: the noop's is a safe stand-in.
        boolean known = node.rules.mayReadAt(node.commitIndex, termStartIndex);
        reads.add(from, session, request, known ? node.commitIndex : termStartIndex);
        if (confirmedRound() == reads.begun()) {
            beginRound();
        }
        releaseReads();
    }

    private void beginRound() {
        if (reads.beginIfWanted() && confirmedRound() < reads.begun()) {
            others.forEach(this::sendHeartbeat);
        }
    }

    private long confirmedRound() {
        return node.quorum().reached(voter -> {
            Progress progress = others.get(voter);
            return voter.equals(node.self) ? reads.begun() : progress == null ? 0 : progress.confirmedRound();
        });
    }

    private void releaseReads() {
        if (!node.rules.mayReadAt(node.commitIndex, termStartIndex)) {
            return;
        }
        Optional<ReadRounds.Read> read = reads.takeConfirmed(confirmedRound());
        while (read.isPresent()) {
            grant(read.get());
            if (confirmedRound() == reads.begun()) {
                beginRound();
            }
            read = reads.takeConfirmed(confirmedRound());
        }
    }

    private void grant(ReadRounds.Read read) {
        if (read.from().isEmpty()) {
            node.emit(new Effect.ReadAt(read.request(), read.index()));
        } else {
            node.send(
                    read.from().get(),
                    new ReadIndexReply(node.term, read.session(), read.request(), true, read.index()));
        }
    }

    private void refuse(ReadRounds.Read read) {
        if (read.from().isEmpty()) {
            node.emit(new Effect.ReadRefused(read.request()));
        } else {
            node.reply(read.from().get(), new ReadIndexReply(node.term, read.session(), read.request(), false, 0));
        }
    }

    // Members (dissertation §4).

    void changeMembers(Input.ChangeMembers input) {
        Configuration before = node.group();
        Verdict verdict = judge(input, before);
        long index = 0;
        if (verdict == Verdict.FINE) {
            if (!input.change().isDoneIn(before)) {
                append(input.change().appliedTo(before));
            }
            index = node.configurations.currentIndex();
        }
        node.emit(new Effect.MembersJudged(input.request(), verdict, index));
    }

    private Verdict judge(Input.ChangeMembers input, Configuration before) {
        if (transfer.isPresent()) {
            return Verdict.TRANSFERRING;
        }
        if (!isEffective() && !node.rules.mayChangeMembersBeforeOwnCommit()) {
            return Verdict.NOT_EFFECTIVE;
        }
        boolean unfinished = before.isJoint() || node.configurations.currentIndex() > node.commitIndex;
        if (unfinished && !node.rules.mayChangeMembersDuringAChange()) {
            return Verdict.IN_PROGRESS;
        }
        return input.change().judge(before, this::isCaughtUp);
    }

    private boolean isCaughtUp(NodeId learner) {
        Progress progress = others.get(learner);
        return progress != null && progress.isCaughtUp(node.nowNanos);
    }

    private void append(Configuration configuration) {
        // First of all those who come, so that the entry itself is what is sent to them first.
        takeIn(configuration);
        node.append(List.of(new Payload.Members(configuration)));
        others.values().forEach(progress -> progress.appended(node.log.lastIndex(), node.nowNanos));
        others.forEach(this::sendEntries);
    }

    private void takeIn(Configuration configuration) {
        for (NodeId member : configuration.members()) {
            if (!member.equals(node.self) && !others.containsKey(member)) {
                others.put(member, newProgress());
            }
        }
    }

    private Progress newProgress() {
        InFlight window = new InFlight(node.limits.inFlightMessagesMax(), node.limits.inFlightBytesMax());
        return new Progress(node.log.lastIndex(), window, node.timing.electionTimeoutNanos(), node.nowNanos);
    }

    /** A committed joint configuration is followed by C_new; a committed C_new lets those go whom it does not name, the leader too (§4.3). */
    private void goOnWithMembers() {
        if (!isEffective() || node.configurations.currentIndex() > node.commitIndex) {
            return;
        }
        Configuration group = node.group();
        if (group.isJoint()) {
            append(group.leaveJoint());
            return;
        }
        Predicate<NodeId> leaves = other -> !group.isMember(other);
        others.forEach((other, progress) -> {
            if (leaves.test(other)) {
                sendHeartbeat(other, progress);
            }
        });
        others.keySet().removeIf(leaves);
        if (!group.isVoter(node.self)) {
            others.forEach(this::sendHeartbeat);
            furthestVoter().ifPresent(successor -> node.send(successor, new TimeoutNow(node.term)));
            over = true;
        }
    }

    // Handing leadership over (dissertation §3.10).

    void transferLeadership(Input.TransferLeadership input) {
        Optional<NodeId> target = input.target().or(this::furthestVoter);
        Optional<String> objection = objection(target);
        if (objection.isPresent()) {
            node.emit(new Effect.TransferEnded(input.request(), false, objection.get()));
            return;
        }
        long deadline = node.nowNanos + node.timing.electionTimeoutNanos();
        Handover handover = new Handover(input.request(), input.target());
        transfer = Optional.of(new Transfer(handover, target.orElseThrow(), deadline));
        askToTakeOver();
    }

    private Optional<String> objection(Optional<NodeId> target) {
        if (transfer.isPresent()) {
            return Optional.of("leadership is being handed to " + transfer.get().target + " already");
        }
        if (!isEffective()) {
            return Optional.of("this leader has not committed an entry of its term yet");
        }
        if (target.isEmpty()) {
            return Optional.of("there is no other voter that answers");
        }
        if (target.get().equals(node.self)) {
            return Optional.of("this node leads already");
        }
        boolean votes = node.group().voters().contains(target.get()) && others.containsKey(target.get());
        return votes ? Optional.empty() : Optional.of(target.get() + " is not a voter");
    }

    private Optional<NodeId> furthestVoter() {
        long since = node.nowNanos - node.timing.electionTimeoutNanos();
        return others.entrySet().stream()
                .filter(other -> node.group().voters().contains(other.getKey()))
                .filter(other -> other.getValue().heardSince(since))
                .max(Comparator.comparingLong(other -> other.getValue().matchIndex()))
                .map(Map.Entry::getKey);
    }

    /**
     * A leader that is only deaf keeps the others waiting by its heartbeats until it steps down, and then they would wait for an election timeout more. One of
     * those it does not hear is asked to begin at once, for among them is the majority that may elect; those it hears have none without them, and would raise
     * the term for nothing.
     */
    private void nameSuccessorInTheDark() {
        long since = node.nowNanos - node.timing.stepDownNanos();
        others.entrySet().stream()
                .filter(other -> node.group().voters().contains(other.getKey()))
                .filter(other -> !heardSince(other.getKey(), since))
                .max(Comparator.comparingLong(other -> other.getValue().matchIndex()))
                .ifPresent(successor -> node.send(successor.getKey(), new TimeoutNow(node.term)));
    }

    /** Once the target has all of the log; asked anew with each heartbeat, since the message may be lost. */
    private void askToTakeOver() {
        transfer.map(Transfer::target)
                .filter(target -> durableIndexOf(target) == node.log.lastIndex())
                .ifPresent(target -> node.send(target, new TimeoutNow(node.term)));
    }

    private void endTransfer(String reason) {
        transfer.ifPresent(ended -> node.emit(new Effect.TransferEnded(ended.handover.request(), false, reason)));
        transfer = Optional.empty();
    }
}
