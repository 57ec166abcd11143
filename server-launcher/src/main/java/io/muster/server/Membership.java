package io.muster.server;

import io.muster.member.ClusterId;
import io.muster.member.DataDirectory;
import io.muster.member.Member;
import io.muster.member.MemberAddress;
import io.muster.member.MemberView;
import io.muster.member.NodeIdentity;
import io.muster.member.Wish;
import io.muster.member.health.core.Notice;
import io.muster.member.lookup.ListListener;
import io.muster.member.lookup.LookupMode;
import io.muster.member.lookup.LookupSwitch;
import io.muster.member.lookup.MemberListException;
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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who the members are, and the way to them: what both engines share (R2). The lookup says who should be one; alone that is all, and nobody is reached;
 * among others there is a {@link PeerSide} to them. Which of the two it is may change while the server runs (R63). The methods are for any thread.
 *
 * <p>Life: the engines take {@link #on} and {@link #net}, then {@link #start}, announcements as things change, {@link #leave}, {@link #stop}.
 */
final class Membership {

    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

    private final ServerConfig config;
    private final NodeIdentity identity;
    private final int port;
    private final Time time;
    private final Vertx workers;
    private final Supplier<MemberMeters> newMeters;
    private final ClusterEvents events;
    private final RememberedList remembered;
    private final LookupSwitch lookup;
    private final Lookups lookups;
    private final MemberRoster roster;
    private final Map<Lane, LateNet> lanes = new ConcurrentHashMap<>();

    /** What calls for the lookup in force. */
    private volatile LookupChoice choice;

    /** Of the lookup in force; empty while it has given none. */
    private volatile List<MemberAddress> listed = List.of();

    /** Empty while this node is alone, and while a switch makes one ready. */
    private volatile Optional<PeerSide> side = Optional.empty();

    /** The newest one, open or not: metrics go on to show what it knew. */
    private volatile Optional<PeerSide> newest = Optional.empty();

    /** Of the first peer side, for all that follow; empty before it. */
    private volatile Optional<MemberMeters> meters = Optional.empty();

    private volatile boolean loaded;

    /** Empty until this node is founded or joined. */
    private volatile Optional<ClusterId> clusterId = Optional.empty();

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
        this.identity = directory.identity();
        this.port = port;
        this.time = time;
        this.workers = workers;
        this.newMeters = newMeters;
        this.events = events;
        this.choice = config.lookup();
        this.remembered = new RememberedList(directory.path());
        this.lookups = new Lookups(workers, time);
        this.lookup = new LookupSwitch(time, new ListListener() {
            @Override
            public void listed(List<MemberAddress> members) {
                take(members);
            }

            @Override
            public void refused(String problem) {
                events.tell(ClusterEvent.Kind.LIST_REFUSED, choice.mode().configName(), problem);
            }
        });
        listed = firstList();
        LOG.info("members as listed, since {}: {}", choice.reason(), listed);
        MemberAddress self = choice.clustered() ? selfAtStart() : nameWhenAlone(config);
        roster = new MemberRoster(identity.nodeId(), self, time);
        roster.adopt(listed);
    }

    /**
     * The list to begin with: the lookup's, or the one remembered where an address server does not answer. Where nothing is remembered either, none:
     * the node serves ephemeral data alone until the address server answers.
     */
    private List<MemberAddress> firstList() {
        try {
            return lookup.begin(lookups.lookup(choice, nameWhenAlone(config)))
                    .toCompletableFuture()
                    .join();
        } catch (MemberListException e) {
            throw noList(e);
        } catch (CompletionException e) {
            if (!(e.getCause() instanceof MemberListException cause)) {
                throw e;
            }
            if (choice.mode() != LookupMode.ADDRESS_SERVER) {
                throw noList(cause);
            }
            Optional<List<MemberAddress>> last = remembered.read();
            LOG.warn(
                    "{}; starting {}, and asking on",
                    cause.getMessage(),
                    last.isPresent()
                            ? "with the list that it gave last"
                            : "without members: this node serves its clients alone, and persistent writes are refused");
            return last.orElse(List.of());
        }
    }

    private static ServerFailure noList(MemberListException e) {
        return new ServerFailure(ExitCode.CONFIGURATION, String.valueOf(e.getMessage()), e);
    }

    private MemberAddress nameWhenAlone(ServerConfig by) {
        return by.listen()
                .advertise()
                .orElseGet(() -> new MemberAddress(config.listen().host(), port, 0));
    }

    private int peerPort(ServerConfig by) {
        return by.listen().peerPort().orElse(port + MemberAddress.PEER_PORT_OFFSET);
    }

    private MemberAddress selfAtStart() {
        try {
            return selfAmong(config, listed);
        } catch (ServerFailure e) {
            lookup.stop();
            throw e;
        }
    }

    private MemberAddress selfAmong(ServerConfig by, List<MemberAddress> members) {
        return namesOf(by).in(members);
    }

    private SelfAddress namesOf(ServerConfig by) {
        ServerConfig.Listen listen = new ServerConfig.Listen(
                config.listen().host(),
                port,
                by.listen().peerPort(),
                by.listen().advertise());
        return new SelfAddress(listen, port, peerPort(by));
    }

    /** A list of the lookup in force; the time's thread. */
    private void take(List<MemberAddress> members) {
        if (!members.equals(listed)) {
            events.tell(
                    ClusterEvent.Kind.LIST_TAKEN,
                    choice.mode().configName(),
                    "the members as listed: "
                            + members.stream().map(MemberAddress::name).collect(Collectors.joining(", ")));
        }
        listed = members;
        side.ifPresent(open -> open.wish(members));
        if (choice.mode() == LookupMode.ADDRESS_SERVER) {
            workers.executeBlocking(() -> {
                remembered.keep(members);
                return true;
            });
        }
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
        LateNet net = new LateNet(lane, driver);
        if (lanes.putIfAbsent(lane, net) != null) {
            throw new IllegalStateException("the net of lane " + lane + " is taken once");
        }
        return net;
    }

    /** What is measured of the way to a member. */
    PeerFigures figures(Member member) {
        return side.map(open -> open.figures(member)).orElse(PeerFigures.NONE);
    }

    /** What calls for the lookup in force. */
    LookupChoice choice() {
        return choice;
    }

    /** The list in force; empty while there is none. */
    List<MemberAddress> listed() {
        return listed;
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
        return clustered()
                ? open(config, view().self().address()).thenRun(() -> time.execute(this::wishFirstList))
                : CompletableFuture.completedStage(null);
    }

    /** The lookup may have given a later list meanwhile. */
    private void wishFirstList() {
        if (!listed.isEmpty()) {
            side.ifPresent(open -> open.wish(listed));
        }
    }

    private synchronized CompletionStage<Void> open(ServerConfig by, MemberAddress self) {
        MemberMeters shown = meters.orElseGet(newMeters);
        PeerSide opening = new PeerSide(
                by,
                config.listen().host(),
                identity,
                self,
                peerPort(by),
                () -> clusterId,
                time,
                shown,
                this::publish,
                this::tell);
        newest = Optional.of(opening);
        if (meters.isEmpty()) {
            meters = Optional.of(shown);
            shown.bind(() -> newest.orElse(opening).status());
        }
        lanes.values().forEach(lane -> lane.attach(opening.channel()));
        return opening.open().handle((opened, failure) -> failure).thenCompose(failure -> {
            if (failure == null) {
                time.execute(() -> welcome(opening));
                return CompletableFuture.<Void>completedStage(null);
            }
            lanes.values().forEach(LateNet::detach);
            return opening.close().thenCompose(closed -> CompletableFuture.failedStage(failure));
        });
    }

    /** Tells a peer side that has opened what it missed; the time's thread. */
    private void welcome(PeerSide opened) {
        side = Optional.of(opened);
        opened.announceLoaded(loaded);
        clusterId.ifPresent(opened::announceCluster);
    }

    /** Leaves out views from before the first list: an engine that saw no others would think that there are none, and nobody to load from. */
    private void publish(MemberView view) {
        if (!view.wish().entries().isEmpty()) {
            roster.publish(view);
        }
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
     * @return fails with {@link MemberListException} or {@link ServerFailure} if the switch would
     */
    CompletionStage<List<MemberAddress>> tryOut(ServerConfig by) {
        return lookup.tryOut(lookups.lookup(by.lookup(), nameWhenAlone(by)))
                .thenCompose(members -> selfListed(by, members).thenApply(self -> members));
    }

    /**
     * Puts the lookup that this configuration calls for in force, and makes the way to the members as it needs. Reads files, so it is not for an event
     * loop.
     *
     * @return the list in force; fails, with all as it was, with {@link MemberListException}, {@link ServerFailure} or {@link IllegalStateException}
     */
    CompletionStage<List<MemberAddress>> switchTo(ServerConfig by) {
        LookupChoice next = by.lookup();
        LookupChoice before = choice;
        return lookup.to(
                        lookups.lookup(next, nameWhenAlone(by)),
                        members -> selfListed(by, members)
                                .thenComposeAsync(self -> readied(by, self), Membership::onThreadOfItsOwn)
                                .thenRun(() -> choice = next))
                .thenCompose(members -> {
                    events.tell(
                            ClusterEvent.Kind.LOOKUP_SWITCHED,
                            next.mode().configName(),
                            "lookup switched from " + before.mode().configName() + " to "
                                    + next.mode().configName() + ", since " + next.reason());
                    LOG.info("the lookup is {} now, since {}", next.mode().configName(), next.reason());
                    return next.clustered()
                            ? CompletableFuture.completedStage(members)
                            : alone().thenApply(closed -> members);
                });
    }

    /** This node as the list names it; fails if it does not. Names are looked up, which blocks. */
    private CompletionStage<MemberAddress> selfListed(ServerConfig by, List<MemberAddress> members) {
        if (!by.lookup().clustered()) {
            return CompletableFuture.completedStage(nameWhenAlone(by));
        }
        return CompletableFuture.supplyAsync(
                () -> {
                    MemberAddress self = selfAmong(by, members);
                    if (!namesOf(by).isListed(members, self)) {
                        throw new ServerFailure(
                                ExitCode.CONFIGURATION,
                                "the list names " + members + ", and not this node, " + self
                                        + ": it would own no data. Add it to the list, or say which member it is by --advertise");
                    }
                    return self;
                },
                Membership::onThreadOfItsOwn);
    }

    private CompletionStage<Void> readied(ServerConfig by, MemberAddress self) {
        return by.lookup().clustered() && side.isEmpty() ? open(by, self) : CompletableFuture.completedStage(null);
    }

    /** A switch is rare, and what it takes may block: neither an event loop nor a worker of clients' requests is for that. */
    private static void onThreadOfItsOwn(Runnable task) {
        new Thread(task, "muster-lookup-switch").start();
    }

    /** Closes the way to the members. */
    private CompletionStage<Void> alone() {
        Optional<PeerSide> closing = side;
        if (closing.isEmpty()) {
            return CompletableFuture.completedStage(null);
        }
        CompletableFuture<Void> left = new CompletableFuture<>();
        closing.get()
                .leave()
                .thenRun(() -> time.execute(() -> {
                    side = Optional.empty();
                    lanes.values().forEach(LateNet::detach);
                    Member self = view().self();
                    Wish wish = new Wish(List.of(new Wish.Entry(self.address(), self.nodeId())), List.of());
                    closing.get().close().whenComplete((closed, failure) -> {
                        roster.publish(new MemberView(0, self, List.of(self), wish));
                        left.complete(null);
                    });
                }));
        return left;
    }

    /** Tells the members whether this node counts as loaded with ephemeral data. */
    void announceLoaded(boolean now) {
        loaded = now;
        side.ifPresent(open -> open.announceLoaded(now));
    }

    /** Tells the members to which cluster this node belongs; may be told again and again. */
    void announceCluster(ClusterId id) {
        Optional<ClusterId> now = Optional.of(id);
        if (!now.equals(clusterId)) {
            clusterId = now;
            side.ifPresent(open -> open.announceCluster(id));
        }
    }

    /** Brings the figures for metrics up to date. Called now and then. */
    void refresh() {
        Optional<PeerSide> open = side;
        Optional<MemberMeters> shown = meters;
        if (open.isPresent() && shown.isPresent()) {
            shown.get().refresh(open.get().status(), open.get().peers());
        }
    }

    /** Tells the members that this node is about to go. Waits for it. */
    void leave(Patience patience) {
        side.ifPresent(open -> patience.await("the members to hear that this node leaves", open.leave()));
    }

    /** Stops the lookup and closes the way to the members. Waits for it. */
    void stop(Patience patience) {
        lookup.stop();
        side.ifPresent(open -> patience.await("the peer channel", open.close()));
    }
}
