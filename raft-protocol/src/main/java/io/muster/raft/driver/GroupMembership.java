package io.muster.raft.driver;

import io.muster.consistency.ConsistencyException;
import io.muster.consistency.ConsistencyException.Invalid;
import io.muster.consistency.ConsistencyException.NoLeader;
import io.muster.member.ClusterId;
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

/** Who belongs to the group: founding and joining, the lookup's wish, and what operators say. */
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

    GroupMembership(RaftConfig config, NodeId self, Ports ports, PeerLink peers, Owner owner) {
        this.config = config;
        this.self = self;
        this.ports = ports;
        this.time = ports.time();
        this.peers = peers;
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
                .or(() -> wish.next(core, time.monoNanos()))
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

    /** The others, with what a leader knows of them. */
    List<Published.Peer> peers(RaftCore core, PeerCounts counts) {
        Configuration group = core.configuration().orElse(null);
        if (group == null || (group.isSoleVoter(self) && group.learners().isEmpty())) {
            return List.of();
        }
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
                    .map(leader -> "this node does not lead; node " + leader + " does")
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

    private long writeDeadlineNanos() {
        return time.monoNanos() + config.writeTimeoutMillis() * NANOS_PER_MILLI;
    }

    private LongFunction<Runnable> feeding(LongFunction<Input> question) {
        return request -> () -> owner.feed(question.apply(request));
    }

    private void resetMembers(List<NodeId> voters, CompletableFuture<String> result) {
        long deadline = time.monoNanos()
                + Math.min(RaftDriver.REFUSE_AFTER_MILLIS, config.writeTimeoutMillis()) * NANOS_PER_MILLI;
        List<NodeId> sorted = voters.stream().sorted().distinct().toList();
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
                                feeding(request -> new Input.ResetMembers(request, voters)))));
    }

    /** @return whether the message was for nobody else */
    boolean received(NodeId from, PeerMessage message) {
        return survivors.received(from, message);
    }

    private void change(GroupCommand command, CompletableFuture<String> result) {
        Configuration group = owner.core().configuration().orElseThrow();
        MembershipChange change = MembershipChange.of(group);
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

    private void askForChange(MembershipChange change, CompletableFuture<String> result) {
        commands.askForMembers(
                result,
                writeDeadlineNanos(),
                change::isDoneIn,
                feeding(request -> new Input.ChangeMembers(request, change)));
    }

    private void applyWish(CompletableFuture<String> result) {
        wish.confirm();
        Optional<MembershipChange> change = wish.next(owner.core(), time.monoNanos());
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
