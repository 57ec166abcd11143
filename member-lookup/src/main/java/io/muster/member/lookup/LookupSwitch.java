package io.muster.member.lookup;

import io.muster.member.MemberAddress;
import io.muster.member.port.Time;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The lookup in force, and the way to another (R63): the next one has given a good list, and whatever depends on that has been made ready, before the
 * old one stops. A switch that fails leaves all as it was.
 *
 * <p>Life: {@link #begin} once, any number of switches, one at a time, {@link #stop}. The methods are for any thread that may block for the length of
 * a file's reading; the listener is called on the driver's.
 */
public final class LookupSwitch {

    /** A lookup that has no list after that has failed: twice what a slow address server takes to answer. */
    public static final Duration FIRST_LIST_WITHIN = Duration.ofSeconds(10);

    private final Time driver;
    private final ListListener listener;
    private final Duration firstListWithin;
    private final AtomicBoolean switching = new AtomicBoolean();

    /** Null before {@link #begin}; changes on the driver's thread. */
    private volatile @Nullable Tenure inForce;

    /** @param listener hears of the lists of whichever lookup is in force */
    public LookupSwitch(Time driver, ListListener listener) {
        this(driver, listener, FIRST_LIST_WITHIN);
    }

    LookupSwitch(Time driver, ListListener listener, Duration firstListWithin) {
        this.driver = driver;
        this.listener = listener;
        this.firstListWithin = firstListWithin;
    }

    /** A lookup, and what it has said. */
    private final class Tenure implements ListListener {

        private final MemberLookup lookup;
        private final CompletableFuture<List<MemberAddress>> first = new CompletableFuture<>();

        /** The driver's thread only; empty before the first list. */
        private List<MemberAddress> latest = List.of();

        Tenure(MemberLookup lookup) {
            this.lookup = lookup;
        }

        @Override
        public void listed(List<MemberAddress> members) {
            driver.execute(() -> {
                latest = members;
                if (inForce == this) {
                    listener.listed(members);
                }
                first.complete(members);
            });
        }

        @Override
        public void refused(String problem) {
            driver.execute(() -> {
                if (inForce == this) {
                    listener.refused(problem);
                }
            });
        }

        /** Completes with the first list, in good time or not at all. */
        CompletableFuture<List<MemberAddress>> start() {
            driver.execute(this::waitForFirst);
            try {
                lookup.start(this);
            } catch (MemberListException e) {
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
            LookupHealth health = lookup.health();
            first.completeExceptionally(new MemberListException(List.of(health.source() + " gave no list within "
                    + firstListWithin.toMillis() + " ms" + because(health.problem()))));
        }

        private static String because(String problem) {
            return problem.isEmpty() ? "" : ": " + problem;
        }
    }

    /**
     * Puts the first lookup in force, whether or not it has a list yet.
     *
     * @return after the listener has heard of it, its first list; fails with {@link MemberListException} if there is none in good time, and goes on asking all the same
     */
    public CompletionStage<List<MemberAddress>> begin(MemberLookup first) {
        Tenure tenure = new Tenure(first);
        inForce = tenure;
        return tenure.start();
    }

    /** The lookup in force. */
    public MemberLookup current() {
        Tenure tenure = inForce;
        if (tenure == null) {
            throw new IllegalStateException("no lookup has begun");
        }
        return tenure.lookup;
    }

    /**
     * Starts a lookup, and stops it as soon as it has given its first list: what a switch to it would begin with.
     *
     * @return fails with {@link MemberListException} if it gives none
     */
    public CompletionStage<List<MemberAddress>> tryOut(MemberLookup candidate) {
        return new Tenure(candidate).start().whenComplete((list, failure) -> candidate.stop());
    }

    /**
     * Puts another lookup in force.
     *
     * @param readiness makes ready what the first list calls for, on the driver's thread; if it fails, so does the switch
     * @return the list that is in force now; fails with {@link MemberListException} if the lookup gave none, with {@link IllegalStateException} if
     *     another switch is under way
     */
    public CompletionStage<List<MemberAddress>> to(
            MemberLookup next, Function<List<MemberAddress>, CompletionStage<Void>> readiness) {
        if (!switching.compareAndSet(false, true)) {
            return CompletableFuture.failedStage(
                    new IllegalStateException("another switch of the lookup is under way"));
        }
        Tenure tenure = new Tenure(next);
        CompletableFuture<List<MemberAddress>> done = new CompletableFuture<>();
        tenure.start()
                .thenCompose(readiness)
                .whenComplete((ready, failure) -> driver.execute(() -> {
                    switching.set(false);
                    if (failure != null) {
                        next.stop();
                        done.completeExceptionally(failure);
                    } else {
                        current().stop();
                        inForce = tenure;
                        listener.listed(tenure.latest);
                        done.complete(tenure.latest);
                    }
                }));
        return done;
    }

    /** Ends the lookup in force; no list comes after it. */
    public void stop() {
        Tenure tenure = inForce;
        if (tenure != null) {
            tenure.lookup.stop();
        }
    }
}
