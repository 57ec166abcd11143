package io.muster.member.lookup;

import io.muster.member.MemberAddress;
import io.muster.member.port.Time;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lookup in force, and the way to another (R63): the next one has given a good list, and whatever depends on that has been made ready, before the
 * old one stops. A switch that fails leaves all as it was.
 *
 * <p>A list that loses half of the members in force, or more, is held back until somebody {@linkplain #confirm confirms} it, naming its members: a source that has lost
 * its memory, a file that was cut off at the end of a line, and somebody else's list are likelier than a cluster that loses half of its members by
 * intent. A list of as many others passes if it names this node: then all have moved (X11). A source that has just been held back is believed slowly: a list
 * of it that is shorter than the one in force, though by less than half, is taken only when the source has stood by it for {@link #REGAINS_TRUST_AFTER}.
 *
 * <p>Life: {@link #begin} once, any number of switches, one at a time, {@link #stop}. The methods are for any thread that may block for the length of
 * a file's reading; the listener is called on the driver's.
 */
public final class LookupSwitch {

    /** A lookup that has no list after that has failed: twice what a slow address server takes to answer. */
    public static final Duration FIRST_LIST_WITHIN = Duration.ofSeconds(10);

    /** Longer than an address server takes that fills up again member by member after it has lost its memory. */
    public static final Duration REGAINS_TRUST_AFTER = Duration.ofSeconds(60);

    /** Making ready for a list opens a port and looks names up; what takes longer than that has failed. */
    static final Duration READY_WITHIN = Duration.ofSeconds(60);

    private static final Logger LOG = LoggerFactory.getLogger(LookupSwitch.class);

    private final Time driver;
    private final ListListener listener;
    private final Function<List<MemberAddress>, CompletionStage<Boolean>> namesThisNode;
    private final Duration firstListWithin;
    private final AtomicBoolean switching = new AtomicBoolean();

    /** Counts on the driver's thread. */
    private final AtomicLong listsTaken = new AtomicLong();

    /** The same. */
    private final AtomicLong switches = new AtomicLong();

    /** Null before {@link #begin}; changes on the driver's thread. */
    private volatile @Nullable Tenure inForce;

    /**
     * @param listener hears of the lists of whichever lookup is in force
     * @param namesThisNode whether a list does; asked on the driver's thread, and may take its time
     */
    public LookupSwitch(
            Time driver, ListListener listener, Function<List<MemberAddress>, CompletionStage<Boolean>> namesThisNode) {
        this(driver, listener, namesThisNode, FIRST_LIST_WITHIN);
    }

    LookupSwitch(
            Time driver,
            ListListener listener,
            Function<List<MemberAddress>, CompletionStage<Boolean>> namesThisNode,
            Duration firstListWithin) {
        this.driver = driver;
        this.listener = listener;
        this.namesThisNode = namesThisNode;
        this.firstListWithin = firstListWithin;
    }

    /** A lookup, and what it has said. */
    private final class Tenure implements ListListener {

        private final MemberLookup lookup;
        private final CompletableFuture<List<MemberAddress>> first = new CompletableFuture<>();

        /** Taken last, be it before this lookup; empty before the first. Changes on the driver's thread. */
        private List<MemberAddress> latest;

        /** Offered last, while it is not taken; on the driver's thread. */
        private @Nullable List<MemberAddress> offered;

        /** Counts what was offered; on the driver's thread. */
        private long offers;

        /** Why a list is held back; empty if none is. */
        private volatile String heldBack = "";

        private volatile boolean stopped;

        Tenure(MemberLookup lookup, List<MemberAddress> known) {
            this.lookup = lookup;
            this.latest = List.copyOf(known);
        }

        @Override
        public void listed(List<MemberAddress> members) {
            driver.execute(() -> consider(members));
        }

        private void consider(List<MemberAddress> members) {
            offered = members;
            long offer = ++offers;
            ListChange change = new ListChange(latest, members);
            if (!change.losesHalf()) {
                considerAfterLosses(offer, members, change);
            } else if (change.isShorter()) {
                holdBack(members);
            } else {
                namesThisNode
                        .apply(members)
                        .exceptionally(failure -> false)
                        .thenAccept(named -> driver.execute(() -> decide(offer, members, named)));
            }
        }

        /** Whoever has just lost half may name the rest one by one. */
        private void considerAfterLosses(long offer, List<MemberAddress> members, ListChange change) {
            if (heldBack.isEmpty() || !change.isShorter()) {
                take(members);
                return;
            }
            holdBack(
                    members,
                    "which is shorter than " + latest
                            + " after a list that was held back: taken if the source stands by it for "
                            + REGAINS_TRUST_AFTER.toSeconds() + " s");
            driver.after(REGAINS_TRUST_AFTER, () -> takeIfStoodBy(offer, members));
        }

        private void takeIfStoodBy(long offer, List<MemberAddress> members) {
            if (offer != offers || stopped) {
                return;
            }
            if (isSoundNow()) {
                take(members);
            } else {
                driver.after(REGAINS_TRUST_AFTER, () -> takeIfStoodBy(offer, members));
            }
        }

        /** Whether the source says now what it said last. */
        private boolean isSoundNow() {
            return lookup.health().problem().isEmpty();
        }

        private void decide(long offer, List<MemberAddress> members, boolean namesThisNode) {
            if (offer != offers) {
                return; // Another came meanwhile.
            }
            if (namesThisNode) {
                take(members);
            } else {
                holdBack(members);
            }
        }

        private void take(List<MemberAddress> members) {
            offered = null;
            // A check of it that is still on its way says nothing any more.
            offers++;
            heldBack = "";
            latest = members;
            if (inForce == this) {
                listsTaken.incrementAndGet();
                listener.listed(members);
            }
            first.complete(members);
        }

        private void holdBack(List<MemberAddress> members) {
            holdBack(members, "which lacks half or more of the members in force, " + latest);
        }

        private void holdBack(List<MemberAddress> members, String why) {
            String problem = lookup.health().source() + " names " + members + ", " + why
                    + ": held back. If that is meant, say so by 'lookup confirm' with these names";
            heldBack = problem;
            LOG.warn("{}", problem);
            refused(problem);
            if (!latest.isEmpty()) {
                first.completeExceptionally(new HeldBackException(problem));
            }
        }

        @Override
        public void refused(String problem) {
            driver.execute(() -> {
                if (inForce == this) {
                    listener.refused(problem);
                }
            });
        }

        /** A fault of the source is newer than the list that is held back. */
        LookupHealth health() {
            LookupHealth now = lookup.health();
            if (heldBack.isEmpty()) {
                return now;
            }
            String problem = now.problem().isEmpty() ? heldBack : now.problem() + "; before that, " + heldBack;
            return new LookupHealth(now.source(), false, now.failuresInARow(), problem);
        }

        /** The list that is held back, if the source still gives it. */
        List<MemberAddress> heldBackNow() {
            List<MemberAddress> held = offered;
            return held == null || heldBack.isEmpty() || !isSoundNow() ? List.of() : held;
        }

        /** Whether this was the list that is held back. */
        boolean confirm(Collection<String> names) {
            List<MemberAddress> held = heldBackNow();
            TreeSet<String> known =
                    held.stream().map(MemberAddress::name).collect(Collectors.toCollection(TreeSet::new));
            if (held.isEmpty() || !known.equals(new TreeSet<>(names))) {
                return false;
            }
            take(held);
            return true;
        }

        void stop() {
            stopped = true;
            lookup.stop();
        }

        /** Completes with the first list, in good time or not at all. */
        CompletableFuture<List<MemberAddress>> start() {
            driver.execute(this::waitForFirst);
            try {
                lookup.start(this);
            } catch (RuntimeException e) {
                // A fault of the list, or of the program: else a switch would never end.
                first.completeExceptionally(e);
            }
            return first;
        }

        private void waitForFirst() {
            if (!first.isDone()) {
                Time.Timer late = driver.after(firstListWithin, this::late);
                first.whenComplete((list, failure) -> driver.execute(late::cancel));
            }
        }

        private void late() {
            LookupHealth health = health();
            String within = " within " + firstListWithin.toMillis() + " ms" + because(health.problem());
            List<MemberAddress> checked = offered;
            first.completeExceptionally(
                    checked == null || latest.isEmpty()
                            ? new MemberListException(List.of(health.source() + " gave no list" + within))
                            : new HeldBackException(health.source() + " names " + checked
                                    + ", and whether this node is among them could not be told" + within));
        }

        private static String because(String problem) {
            return problem.isEmpty() ? "" : ": " + problem;
        }
    }

    /**
     * Puts the first lookup in force, whether or not it has a list yet.
     *
     * @param known a list of it from an earlier life; empty if there is none
     * @return after the listener has heard of it, its first list; fails with {@link MemberListException} if there is none in good time, and goes on asking all the same
     */
    public CompletionStage<List<MemberAddress>> begin(MemberLookup first, List<MemberAddress> known) {
        Tenure tenure = new Tenure(first, known);
        inForce = tenure;
        return tenure.start();
    }

    /** The lookup in force. */
    public MemberLookup current() {
        return tenure().lookup;
    }

    /** How it does; any thread may ask. */
    public LookupHealth health() {
        return tenure().health();
    }

    /** The list that is held back, if one is and the source still gives it. */
    public CompletionStage<List<MemberAddress>> heldBack() {
        CompletableFuture<List<MemberAddress>> held = new CompletableFuture<>();
        driver.execute(() -> held.complete(tenure().heldBackNow()));
        return held;
    }

    /** Whether a list is held back; any thread may ask. */
    public boolean holdsBack() {
        return !tenure().heldBack.isEmpty();
    }

    /** Lists taken since the beginning, of whichever lookup; any thread may ask. */
    public long listsTaken() {
        return listsTaken.get();
    }

    /** Switches carried out since the beginning; any thread may ask. */
    public long switches() {
        return switches.get();
    }

    /**
     * Takes the list that is held back, if it is this one and the source still gives it: what was read before may have changed since.
     *
     * @param names of all its members
     * @return after the listener has heard of it, whether it was
     */
    public CompletionStage<Boolean> confirm(Collection<String> names) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        driver.execute(() -> done.complete(tenure().confirm(names)));
        return done;
    }

    private Tenure tenure() {
        Tenure tenure = inForce;
        if (tenure == null) {
            throw new IllegalStateException("no lookup has begun");
        }
        return tenure;
    }

    /**
     * Starts a lookup, and stops it as soon as it has given its first list: what a switch to it would begin with.
     *
     * @return fails with {@link MemberListException} if it gives none
     */
    public CompletionStage<List<MemberAddress>> tryOut(MemberLookup candidate) {
        return new Tenure(candidate, List.of()).start().whenComplete((list, failure) -> candidate.stop());
    }

    /**
     * Puts another lookup in force.
     *
     * @param readiness makes ready what the first list calls for, on the driver's thread; if it fails, or takes more than a minute, so does the switch
     * @param taken runs on the driver's thread as the new lookup comes in force, before the listener hears of its list
     * @return the list that is in force now; fails with {@link MemberListException} if the lookup gave none, with {@link IllegalStateException} if
     *     another switch is under way
     */
    public CompletionStage<List<MemberAddress>> to(
            MemberLookup next, Function<List<MemberAddress>, CompletionStage<Void>> readiness, Runnable taken) {
        if (!switching.compareAndSet(false, true)) {
            return CompletableFuture.failedStage(
                    new IllegalStateException("another switch of the lookup is under way"));
        }
        Tenure tenure = new Tenure(next, List.of());
        CompletableFuture<List<MemberAddress>> done = new CompletableFuture<>();
        tenure.start()
                .thenCompose(list -> inGoodTime(readiness.apply(list)))
                .whenComplete((ready, failure) -> driver.execute(() -> {
                    switching.set(false);
                    if (failure != null) {
                        tenure.stop();
                        done.completeExceptionally(failure);
                    } else {
                        tenure().stop();
                        inForce = tenure;
                        switches.incrementAndGet();
                        listsTaken.incrementAndGet();
                        taken.run();
                        listener.listed(tenure.latest);
                        done.complete(tenure.latest);
                    }
                }));
        return done;
    }

    /** Else a port that never opens would keep every later switch out. */
    private CompletionStage<Void> inGoodTime(CompletionStage<Void> readiness) {
        CompletableFuture<Void> ready = readiness.toCompletableFuture().copy();
        driver.execute(() -> {
            Time.Timer late = driver.after(
                    READY_WITHIN,
                    () -> ready.completeExceptionally(new IllegalStateException(
                            "the way to the members was not ready within " + READY_WITHIN.toSeconds() + " s")));
            ready.whenComplete((done, failure) -> driver.execute(late::cancel));
        });
        return ready;
    }

    /** Ends the lookup in force; no list comes after it. */
    public void stop() {
        Tenure tenure = inForce;
        if (tenure != null) {
            tenure.stop();
        }
    }
}
