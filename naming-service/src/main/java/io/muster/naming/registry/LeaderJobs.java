package io.muster.naming.registry;

import io.muster.consistency.Subscription;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the leader's jobs from the moment when leadership is effective until it ends (R30). Any thread. */
final class LeaderJobs {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderJobs.class);

    private final Timer timer;
    private final List<Supplier<LeaderJob>> jobs;

    /** Counts begins and ends of leadership: odd while this node leads. */
    private final AtomicLong turns = new AtomicLong();

    LeaderJobs(Timer timer, List<Supplier<LeaderJob>> jobs) {
        this.timer = timer;
        this.jobs = List.copyOf(jobs);
    }

    /** Closing the subscription ends the jobs, too. */
    Subscription start(Leadership leadership) {
        Subscription subscription = leadership.listen(this::leads);
        return () -> {
            subscription.close();
            leads(false);
        };
    }

    private void leads(boolean now) {
        long before = turns.getAndUpdate(last -> isLeading(last) == now ? last : last + 1);
        if (now && !isLeading(before)) {
            long turn = before + 1;
            BooleanSupplier leads = () -> turns.get() == turn;
            for (Supplier<LeaderJob> job : jobs) {
                LeaderJob begun = job.get();
                timer.after(begun.firstAfter().toMillis(), () -> round(begun, leads));
            }
        }
    }

    private static boolean isLeading(long turn) {
        return (turn & 1) == 1;
    }

    private void round(LeaderJob job, BooleanSupplier leads) {
        if (!leads.getAsBoolean()) {
            return;
        }
        begin(job, leads).whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.debug("a round of {} ended early", job, failure);
            }
            timer.after(job.every().toMillis(), () -> round(job, leads));
        });
    }

    private static CompletionStage<Void> begin(LeaderJob job, BooleanSupplier leads) {
        try {
            return job.round(leads);
        } catch (RuntimeException e) {
            LOG.error("{} broke off", job, e);
            return CompletableFuture.failedFuture(e);
        }
    }
}
