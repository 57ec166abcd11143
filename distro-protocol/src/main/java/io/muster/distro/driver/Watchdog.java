package io.muster.distro.driver;

import io.muster.member.port.Time;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees from another thread whether the driver's own still takes turns, and tells whether the engine counts as loaded. A thread that is held up for good, by
 * a listener that never returns or a computation without end, could not say so itself, while the process goes on answering probes and beats: the others would
 * leave its groups to it for ever (issue 5, "hung"). So it is taken for not loaded, which takes it out of the ring, and refuses its clients, which then go
 * elsewhere, until it takes turns again.
 *
 * <p>It counts its own looks and no time, so that a pause of the whole process, or a machine without CPU to spare, is not taken for the engine's fault. All on the
 * observer's thread.
 */
public final class Watchdog {

    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

    /** Far longer than two ticks. */
    private static final Duration LOOK = Duration.ofMillis(500);

    /** So many looks in a row that see no turn mean that the thread stands still. */
    private static final int LOOKS_MAX = 6;

    private final DistroDriver<?> driver;
    private final Time observer;
    private final Consumer<Boolean> loaded;

    private long seenTick = Turns.NO_TICK_YET;
    private int looksWithoutTurn;
    private boolean told;
    private boolean ended;
    private Time.Timer nextLook = () -> {};

    /** @param loaded hears whenever the engine begins or ceases to count as loaded; must be quick */
    public Watchdog(DistroDriver<?> driver, Time observer, Consumer<Boolean> loaded) {
        this.driver = driver;
        this.observer = observer;
        this.loaded = loaded;
    }

    /** Watches from now on until the driver is stopped; once, on any thread. */
    public void start() {
        driver.onLoaded(now -> observer.execute(this::tell));
        driver.onClosed(() -> observer.execute(this::end));
        observer.execute(this::look);
    }

    private void look() {
        if (ended) {
            return;
        }
        long tick = driver.latestTick();
        looksWithoutTurn = tick == seenTick && tick != Turns.NO_TICK_YET ? looksWithoutTurn + 1 : 0;
        seenTick = tick;
        boolean hangs = looksWithoutTurn >= LOOKS_MAX;
        if (hangs && looksWithoutTurn == LOOKS_MAX) {
            LOG.error(
                    "the engine for ephemeral data has taken no turn for {} ms: it counts as not loaded until it does",
                    LOOKS_MAX * LOOK.toMillis());
        } else if (!hangs && driver.hangs()) {
            LOG.warn("the engine for ephemeral data takes turns again");
        }
        driver.hangs(hangs);
        tell();
        nextLook = observer.after(LOOK, this::look);
    }

    private void end() {
        ended = true;
        nextLook.cancel();
        driver.hangs(false);
        tell();
    }

    private void tell() {
        boolean now = driver.loaded();
        if (now != told) {
            told = now;
            loaded.accept(now);
        }
    }
}
