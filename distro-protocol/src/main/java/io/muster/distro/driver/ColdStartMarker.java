package io.muster.distro.driver;

import io.muster.distro.core.Effects.MarkerChange;
import io.muster.member.port.Disk;
import io.muster.member.port.DiskException;
import io.muster.member.port.Time;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file in the data directory which says that this node held ephemeral instances; it says nothing of them (R40). Writes and deletions
 * follow one another, one at a time, and only the latest wish counts; nobody waits for them. On the driver's thread.
 */
final class ColdStartMarker {

    static final String FILE = "held-ephemeral-instances";

    private static final Logger LOG = LoggerFactory.getLogger(ColdStartMarker.class);
    private static final String DIRECTORY = "";
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final byte[] TEXT =
            "This node held ephemeral instances. After a restart it waits a while before it shows lists without them.\n"
                    .getBytes(StandardCharsets.US_ASCII);

    private final Disk disk;
    private final Time time;
    private final DriverMetrics metrics;

    private MarkerChange wanted = MarkerChange.CLEAR;
    private MarkerChange reached = MarkerChange.CLEAR;
    private boolean busy;
    private boolean closed;
    private @Nullable Runnable onIdle;

    ColdStartMarker(Disk disk, Time time, DriverMetrics metrics) {
        this.disk = disk;
        this.time = time;
        this.metrics = metrics;
    }

    /** Tells whether the marker is there. Where that can't be known it is taken for there: lists that wait are better than lists that lie. */
    void read(Consumer<Boolean> found) {
        disk.size(
                FILE,
                Disk.Completion.of(
                        size -> {
                            settle(size >= 0);
                            found.accept(size >= 0);
                        },
                        error -> {
                            metrics.markerFailed();
                            LOG.warn(
                                    "cannot tell whether this node held ephemeral instances, so lists wait: {}",
                                    error.getMessage());
                            settle(true);
                            found.accept(true);
                        }));
    }

    void become(MarkerChange change) {
        wanted = change;
        work();
    }

    /** Carries out the latest wish, if it can, and no more after it. */
    void close(Runnable whenIdle) {
        closed = true;
        if (busy) {
            onIdle = whenIdle;
        } else {
            whenIdle.run();
        }
    }

    private void settle(boolean there) {
        reached = there ? MarkerChange.WRITE : MarkerChange.CLEAR;
        wanted = reached;
    }

    private void work() {
        if (busy || wanted == reached) {
            return;
        }
        busy = true;
        MarkerChange change = wanted;
        switch (change) {
            case WRITE -> disk.write(FILE, 0, TEXT, then(() -> disk.sync(FILE, then(() -> syncName(change)))));
            case CLEAR -> disk.delete(FILE, then(() -> syncName(change)));
        }
    }

    private void syncName(MarkerChange change) {
        disk.syncDirectory(DIRECTORY, then(() -> {
            reached = change;
            busy = false;
            work();
            idle();
        }));
    }

    private Disk.Completion<Void> then(Runnable next) {
        return Disk.Completion.of(ignored -> next.run(), this::failed);
    }

    private void failed(DiskException error) {
        metrics.markerFailed();
        LOG.warn("cold-start marker: {}", error.getMessage());
        if (closed) {
            busy = false;
            idle();
        } else {
            time.after(RETRY, () -> {
                busy = false;
                work();
                idle();
            });
        }
    }

    private void idle() {
        Runnable waiting = onIdle;
        if (!busy && waiting != null) {
            onIdle = null;
            waiting.run();
        }
    }
}
