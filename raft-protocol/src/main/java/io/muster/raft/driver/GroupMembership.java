package io.muster.raft.driver;

import io.muster.consistency.ConsistencyException;
import io.muster.consistency.ConsistencyException.Invalid;
import io.muster.consistency.ConsistencyException.NoLeader;
import io.muster.consistency.FormatInForce;
import io.muster.member.ClusterId;
import io.muster.member.Member;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import io.muster.member.port.Ports;
import io.muster.member.port.Time;
import io.muster.raft.RaftConfig;
import io.muster.raft.RaftRole;
import io.muster.raft.core.Effect;
import io.muster.raft.core.FollowerStatus;
import io.muster.raft.core.Input;
import io.muster.raft.core.RaftCore;
import io.muster.raft.core.Rules;
import io.muster.raft.core.format.Announcements;
import io.muster.raft.core.format.Announcements.Announcement;
import io.muster.raft.core.founding.FoundingMessage;
import io.muster.raft.core.founding.Promise;
import io.muster.raft.core.founding.Standing;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.membership.MembershipChange;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.core.wish.WishPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who belongs to the group, and by which format: founding and joining, the lookup's wish, what operators say, and what members announce. */
final class GroupMembership {

    private static final long NANOS_PER_MILLI = 1_000_000;

    /** Leadership is given away for want of room no more often than this. */
    private static final long GIVE_AWAY_NANOS = 5_000 * NANOS_PER_MILLI;

    private static final Logger LOG = LoggerFactory.getLogger(GroupMembership.class);

    private final RaftConfig config;
    private final NodeId self;
    private final Ports ports;
    private final Time time;
    private final PeerLink peers;
    private final Rules rules;
    private final Owner owner;
    private final OperatorCommands commands = new OperatorCommands();
    private final WishKeeper wish;
    private final Survivors survivors;

    private @Nullable FoundingDriver founding;
    private long giveAwayNotBeforeNanos = Long.MIN_VALUE;

    /** Who carries out what concerns the replica. */
    interface Owner extends FoundingDriver.Owner {

        RaftCore core();

        void feed(Input input);

        Optional<ClusterId> cluster();
    }

    GroupMembership(RaftConfig config, NodeId self, Ports ports, PeerLink peers, Rules rules, Owner owner) {
        this.config = config;
        this.self = self;
        this.ports = ports;
        this.time = ports.time();
        this.peers = peers;
        this.rules = rules;
        this.owner = owner;
        this.survivors = new Survivors(peers);
        this.wish = new WishKeeper(self, ports.members().view(), time.monoNanos());
    }

    // Founding; clustered modes only.

    void begin(Standing standing, Optional<Promise> promise) {
        founding = new FoundingDriver(
                self,
                standing,
                promise,
                config.electionTimeoutMillis() / 2 * NANOS_PER_MILLI,
                ports.rng().stream("founding"),
                time,
                peers,
                owner);
        saw(ports.members().view());
    }

    void stop() {
        ifFounding(FoundingDriver::stop);
    }

    void saw(MemberView view) {
        wish.saw(view, time.monoNanos());
        ifFounding(driver -> driver.listed(view));
    }

    void received(NodeId from, FoundingMessage message) {
        ifFounding(driver -> driver.received(from, message));
    }

    void standing(Standing now) {
        ifFounding(driver -> driver.standing(now));
    }

    String foundingReason() {
        FoundingDriver driver = founding;
        return driver == null ? "the persistent data is being restored" : driver.reason();
    }

    private void ifFounding(Consumer<FoundingDriver> step) {
        FoundingDriver driver = founding;
        if (driver != null) {
            step.accept(driver);
        }
    }

    // The leader's work.

    String wishReason() {
        return wish.reason();
    }

    void leadsNot() {
        wish.leadsNot();
    }

    /**
     * From time to time: what a leader has to do now, and what may have got lost.
     *
     * @param shortage what room the disk lacks
     */
    void pulse(Consumer<Input> feed, RaftCore core, boolean effective, Optional<String> shortage) {
        survivors.again();
        if (!effective) {
            return;
        }
        if (shortage.isPresent() && time.monoNanos() >= giveAwayNotBeforeNanos && hasOtherVoters(core)) {
            giveAwayNotBeforeNanos = time.monoNanos() + GIVE_AWAY_NANOS;
            LOG.warn("Leadership is given away: {}", shortage.get());
            feed.accept(new Input.TransferLeadership(commands.nextRequest(), Optional.empty()));
            return;
        }
        promotion(core)
                .or(() -> wish.next(core, announcements(), time.monoNanos()))
                .or(() -> laterFormat(core))
                .ifPresent(change -> feed.accept(new Input.ChangeMembers(commands.nextRequest(), change)));
    }

    private boolean hasOtherVoters(RaftCore core) {
        return core.configuration().filter(group -> group.voters().size() > 1).isPresent();
    }

    private Optional<MembershipChange> promotion(RaftCore core) {
        Configuration group = core.configuration().orElseThrow();
        List<NodeId> ready = core.followers().stream()
                .filter(FollowerStatus::caughtUp)
                .map(FollowerStatus::node)
                .filter(group.toPromote()::contains)
                .toList();
        if (ready.isEmpty() || group.isJoint() || core.configurationIndex() > core.commitIndex()) {
            return Optional.empty();
        }
        MembershipChange change = MembershipChange.of(group);
        for (NodeId node : ready) {
            change = change.withVoter(node);
        }
        return Optional.of(change);
    }

    private Optional<MembershipChange> laterFormat(RaftCore core) {
        Configuration group = core.configuration().orElseThrow();
        boolean committed = core.configurationIndex() <= core.commitIndex();
        return announcements().next(group, committed, wish.wish(), rules).map(format -> {
            LOG.info("All members announce that they read format {}: it is put in force", format);
            return MembershipChange.of(group).withFormat(format);
        });
    }

    /** As the handshakes and answers of the members have it now. */
    Announcements announcements() {
        TreeMap<NodeId, Announcement> others = new TreeMap<>();
        for (Member member : ports.members().view().members()) {
            member.nodeId()
                    .ifPresent(id -> others.put(
                            id,
                            new Announcement(
                                    member.address().name(), member.formatMax(), member.state() == MemberState.UP)));
        }
        return new Announcements(self, config.formatMax(), others);
    }

    /** Who holds the newest format of this build back, this node perhaps; empty if it is in force, or nobody is known to. */
    String formatHeldBackBy(RaftCore core) {
        return core.configuration()
                .filter(group -> group.format() < FormatInForce.NEWEST)
                .map(group -> heldBackBy(FormatInForce.NEWEST, group))
                .orElse("");
    }

    /** Of a node that no leader has taken in: others may write what it does not read; empty if nobody announces such. */
    String whyItMayStayOutside() {
        boolean othersReadMore =
                ports.members().view().members().stream().anyMatch(member -> member.formatMax() > config.formatMax());
        return othersReadMore
                ? "; members announce later formats than " + config.formatMax()
                        + ", the newest that this node reads: once one is in force, no leader takes it in before it runs a later build"
                : "";
    }

    private String heldBackBy(int format, Configuration group) {
        return announcements().heldBackBy(format, group.members(), wish.wish());
    }

    /** The others, with what a leader knows of them. */
    List<Published.Peer> peers(RaftCore core, PeerCounts counts) {
        Configuration group = core.configuration().orElse(null);
        if (group == null || (group.isSoleVoter(self) && group.learners().isEmpty())) {
            return List.of();
        }
        Announcements announced = announcements();
        TreeMap<NodeId, FollowerStatus> known = new TreeMap<>();
        core.followers().forEach(follower -> known.put(follower.node(), follower));
        List<Published.Peer> others = new ArrayList<>();
        for (NodeId member : group.members()) {
            if (!member.equals(self)) {
                FollowerStatus follower = known.get(member);
                others.add(new Published.Peer(
                        member,
                        group.isVoter(member),
                        follower == null ? -1 : follower.matchIndex(),
                        follower == null ? 0 : follower.contactNanos(),
                        follower != null && follower.caughtUp(),
                        announced.of(member),
                        counts.failedVotes(member),
                        counts.failedBeats(member)));
            }
        }
        return others;
    }

    // Operators.

    long nextRequest() {
        return commands.nextRequest();
    }

    void command(GroupCommand command, CompletableFuture<String> result) {
        if (command instanceof GroupCommand.Found found) {
            found(found, result);
        } else if (command instanceof GroupCommand.Join join) {
            join(join, result);
        } else if (command instanceof GroupCommand.ResetMembership reset) {
            resetMembers(reset.voters(), result);
        } else if (owner.core().role() != RaftRole.LEADER) {
            result.completeExceptionally(new NoLeader(owner.core()
                    .leader()
                    .map(leader -> "this node does not lead; " + shown(leader) + " does: ask there")
                    .orElse("no leader is known")));
        } else if (command instanceof GroupCommand.TransferLeadership transfer) {
            commands.askToHandOver(
                    result,
                    writeDeadlineNanos(),
                    feeding(request -> new Input.TransferLeadership(request, transfer.target())));
        } else if (command instanceof GroupCommand.ApplyWish) {
            applyWish(result);
        } else {
            change(command, result);
        }
    }

    /** As people know it. */
    private String shown(NodeId node) {
        return ports.members()
                .view()
                .member(node)
                .map(member -> member.address().name())
                .orElse("node " + node);
    }

    private long writeDeadlineNanos() {
        return time.monoNanos() + config.writeTimeoutMillis() * NANOS_PER_MILLI;
    }

    private LongFunction<Runnable> feeding(LongFunction<Input> question) {
        return request -> () -> owner.feed(question.apply(request));
    }

    private void resetMembers(List<NodeId> voters, CompletableFuture<String> result) {
        long deadline = time.monoNanos()
                + Math.min(ClientRequests.REFUSE_AFTER_MILLIS, config.writeTimeoutMillis()) * NANOS_PER_MILLI;
        List<NodeId> sorted = voters.stream().sorted().distinct().toList();
        // Who is lost has no say in it: what counts is what those can read who go on.
        int inForce = owner.core().configuration().map(Configuration::format).orElse(FormatInForce.FIRST);
        int format = Math.max(inForce, announcements().leastOf(sorted));
        if (format < FormatInForce.SECOND) {
            result.completeExceptionally(new Invalid(FormatInForce.objection(
                    FormatInForce.SECOND,
                    inForce,
                    announcements().heldBackBy(FormatInForce.SECOND, sorted, List.of()))));
            return;
        }
        survivors.ask(
                owner.core(),
                voters,
                deadline,
                objection -> objection.ifPresentOrElse(
                        said -> result.completeExceptionally(new Invalid(said)),
                        () -> commands.askForMembers(
                                result,
                                writeDeadlineNanos(),
                                members -> members.voters().equals(sorted),
                                feeding(request -> new Input.ResetMembers(request, voters, format)))));
    }

    /** @return whether the message was for nobody else */
    boolean received(NodeId from, PeerMessage message) {
        return survivors.received(from, message);
    }

    private void change(GroupCommand command, CompletableFuture<String> result) {
        Configuration group = owner.core().configuration().orElseThrow();
        MembershipChange change = MembershipChange.of(group);
        Optional<String> unreadable = command instanceof GroupCommand.AddMember add && !group.isVoter(add.node())
                ? objectionTo(add.node(), group)
                : Optional.empty();
        if (unreadable.isPresent()) {
            result.completeExceptionally(new Invalid(unreadable.get()));
            return;
        }
        if (command instanceof GroupCommand.AddMember add) {
            change = group.isVoter(add.node()) ? change : change.withComing(add.node());
        } else if (command instanceof GroupCommand.RemoveMember remove) {
            change = change.without(remove.node());
            change = remove.force() ? change.withForce() : change;
        } else if (command instanceof GroupCommand.PauseWish pause) {
            change = change.withWishPaused(pause.paused());
        }
        boolean resumes = command instanceof GroupCommand.PauseWish;
        Optional<String> objection = resumes ? Optional.empty() : WishPolicy.objectionTo(change, group, wish.wish());
        if (objection.isPresent()) {
            result.completeExceptionally(new Invalid(objection.get()));
            return;
        }
        askForChange(change, result);
    }

    /** Why a node can't be taken in by hand: that it is to vote later stands in the log, which all must read; and it must read what they write. */
    private Optional<String> objectionTo(NodeId coming, Configuration group) {
        if (group.format() < FormatInForce.SECOND) {
            return Optional.of(FormatInForce.objection(
                    FormatInForce.SECOND, group.format(), heldBackBy(FormatInForce.SECOND, group)));
        }
        // One that was not met here has announced nothing. If it reads less it never catches up, and so never votes.
        Announcements announced = announcements();
        return announced.of(coming) == 0 ? Optional.empty() : announced.objectionTo(coming, group);
    }

    private void askForChange(MembershipChange change, CompletableFuture<String> result) {
        commands.askForMembers(
                result,
                writeDeadlineNanos(),
                change::isDoneIn,
                feeding(request -> new Input.ChangeMembers(request, change)));
    }

    private void applyWish(CompletableFuture<String> result) {
        wish.confirm();
        Optional<MembershipChange> change = wish.next(owner.core(), announcements(), time.monoNanos());
        if (change.isEmpty()) {
            result.complete(wish.reason());
            return;
        }
        askForChange(change.get(), result);
    }

    private void found(GroupCommand.Found command, CompletableFuture<String> result) {
        FoundingDriver driver = founding;
        Optional<String> objection =
                driver == null ? Optional.of("a standalone node founds itself") : driver.foundAsTold(command.members());
        if (objection.isPresent()) {
            result.completeExceptionally(new Invalid(objection.get()));
        } else {
            result.complete(
                    "founds cluster " + owner.cluster().map(ClusterId::toString).orElse(""));
        }
    }

    private void join(GroupCommand.Join command, CompletableFuture<String> result) {
        FoundingDriver driver = founding;
        if (driver == null) {
            result.completeExceptionally(new Invalid("a standalone node has no member list to join"));
            return;
        }
        Optional<ClusterId> own = owner.cluster();
        List<ClusterId> heard = driver.otherClusters(own);
        List<ClusterId> targets = command.cluster()
                .map(named -> heard.stream().filter(named::equals).toList())
                .orElse(heard);
        if (own.isPresent() && own.equals(command.cluster())) {
            result.complete("this node belongs to cluster " + own.get() + " already");
        } else if (targets.size() != 1) {
            result.completeExceptionally(new Invalid(whyNowhere(command.cluster(), heard)));
        } else if (own.isPresent() && !command.discardLocal()) {
            result.completeExceptionally(new Invalid("this node belongs to cluster " + own.get()
                    + ", whose data here would be lost: that must be said explicitly"));
        } else {
            result.complete("goes to cluster " + targets.get(0));
            owner.moveTo(targets.get(0));
        }
    }

    /** A cluster that nobody listed belongs to would never take this node in. */
    private static String whyNowhere(Optional<ClusterId> named, List<ClusterId> heard) {
        if (named.isPresent()) {
            return "no listed member is known to belong to cluster " + named.get()
                    + (heard.isEmpty() ? "" : "; some belong to " + heard);
        }
        return heard.isEmpty()
                ? "no listed member is known to belong to another cluster"
                : "listed members belong to different clusters: " + heard;
    }

    void transferEnded(Effect.TransferEnded effect) {
        commands.transferEnded(effect);
    }

    void membersJudged(Effect.MembersJudged effect) {
        commands.membersJudged(effect, owner.core().commitIndex());
    }

    void configurationCommitted(Effect.ConfigurationCommitted effect) {
        commands.configurationCommitted(effect.index(), effect.configuration());
    }

    void expire(long nowNanos) {
        survivors.expire(nowNanos);
        commands.expire(nowNanos);
    }

    long nextExpiryNanos() {
        return Math.min(commands.nextExpiryNanos(), survivors.nextExpiryNanos());
    }

    void failCommands(ConsistencyException error) {
        survivors.stop(String.valueOf(error.getMessage()));
        commands.failAll(error);
    }
}
