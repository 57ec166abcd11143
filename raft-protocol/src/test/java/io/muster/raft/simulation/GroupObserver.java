package io.muster.raft.simulation;

import io.muster.consistency.Change;
import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.RaftRole;
import io.muster.raft.core.Effect;
import io.muster.raft.core.Input;
import io.muster.raft.core.RaftCore;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.Payload;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.simulation.NodeShadow.Held;
import io.muster.sim.TraceHash;
import io.muster.sim.cluster.OracleMembers;
import io.muster.sim.cluster.SimMachine;
import io.muster.sim.run.SimRun;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Sees the core of every node at once, each input and each effect, and holds IR1 to IR11 and IR14 ({@code spec/simulation.md} §5) at the step that breaks
 * them. Mechanisms are checked and not outcomes alone: a vote where it is sent, a term where it is led, an entry where it is committed.
 */
final class GroupObserver {

    private record Read(NodeId node, long request) {}

    /** A node says in a term that it has the log up to here, as the leader of the term has it. */
    private record Claim(NodeId node, long term, long index) {}

    private record Promised(int machine, NodeId founder) {}

    /** All that is known of one cluster. */
    private static final class Group {
        private final Ledger ledger = new Ledger();
        private final Map<Long, NodeId> leaderOfTerm = new HashMap<>();
        private final VoteBook votes = new VoteBook();

        /** What was applied at an index, as a hash. */
        private final Map<Long, Integer> applied = new HashMap<>();
    }

    private static final ClusterId NONE = new ClusterId(0, 0);

    /** Two joint changes. */
    private static final int CONFIGURATIONS_UNDER_WAY_MAX = 4;

    private final SimRun run;
    private final FirstViolation violations;
    private final TreeMap<NodeId, NodeShadow> shadows = new TreeMap<>();
    private final Map<ClusterId, Group> groups = new HashMap<>();
    private final CoverageMarks marks;
    private final FormatWatch formats;

    /** How much was committed when a read came. */
    private final Map<Read, Long> readFloors = new HashMap<>();

    /** What stands at the end of the log of which that was said: by then another leader may have replaced it in memory. */
    private final Map<Claim, Long> claims = new HashMap<>();

    private final Set<Promised> promises = new HashSet<>();

    private OracleMembers.Lists lists = OracleMembers.Lists.ALL;

    /** Checks of what was sent in the present step. */
    private final ArrayDeque<Runnable> sent = new ArrayDeque<>();

    GroupObserver(SimRun run, FirstViolation violations) {
        this.run = run;
        this.violations = violations;
        this.marks = new CoverageMarks(run);
        this.formats = new FormatWatch(run.cluster(), violations);
    }

    NodeShadow shadow(NodeId id, int machine) {
        return shadows.computeIfAbsent(id, first -> new NodeShadow(id, machine));
    }

    /** For runs in which not all list all. */
    void lists(OracleMembers.Lists whoListsWhom) {
        lists = whoListsWhom;
    }

    FormatWatch formats() {
        return formats;
    }

    CoverageMarks marks() {
        return marks;
    }

    /** What is committed in the cluster, so far as any node knows. */
    Ledger ledger(ClusterId cluster) {
        return group(Optional.of(cluster)).ledger;
    }

    /** The clusters in which anything is committed. */
    List<ClusterId> clusters() {
        return groups.entrySet().stream()
                .filter(entry -> entry.getValue().ledger.lastIndex() > 0)
                .map(Map.Entry::getKey)
                .sorted((one, other) -> one.toString().compareTo(other.toString()))
                .toList();
    }

    /** The configuration that the last committed entries name. */
    Optional<Configuration> committedConfiguration(ClusterId cluster) {
        Ledger ledger = ledger(cluster);
        for (Map.Entry<Long, Map<Long, Configuration>> entry : ledger.configurations()
                .headMap(ledger.lastIndex(), true)
                .descendingMap()
                .entrySet()) {
            Configuration named = ledger.at(entry.getKey())
                    .map(committed -> entry.getValue().get(committed.term()))
                    .orElse(null);
            if (named != null) {
                return Optional.of(named);
            }
        }
        return Optional.empty();
    }

    private Group group(Optional<ClusterId> cluster) {
        return groups.computeIfAbsent(cluster.orElse(NONE), first -> new Group());
    }

    private Group group(NodeShadow node) {
        return group(node.cluster);
    }

    private void require(boolean holds, String invariant, NodeShadow node, Supplier<String> values) {
        violations.require(holds, invariant, node.machine, () -> node.id + ": " + values.get());
    }

    // Before the core hears of it.

    void before(NodeShadow node, Input input) {
        if (input instanceof Input.Persisted persisted) {
            node.done(persisted.id());
            run.sensitive("log synced", node.machine);
        } else if (input instanceof Input.Start start) {
            restarts(node, start);
        } else if (input instanceof Input.SnapshotSaved saved) {
            require(
                    saved.index() <= node.commitIndex,
                    "SnapshotFaithful",
                    node,
                    () -> "snapshot at " + saved.index() + ", committed " + node.commitIndex);
            node.snapshotSaved(saved.index());
            run.sensitive("snapshot saved", node.machine);
        } else if (input instanceof Input.ReadIndex read) {
            readFloors.put(new Read(node.id, read.request()), group(node).ledger.lastIndex());
        } else if (input instanceof Input.Found) {
            founds(node);
        } else if (input instanceof Input.SnapshotLoaded) {
            node.snapshotLoaded(group(node).ledger::chainAt);
            run.sensitive("snapshot installed", node.machine);
        } else if (input instanceof Input.Received received) {
            requireGiven(node, received);
        }
    }

    /** IR15: what counts as the word of a member is its own, and of nobody who came in its place. */
    private void requireGiven(NodeShadow node, Input.Received received) {
        NodeId from = received.from();
        boolean given = true;
        if (received.message() instanceof PeerMessage.RequestVoteReply reply && reply.granted()) {
            given = group(node).votes.hasVoted(from, reply.term(), node.id);
        } else if (received.message() instanceof PeerMessage.AppendEntriesReply reply && reply.success()) {
            given = claims.containsKey(new Claim(from, reply.term(), reply.index()));
        }
        require(given, "NoGhostMember", node, () -> from + " never said " + received.message());
    }

    /** IR10, M29: who founds without an operator's word holds the word of every other node that it lists. */
    private void founds(NodeShadow node) {
        List<Integer> silent = run.cluster().machines().stream()
                .map(SimMachine::index)
                .filter(other -> other != node.machine && lists.names(node.machine, other))
                .filter(other -> !promises.contains(new Promised(other, node.id)))
                .toList();
        require(silent.isEmpty(), "ConfigSafety", node, () -> "founds without the promise of " + silent);
    }

    void promises(NodeShadow node, NodeId founder) {
        promises.add(new Promised(node.machine, founder));
    }

    /** IR12 where it is decided: whoever reads sees all that was committed anywhere when the read came. */
    private void reads(NodeShadow node, Effect.ReadAt read) {
        long floor = readFloors.getOrDefault(new Read(node.id, read.request()), 0L);
        require(
                read.index() >= floor,
                "Linearizable",
                node,
                () -> "reads at " + read.index() + ", and " + floor + " was committed when the read came");
    }

    void readsUnconfirmed(NodeShadow node, String wrong) {
        require(false, "Linearizable", node, () -> wrong);
    }

    /** IR14, IR15. */
    private void restarts(NodeShadow node, Input.Start start) {
        boolean blank = start.log().lastIndex() == 0 && start.hardState().term() == 0;
        if (blank && node.durableState().term() > 0) {
            // A cluster without client entries may be given up for another.
            require(!node.hasCommands(), "NoGhostMember", node, () -> "came back blank under its old name");
            node.forget();
            return;
        }
        Optional<String> wrongVote = node.wrongIn(start.hardState());
        require(wrongVote.isEmpty(), "VoteOnce", node, wrongVote::orElseThrow);
        Optional<String> wrongLog = node.restart(start.hardState(), start.log(), group(node).ledger::chainAt);
        require(wrongLog.isEmpty(), "RecoveryFaithful", node, wrongLog::orElseThrow);
        require(
                node.commitIndex <= group(node).ledger.lastIndex(),
                "RecoveryFaithful",
                node,
                () -> "restored commit index " + node.commitIndex + ", which nobody has committed");
    }

    // After the core has answered, and before the driver carries it out.

    void after(NodeShadow node, RaftCore core, Input input, List<Effect> effects, CoreBefore before) {
        core.configuration().ifPresent(group -> node.cluster = Optional.of(group.clusterId()));
        boolean changed = input instanceof Input.Start;
        for (Effect effect : effects) {
            if (effect instanceof Effect.Persist persist) {
                persists(node, core, persist);
                changed = true;
            } else if (effect instanceof Effect.RoleChanged role) {
                changesRole(node, core, input, role);
            } else if (effect instanceof Effect.Commit commit) {
                learnsOfCommit(node, input, commit);
                commits(node, core, commit.index());
                changed = true;
            } else if (effect instanceof Effect.Send send
                    && send.message() instanceof PeerMessage.RequestVoteReply reply) {
                grants(node, input, reply);
            } else if (effect instanceof Effect.Send send
                    && send.message() instanceof PeerMessage.AppendEntriesReply reply
                    && reply.success()) {
                claims.put(new Claim(node.id, reply.term(), reply.index()), chainAt(node, reply.index()));
            } else if (effect instanceof Effect.ReadAt read) {
                reads(node, read);
            } else if (effect instanceof Effect.LoadSnapshot load) {
                node.snapshotArrives(load);
                run.sensitive("snapshot arrived", node.machine);
            }
        }
        if (input instanceof Input.SnapshotLoaded loaded) {
            installs(node, loaded.index(), core);
        }
        if (changed) {
            rests(node, core);
        }
        require(
                core.term() >= before.term() || input instanceof Input.Start,
                "VoteOnce",
                node,
                () -> "term went from " + before.term() + " to " + core.term());
        raisesTerm(node, core, input, before);
        marks.note(node, core, input, effects, before);
    }

    private void persists(NodeShadow node, RaftCore core, Effect.Persist persist) {
        Group group = group(node);
        List<Held> held = new ArrayList<>();
        long last = node.lastIndex();
        boolean leads = core.role() == RaftRole.LEADER;
        for (LogEntry entry : persist.entries()) {
            long index = entry.index();
            require(
                    index > node.commitIndex,
                    "CommittedNeverLost",
                    node,
                    () -> "writes " + index + ", committed " + node.commitIndex);
            long expected = last + 1;
            require(
                    !leads || index == expected,
                    "LeaderAppendOnly",
                    node,
                    () -> "writes " + index + " behind " + (expected - 1));
            long previous = held.isEmpty()
                    ? chainAt(node, index - 1)
                    : held.get(held.size() - 1).chain();
            long content = contentOf(entry.payload());
            long chain = TraceHash.mix(TraceHash.mix(previous + entry.term()) ^ content);
            boolean command = entry.payload() instanceof Payload.Command;
            Optional<Long> other = group.ledger.stored(index, entry.term(), chain, command ? content : 0);
            require(
                    other.isEmpty(),
                    "LogMatching",
                    node,
                    () -> "differs at or before " + index + " of term " + entry.term());
            if (entry.payload() instanceof Payload.Members members) {
                group.ledger.configured(index, entry.term(), members.configuration());
                if (leads) {
                    changesMembers(node, core, index, members.configuration());
                    formats.proposes(node, members.configuration());
                } else if (index == 1) {
                    // Of the founder, wherever it comes.
                    formats.proposes(node, members.configuration());
                }
                run.sensitive("members appended", node.machine);
            }
            held.add(new Held(entry.term(), chain, command));
            last = index;
        }
        boolean votes = !persist.hardState().votedFor().equals(node.lastState().votedFor());
        node.begin(persist, held);
        run.sensitive(votes ? "vote stored" : "log written", node.machine);
    }

    private static long contentOf(Payload payload) {
        if (payload instanceof Payload.Command command) {
            long hash = command.bytes().length;
            for (byte b : command.bytes()) {
                hash = hash * 0x100000001b3L + b;
            }
            return TraceHash.mix(hash);
        }
        return payload instanceof Payload.Members members
                ? members.configuration().hashCode()
                : 1;
    }

    private long chainAt(NodeShadow node, long index) {
        return node.at(index)
                .map(Held::chain)
                .orElseGet(() -> group(node).ledger.chainAt(index));
    }

    private long termAt(NodeShadow node, long index) {
        return node.at(index)
                .map(Held::term)
                .orElseGet(() ->
                        group(node).ledger.at(index).map(Ledger.Committed::term).orElse(0L));
    }

    // Members.

    /** IR10. */
    private void changesMembers(NodeShadow node, RaftCore core, long index, Configuration next) {
        long beforeIndex = configurationIndex(node, index - 1);
        Configuration before = configurationAt(node, beforeIndex).orElseThrow();
        require(
                beforeIndex <= node.commitIndex,
                "ConfigSafety",
                node,
                () -> "changes members at " + index + ", and the change at " + beforeIndex + " is not committed");
        require(
                termAt(node, node.commitIndex) == core.term(),
                "ConfigSafety",
                node,
                () -> "changes members before an entry of term " + core.term() + " is committed");
        require(
                ConfigurationOverlap.always(before, next),
                "ConfigSafety",
                node,
                () -> before + " and " + next + " can decide apart");
    }

    /** The configuration in force: the last one that the node's log names, committed or not. */
    private Optional<Configuration> configurationByLog(NodeShadow node) {
        return configurationAt(node, configurationIndex(node, node.lastIndex()));
    }

    private long configurationIndex(NodeShadow node, long upTo) {
        for (Map.Entry<Long, Map<Long, Configuration>> entry : group(node)
                .ledger
                .configurations()
                .headMap(upTo, true)
                .descendingMap()
                .entrySet()) {
            if (entry.getValue().containsKey(termAt(node, entry.getKey()))) {
                return entry.getKey();
            }
        }
        return 0;
    }

    private Optional<Configuration> configurationAt(NodeShadow node, long index) {
        return Optional.ofNullable(group(node).ledger.configurations().get(index))
                .map(byTerm -> byTerm.get(termAt(node, index)));
    }

    /** IR10, M23; IR9. */
    private void rests(NodeShadow node, RaftCore core) {
        require(
                core.commitIndex() <= core.log().lastIndex(),
                "CommitMonotone",
                node,
                () -> "commit index " + core.commitIndex() + " beyond " + core.log());
        require(
                core.configuration().equals(configurationByLog(node)),
                "ConfigSafety",
                node,
                () -> "decides by " + core.configuration() + " where its log says " + configurationByLog(node));
    }

    /**
     * IR14: a node whose data is damaged refuses to start only where it alone votes, and nobody else has what was decided. What it remembers of its group may be older
     * than its log, by what its disk had not stored when it died.
     */
    void refusesToStart(NodeShadow node, String message) {
        List<Configuration> remembered = new ArrayList<>();
        long index = configurationIndex(node, node.lastIndex());
        while (index > 0 && remembered.size() < CONFIGURATIONS_UNDER_WAY_MAX) {
            configurationAt(node, index).ifPresent(remembered::add);
            index = configurationIndex(node, index - 1);
        }
        require(
                remembered.stream().anyMatch(group -> group.isSoleVoter(node.id)),
                "RecoveryFaithful",
                node,
                () -> "does not start though others vote in " + remembered + ": " + message);
    }

    // Elections.

    private void changesRole(NodeShadow node, RaftCore core, Input input, Effect.RoleChanged changed) {
        if (changed.role() == RaftRole.CANDIDATE) {
            campaigns(node, core, input);
        } else if (changed.role() == RaftRole.LEADER) {
            leads(node, changed.term());
        }
    }

    /** IL2: nobody raises its term before a majority would vote for it; the leader's own word stands for that. */
    private void campaigns(NodeShadow node, RaftCore core, Input input) {
        boolean asked =
                input instanceof Input.Received received && received.message() instanceof PeerMessage.TimeoutNow;
        Configuration group = core.configuration().orElseThrow();
        require(
                asked || group.isSoleVoter(node.id) || group(node).votes.wouldWin(node.id, group),
                "NoTermInflation",
                node,
                () -> "campaigns in term " + core.term() + " without the pre-votes of a majority");
        run.sensitive("term raised", node.machine);
    }

    /** IR1, IR4, IR8. */
    private void leads(NodeShadow node, long term) {
        Group group = group(node);
        NodeId other = group.leaderOfTerm.putIfAbsent(term, node.id);
        require(other == null, "ElectionSafety", node, () -> "leads term " + term + ", as does " + other);
        require(
                node.durableState().term() == term
                        && node.durableState().votedFor().equals(Optional.of(node.id)),
                "VoteOnce",
                node,
                () -> "leads term " + term + " with its own vote not stored: " + node.durableState());
        Configuration inForce = configurationByLog(node).orElseThrow();
        require(
                ConfigurationOverlap.majority(
                        inForce, voter -> voter.equals(node.id) || group.votes.hasVoted(voter, term, node.id)),
                "VoteOnce",
                node,
                () -> "leads term " + term + " without the votes of a majority of " + inForce);
        long owed = group.ledger.lastCommittedBefore(term);
        require(
                owed <= node.lastIndex() && chainAt(node, owed) == group.ledger.chainAt(owed),
                "LeaderCompleteness",
                node,
                () -> "leads term " + term + " without the entry at " + owed + "; its log ends at " + node.lastIndex());
        run.sensitive("became leader", node.machine);
    }

    /** IR8. */
    private void grants(NodeShadow node, Input input, PeerMessage.RequestVoteReply reply) {
        if (reply.granted()) {
            requireUpToDate(node, input);
            run.sensitive("vote granted", node.machine);
        }
    }

    /** IR4 where it begins: nobody votes for a log that lacks what its own has (§5.4.1). */
    private void requireUpToDate(NodeShadow node, Input input) {
        if (input instanceof Input.Received received && received.message() instanceof PeerMessage.RequestVote request) {
            long lastTerm = termAt(node, node.lastIndex());
            boolean covered = request.lastLogTerm() > lastTerm
                    || (request.lastLogTerm() == lastTerm && request.lastLogIndex() >= node.lastIndex());
            require(
                    covered,
                    "LeaderCompleteness",
                    node,
                    () -> "votes for " + request + ", its own log ends at " + node.lastIndex() + " of term "
                            + lastTerm);
        }
    }

    /** IR15: who is no member cannot raise the term of those who are, by an answer; nor can a learner, but for its answers to a leader. */
    private void raisesTerm(NodeShadow node, RaftCore core, Input input, CoreBefore before) {
        if (core.term() > before.term() && input instanceof Input.Received received) {
            boolean answer = received.message().accept(MessageKinds.IS_ANSWER);
            boolean toLeader = received.message() instanceof PeerMessage.AppendEntriesReply
                    || received.message() instanceof PeerMessage.InstallSnapshotReply;
            boolean counts = before.configuration()
                    .filter(group -> toLeader ? group.isMember(received.from()) : group.isVoter(received.from()))
                    .isPresent();
            require(
                    !answer || counts,
                    "NoGhostMember",
                    node,
                    () -> received.from() + ", which has no say, raised the term to " + core.term());
        }
    }

    /** IL4. The bound is on the leader's own clock. */
    void leadsAlone(NodeShadow node, RaftCore core, long silentNanos) {
        long boundNanos = 2 * 1_000_000 * Math.max(run.knob(RaftKnobs.ELECTION), run.knob(RaftKnobs.STEP_DOWN));
        require(
                silentNanos <= boundNanos,
                "StepDown",
                node,
                () -> "leads term " + core.term() + " without a majority since " + silentNanos / 1_000_000 + " ms");
    }

    // Commits.

    /** IR5: a follower knows of no more than the leader has just shown to be in both logs (Figure 2, AppendEntries 5). */
    private void learnsOfCommit(NodeShadow node, Input input, Effect.Commit commit) {
        if (input instanceof Input.Received received
                && received.message() instanceof PeerMessage.AppendEntries append) {
            long shown = append.prevLogIndex() + append.entries().size();
            require(
                    commit.index() <= shown,
                    "StateMachineSafety",
                    node,
                    () -> "commits " + commit.index() + ", and only what is up to " + shown + " was shown to match");
        }
    }

    /** IR5, IR7, IR9. */
    private void commits(NodeShadow node, RaftCore core, long index) {
        require(
                index > node.commitIndex && index <= node.lastIndex(),
                "CommitMonotone",
                node,
                () -> "commit index goes from " + node.commitIndex + " to " + index + ", the log ends at "
                        + node.lastIndex());
        require(
                core.role() != RaftRole.LEADER || termAt(node, index) == core.term(),
                "CommitMonotone",
                node,
                () -> "commits " + index + " of term " + termAt(node, index) + " by counting in term " + core.term());
        for (long i = node.commitIndex + 1; i <= index; i++) {
            commitsOne(node, core, i);
        }
        node.commitIndex = index;
        run.sensitive("committed", node.machine);
    }

    private void commitsOne(NodeShadow node, RaftCore core, long index) {
        Group group = group(node);
        long chain = chainAt(node, index);
        Optional<Ledger.Committed> known = group.ledger.at(index);
        require(
                known.isEmpty() || known.get().chain() == chain,
                "StateMachineSafety",
                node,
                () -> "commits another entry at " + index + ": of term " + termAt(node, index) + " where "
                        + known.orElseThrow() + " is committed");
        if (known.isEmpty()) {
            Configuration inForce = configurationByLog(node).orElseThrow();
            require(
                    ConfigurationOverlap.majority(inForce, voter -> isDurableAt(voter, index, chain)),
                    "AckIsDurable",
                    node,
                    () -> "commits " + index + ", which is not durable at a majority of " + inForce);
            long term = termAt(node, index);
            boolean repeated = group.ledger.commit(index, new Ledger.Committed(term, chain, core.term()));
            marks.committed(node, term < core.term(), repeated);
        }
    }

    /**
     * IR5: what is applied is what others applied there. IR14: so it is after a restart; rot that nobody noticed shows here.
     *
     * @param restoring whether the node has not started yet
     */
    void applies(NodeShadow node, long index, List<Change<String>> changes, boolean restoring) {
        int hash = changes.hashCode();
        Integer before = group(node).applied.putIfAbsent(index, hash);
        require(
                before == null || before == hash,
                restoring ? "RecoveryFaithful" : "StateMachineSafety",
                node,
                () -> "applies another command at " + index + " than others did");
    }

    private boolean isDurableAt(NodeId node, long index, long chain) {
        NodeShadow shadow = shadows.get(node);
        return shadow != null && shadow.holdsDurably(index, chain);
    }

    /** IR11. */
    private void installs(NodeShadow node, long index, RaftCore core) {
        Optional<Ledger.Committed> committed = group(node).ledger.at(index);
        require(
                committed.isPresent() && committed.get().term() == core.log().termAt(index),
                "SnapshotFaithful",
                node,
                () -> "installed a snapshot at " + index + " of term "
                        + core.log().termAt(index) + ", committed is " + committed);
        require(
                index > node.commitIndex,
                "CommitMonotone",
                node,
                () -> "snapshot at " + index + ", committed " + node.commitIndex);
        node.commitIndex = index;
    }

    // What goes out.

    /**
     * A message leaves the node. It is checked when the step is over that sent it: a driver may release what waited for the disk before it tells the
     * core.
     */
    void sends(NodeShadow node, NodeId to, ClusterId cluster, PeerMessage message) {
        node.cluster = node.cluster.or(() -> Optional.of(cluster));
        VoteBook votes = group(Optional.of(cluster)).votes;
        if (message instanceof PeerMessage.PreVote question) {
            votes.asks(node.id, question.attempt());
        } else if (message instanceof PeerMessage.PreVoteReply reply && reply.granted()) {
            votes.wouldVote(node.id, to, reply.attempt());
        } else if (message instanceof PeerMessage.ReadIndexRequest request) {
            marks.asksForRead(node, request);
        }
        sent.add(() -> requirePromised(node, to, message));
    }

    /** A step is over. */
    void settle() {
        while (!sent.isEmpty()) {
            sent.remove().run();
        }
    }

    /** IR7 and IR8 where they become a promise. */
    private void requirePromised(NodeShadow node, NodeId to, PeerMessage message) {
        long storedTerm = node.durableState().term();
        if (message instanceof PeerMessage.AppendEntriesReply reply && reply.success() && reply.term() >= storedTerm) {
            Claim claim = new Claim(node.id, reply.term(), reply.index());
            requireHeld(node, reply.index(), claims.getOrDefault(claim, 0L), message);
            run.sensitive("acknowledged", node.machine);
        }
        require(
                message.term() <= storedTerm || !message.accept(MessageKinds.STANDS_ON_TERM),
                "VoteOnce",
                node,
                () -> "sends " + message + ", stored is " + node.durableState());
        if (message instanceof PeerMessage.RequestVoteReply reply && reply.granted()) {
            requireStored(node, reply.term(), to, message);
            requireOnlyVote(node, reply.term(), to);
        } else if (message instanceof PeerMessage.RequestVote request) {
            requireStored(node, request.term(), node.id, message);
            requireOnlyVote(node, request.term(), node.id);
        } else if (message instanceof PeerMessage.InstallSnapshotReply reply && reply.installed()) {
            requireHeld(node, reply.index(), group(node).ledger.chainAt(reply.index()), message);
        }
    }

    private void requireStored(NodeShadow node, long term, NodeId candidate, PeerMessage message) {
        boolean stored = node.durableState().term() > term
                || (node.durableState().term() == term
                        && node.durableState().votedFor().equals(Optional.of(candidate)));
        require(stored, "VoteOnce", node, () -> "sends " + message + ", stored is " + node.durableState());
    }

    /** A vote is given when it goes out: one that could not be stored is none, and the process that meant to give it has ended. */
    private void requireOnlyVote(NodeShadow node, long term, NodeId candidate) {
        Optional<NodeId> other = group(node).votes.grant(node.id, term, candidate);
        require(
                other.isEmpty(),
                "VoteOnce",
                node,
                () -> "votes in term " + term + " for " + candidate + " after " + other.orElseThrow());
    }

    private void requireHeld(NodeShadow node, long index, long chain, PeerMessage message) {
        require(
                index == 0 || node.holdsDurably(index, chain),
                "AckIsDurable",
                node,
                () -> "sends " + message + ", and has not stored that much: " + node);
    }
}
