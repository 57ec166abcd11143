package io.muster.distro.driver;

import io.muster.distro.core.Counts;
import io.muster.member.port.Time;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Whether the others have taken in all that this node changed, so that it may go without loss. Who waits for them waits for {@link #MAX} at most. On the
 * driver's thread.
 */
final class HandOver {

    /** Who leaves waits so long for others to take in what it has changed. */
    private static final Duration MAX = Duration.ofSeconds(2);

    private final Time time;
    private @Nullable CompletableFuture<Void> running;
    private boolean last;

    HandOver(Time time) {
        this.time = time;
    }

    /** The process ends after the next one, so renewals count as well; until then clients go on beating at a node that leaves. */
    void becomeLast() {
        last = true;
    }

    /** @return that which runs, if one does */
    CompletionStage<Void> begin() {
        CompletableFuture<Void> done = running;
        if (done == null || done.isDone()) {
            CompletableFuture<Void> mine = new CompletableFuture<>();
            running = mine;
            Time.Timer patience = time.after(MAX, () -> mine.complete(null));
            mine.whenComplete((over, never) -> patience.cancel());
            return mine;
        }
        return done;
    }

    /**
     * After every turn.
     *
     * @param callsOpen whether callers wait for what the core was asked
     */
    void settle(Counts now, boolean callsOpen) {
        boolean passedOn = !last || now.renewalsWaiting() == 0;
        if (running != null && now.synced() && passedOn && !callsOpen) {
            running.complete(null);
        }
    }
}
