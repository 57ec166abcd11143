package io.muster.server;

import io.muster.consistency.Readiness;
import io.muster.member.ClusterId;
import io.muster.member.DataDirectory;
import io.muster.member.Member;
import io.muster.member.MemberAddress;
import io.muster.member.MemberView;
import io.muster.member.health.core.Notice;
import io.muster.member.lookup.ListChange;
import io.muster.member.lookup.ListListener;
import io.muster.member.lookup.LookupSwitch;
import io.muster.member.lookup.MemberListException;
import io.muster.member.lookup.MemberLookup;
import io.muster.member.port.Lane;
import io.muster.member.port.MemberRoster;
import io.muster.member.port.Members;
import io.muster.member.port.Net;
import io.muster.member.port.Time;
import io.muster.server.cli.ExitCode;
import io.muster.server.config.LookupChoice;
import io.muster.server.config.ServerConfig;
import io.muster.server.events.ClusterEvent;
import io.muster.server.events.ClusterEvents;
import io.muster.server.http.PeerFigures;
import io.muster.server.metrics.MemberMeters;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who the members are, and the way to them: what both engines share (R2). The lookup says who should be one; alone that is all, and nobody is reached;
 * among others there is a {@link MemberWay}. Which of the two it is may change while the server runs (R63). The methods are for any thread.
 *
 * <p>Life: the engines take {@link #on} and {@link #net}, then {@link #start}, announcements as things change, {@link #leave}, {@link #stop}.
 */
final class Membership {

    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

    /** Asked for at every request. */
    private static final Readiness LISTED = new Readiness(true, "listed");

    private static final Readiness LISTED_BY_NOBODY =
            Readiness.waitingFor("no member lists this node: ask another one");

    private final ServerConfig config;
    private final OwnName name;
    private final Time time;
    private final Vertx workers;
    private final ClusterEvents events;
    private final RememberedList remembered;
    private final LookupSwitch lookup;
    private final Lookups lookups;
    private final MemberRoster roster;
    private final MemberWay way;

    /** What calls for the lookup in force. */
    private volatile LookupChoice choice;

    /** What the lookup in force was called for by, and what names this node in its lists. */
    private volatile ServerConfig lookedUpBy;

    /** Of the lookup in force. */
    private final ListInForce inForce = new ListInForce();

    /** Lists may come before there is a way to pass them on to. */
    private volatile boolean started;

    /** Completes with the first list. */
    private final CompletableFuture<Void> known = new CompletableFuture<>();

    /**
     * Begins the configured lookup and waits for its first list, within bounds; opens nothing.
     *
     * @param port of the listener for clients
     * @param workers for what blocks, and for asking address servers
     * @param time the thread of lookup and member health
     * @param newMeters makes the meters of members, which a node alone has not; called once
     * @throws ServerFailure if there is no good list in a mode that has it at hand, or this node can't tell its own name
     */
    Membership(
            ServerConfig config,
            DataDirectory directory,
            int port,
            Vertx workers,
            Time time,
            Supplier<MemberMeters> newMeters,
            ClusterEvents events) {
        this.config = config;
        this.name = new OwnName(config.listen().host(), port);
        this.time = time;
        this.workers = workers;
        this.events = events;
        this.choice = config.lookup();
        this.lookedUpBy = config;
        this.remembered = new RememberedList(directory.path());
        this.lookups = new Lookups(workers, time);
        this.lookup = new LookupSwitch(
                time,
                new ListListener() {
                    @Override
                    public void listed(List<MemberAddress> members) {
                        take(members);
                    }

                    @Override
                    public void refused(String problem) {
                        events.tell(
                                ClusterEvent.Kind.LIST_REFUSED, choice.mode().configName(), problem);
                    }
                },
                this::namesThisNode);
        List<MemberAddress> listed = inForce.begin(firstList());
        LOG.info("members as listed, since {}: {}", choice.reason(), listed);
        roster = new MemberRoster(directory.identity().nodeId(), selfAtStart(listed), time);
        roster.adopt(listed);
        if (!listed.isEmpty()) {
            known.complete(null);
        }
        way = new MemberWay(name, directory.identity(), time, newMeters, this::tell, roster);
    }

    private List<MemberAddress> firstList() {
        // A list that the configuration itself holds is an operator's word.
        Optional<List<MemberAddress>> last =
                clustered() && choice.fixed().isEmpty() ? remembered.read() : Optional.empty();
        MemberLookup first;
        try {
            first = lookups.lookup(choice, name.whenAlone(config));
        } catch (MemberListException e) {
            throw new ServerFailure(ExitCode.CONFIGURATION, String.valueOf(e.getMessage()), e);
        }
        return FirstList.of(lookup, choice, first, last);
    }

    /** Where most of a list is new; names are looked up, which blocks. */
    private CompletionStage<Boolean> namesThisNode(List<MemberAddress> members) {
        ServerConfig by = lookedUpBy;
        return CompletableFuture.supplyAsync(
                () -> name.isNamed(name.among(members, by), members, by), Membership::onThreadOfItsOwn);
    }

    private MemberAddress selfAtStart(List<MemberAddress> listed) {
        try {
            return name.among(listed, config);
        } catch (ServerFailure e) {
            lookup.stop();
            throw remembered.read().filter(listed::equals).isEmpty()
                    ? e
                    : new ServerFailure(
                            e.exitCode(),
                            e.getMessage() + "; it goes by " + listed + ", in force last (" + remembered
                                    + "), since the list at hand lacks too many of them: if those are gone for good, name the members by --members, or remove"
                                    + " that file",
                            e);
        }
    }

    /** A list of the lookup in force; the time's thread. */
    private void take(List<MemberAddress> members) {
        if (!members.equals(inForce.take(members))) {
            events.tell(
                    ClusterEvent.Kind.LIST_TAKEN,
                    choice.mode().configName(),
                    "the members as listed: "
                            + members.stream().map(MemberAddress::name).collect(Collectors.joining(", ")));
        }
        if (started) {
            if (!known.isDone()) {
                roster.adopt(members);
            }
            way.wish(members);
            known.complete(null);
            remember();
        }
    }

    /** What is in force when it is the task's turn: tasks of several threads may overtake each other. */
    private void remember() {
        workers.executeBlocking(() -> {
            if (clustered()) {
                remembered.keep(listed());
            } else {
                remembered.forget();
            }
            return true;
        });
    }

    /** The list that was in force before this start, or is now; empty if this node has always stood alone. */
    Optional<List<MemberAddress>> lastAmongOthers() {
        return remembered.read();
    }

    /** The current view. */
    MemberView view() {
        return roster.view();
    }

    /** The members, for a driver whose callbacks run on this time. */
    Members on(Time driver) {
        return roster.on(driver);
    }

    /** The network of one lane, for a driver whose callbacks run on this time; to be taken once for each lane, before the start. */
    Net net(Lane lane, Time driver) {
        return way.net(lane, driver);
    }

    /** What is measured of the way to a member. */
    PeerFigures figures(Member member) {
        return way.figures(member);
    }

    /** What calls for the lookup in force. */
    LookupChoice choice() {
        return choice;
    }

    /** The list in force; empty while there is none. */
    List<MemberAddress> listed() {
        return inForce.now();
    }

    LookupSwitch lookup() {
        return lookup;
    }

    /** Whether this node is one of several, or may be. */
    boolean clustered() {
        return choice.clustered();
    }

    /**
     * Opens the way to the members and begins to ask after them, where there may be any. To be called when the engines can take frames.
     *
     * @return fails with {@link ServerFailure} if the peer port can't be opened
     */
    CompletionStage<Void> start() {
        started = true;
        if (!listed().isEmpty()) {
            remember();
        }
        return clustered()
                ? way.open(config, view().self().address()).thenRun(() -> time.execute(this::wishFirstList))
                : CompletableFuture.completedStage(null);
    }

    /** The lookup may have given a later list meanwhile. */
    private void wishFirstList() {
        if (!listed().isEmpty()) {
            take(listed());
        }
    }

    /** When this node knows its members; at once, unless an address server has yet to say. */
    CompletionStage<Void> whenKnown() {
        return known.minimalCompletionStage();
    }

    /** Whether this node is a member for the members: others that answer list it, and its own list leads to it. */
    Readiness listing() {
        if (listed().isEmpty()) {
            return Readiness.waitingFor("no list of members yet: "
                    + lookup.health().source() + ": " + lookup.health().problem());
        }
        return view().self().listsUs() ? LISTED : LISTED_BY_NOBODY;
    }

    private void tell(Notice notice) {
        switch (notice.kind().severity()) {
            case INFO -> LOG.info("{}", notice.text());
            case WARNING -> LOG.warn("{}", notice.text());
            case ALARM -> LOG.error("{}", notice.text());
        }
        events.tell(notice.kind(), notice.subject(), notice.text());
    }

    /**
     * The list that a switch of the lookup would begin with; changes nothing. Reads files, so it is not for an event loop.
     *
     * @param confirmed whether the list may lack half of the members in force
     * @return fails with {@link MemberListException} or {@link ServerFailure} if the switch would
     */
    CompletionStage<List<MemberAddress>> tryOut(ServerConfig by, boolean confirmed) {
        return lookup.tryOut(next(by))
                .thenCompose(members -> accepted(by, members, confirmed).thenApply(self -> members));
    }

    /**
     * Puts the lookup that this configuration calls for in force, and makes the way to the members as it needs. Reads files, so it is not for an event
     * loop.
     *
     * @param confirmed whether the list may lack half of the members in force
     * @param stillSafe throws {@link ServerFailure} if the switch must not be; called again when there is a list, since that takes time
     * @return the list in force; fails, with all as it was, with {@link MemberListException}, {@link ServerFailure} or {@link IllegalStateException}
     */
    CompletionStage<List<MemberAddress>> switchTo(ServerConfig by, boolean confirmed, Runnable stillSafe) {
        LookupChoice next = by.lookup();
        LookupChoice before = choice;
        return lookup.to(
                        next(by),
                        members -> accepted(by, members, confirmed)
                                .thenComposeAsync(
                                        self -> {
                                            stillSafe.run();
                                            return readied(by, self);
                                        },
                                        Membership::onThreadOfItsOwn),
                        () -> {
                            choice = next;
                            lookedUpBy = by;
                        })
                .thenCompose(members -> {
                    events.tell(
                            ClusterEvent.Kind.LOOKUP_SWITCHED,
                            next.mode().configName(),
                            "lookup switched from " + before.mode().configName() + " to "
                                    + next.mode().configName() + ", since " + next.reason());
                    LOG.info("the lookup is {} now, since {}", next.mode().configName(), next.reason());
                    return next.clustered()
                            ? CompletableFuture.completedStage(members)
                            : way.shut().thenApply(closed -> members);
                });
    }

    private MemberLookup next(ServerConfig by) {
        return lookups.lookup(by.lookup(), name.whenAlone(by));
    }

    /**
     * A list that this node may go over to, and how it names this node: the rule of {@link LookupSwitch} for the lists of one lookup. Names are looked up,
     * which blocks.
     *
     * @return fails with {@link ServerFailure} if it may not
     */
    private CompletionStage<MemberAddress> accepted(ServerConfig by, List<MemberAddress> members, boolean confirmed) {
        ListChange change = new ListChange(listed(), members);
        if (clustered() && by.lookup().clustered() && !confirmed && change.losesHalf() && change.isShorter()) {
            return CompletableFuture.failedStage(new ServerFailure(
                    ExitCode.FAILED,
                    "the list names only " + members + " of the members in force, " + listed()
                            + ": half of them or more would be lost at once. If that is meant, say so by 'lookup switch "
                            + by.lookup().mode().configName() + " --confirm'"));
        }
        return CompletableFuture.supplyAsync(() -> name.required(members, by), Membership::onThreadOfItsOwn);
    }

    private CompletionStage<Void> readied(ServerConfig by, MemberAddress self) {
        return by.lookup().clustered() && !way.isOpen() ? way.open(by, self) : CompletableFuture.completedStage(null);
    }

    /** A switch is rare, and what it takes may block: neither an event loop nor a worker of clients' requests is for that. */
    private static void onThreadOfItsOwn(Runnable task) {
        new Thread(task, "muster-lookup-switch").start();
    }

    /** The thread of lookup and member health. */
    Time time() {
        return time;
    }

    /** Tells the members whether this node counts as loaded with ephemeral data. */
    void announceLoaded(boolean now) {
        way.announceLoaded(now);
    }

    /** Tells the members to which cluster this node belongs; may be told again and again. */
    void announceCluster(ClusterId id) {
        way.announceCluster(id);
    }

    /** Brings the figures for metrics up to date. Called now and then. */
    void refresh() {
        way.refresh();
    }

    /** Tells the members that this node is about to go. Waits for it. */
    void leave(Patience patience) {
        way.leave(patience);
    }

    /** Stops the lookup and closes the way to the members. Waits for it. */
    void stop(Patience patience) {
        lookup.stop();
        way.stop(patience);
    }
}
