package io.muster.distro.driver;

import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Readiness;
import io.muster.distro.core.Counts;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Whether this node serves, as any thread may read it and as those are told who want to know. It changes with the turns of the driver, and on its thread; but
 * that the thread hangs is set from another one.
 */
final class Serving {

    private static final Readiness READABLE =
            new Readiness(true, "loads what it may have missed; what it holds is shown meanwhile");
    private static final Readiness HANGS = Readiness.waitingFor("its thread stands still");

    private final CompletableFuture<Boolean> began = new CompletableFuture<>();
    private final CompletableFuture<Void> warmedUp = new CompletableFuture<>();
    private final List<Consumer<Boolean>> loadListeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> closeListeners = new ArrayList<>();

    private volatile Readiness readiness = Readiness.waitingFor("not started");
    private volatile Readiness readable = readiness;

    /** What was told to those who want to know whether this node counts as loaded. */
    private volatile boolean loaded;

    /** Set from another thread, see {@link Watchdog}. */
    private volatile boolean hangs;

    /** Stopped or halted; for good. */
    private boolean closed;

    /** Whether writes and renewals are taken; any thread. */
    Readiness readiness() {
        return hangs ? HANGS : readiness;
    }

    /** Whether what this node holds may be shown to readers; any thread. */
    Readiness readable() {
        return hangs ? HANGS : readable;
    }

    /** The same for the driver's own thread, which does not hang where it asks. */
    boolean ready() {
        return readiness.ready();
    }

    /** Whether this node counts as loaded, and takes turns; any thread. */
    boolean loaded() {
        return loaded && !hangs;
    }

    boolean hangs() {
        return hangs;
    }

    void hangs(boolean now) {
        hangs = now;
    }

    boolean closed() {
        return closed;
    }

    /** Completes when this node serves for the first time, with whether this is a cold start; fails if it stops before. */
    CompletionStage<Boolean> began() {
        return began.minimalCompletionStage();
    }

    /** Completes when this node is loaded and its lists are not short for lack of memory (any more). */
    CompletionStage<Void> warmedUp() {
        return warmedUp.minimalCompletionStage();
    }

    void onLoaded(Consumer<Boolean> listener) {
        loadListeners.add(listener);
        if (loaded) {
            listener.accept(true);
        }
    }

    void onClosed(Runnable listener) {
        if (closed) {
            listener.run();
        } else {
            closeListeners.add(listener);
        }
    }

    void waitsFor(String reason) {
        readiness = Readiness.waitingFor(reason);
        readable = readiness;
    }

    /**
     * What readers see from this turn on; {@link #tell} follows.
     *
     * @param loads whether the core was started
     */
    void become(Counts now, boolean loads) {
        readiness = readinessOf(now, loads);
        readable = now.readable() && !now.loaded() ? READABLE : readiness;
    }

    private Readiness readinessOf(Counts now, boolean loads) {
        if (now.loaded()) {
            return Readiness.READY;
        }
        if (now.shunned()) {
            return Readiness.waitingFor("no loaded member lists this node");
        }
        return loads ? Readiness.waitingFor("loading, " + Math.round(100 * now.loadProgress()) + " % done") : readiness;
    }

    void tell(Counts now) {
        if (now.loaded() != loaded) {
            began.complete(now.warmingUp());
            becomeLoaded(now.loaded());
        }
        if (now.loaded() && !now.warmingUp()) {
            warmedUp.complete(null);
        }
    }

    private void becomeLoaded(boolean now) {
        loaded = now;
        loadListeners.forEach(listener -> listener.accept(now));
    }

    /** For good; {@link #tellClosed} follows. */
    void close(String reason) {
        closed = true;
        waitsFor(reason);
        if (loaded) {
            becomeLoaded(false);
        }
    }

    void tellClosed() {
        began.completeExceptionally(notReady(readiness));
        closeListeners.forEach(Runnable::run);
    }

    /** Why nothing is taken now, as the driver's thread knows it. */
    ConsistencyException refusal() {
        return notReady(readiness);
    }

    static ConsistencyException notReady(Readiness reason) {
        return new ConsistencyException.NotReady("ephemeral data: " + reason.reason());
    }
}
