package io.muster.server;

import io.muster.member.lookup.MemberListException;
import io.muster.server.cli.ExitCode;
import io.muster.server.cli.OsSignal;
import io.muster.server.config.ConfigException;
import io.muster.server.log.ProcessLog;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGHUP has the configuration read again (R63). SIGTERM and SIGINT: the first one stops the server in order, within {@link #STOP_WITHIN}; a second one, or one before the server is
 * ready, ends the process at once. Either way that is what was asked for: exit code 0, unless the server had failed by itself, whose code stands.
 *
 * <p>Nothing is lost by an end at once: what was acknowledged is on disk.
 */
final class Signals {

    /** The whole stop, as the operator interface promises. */
    static final Duration STOP_WITHIN = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

    private final MusterServer server;
    private final AtomicBoolean asked = new AtomicBoolean();

    private Signals(MusterServer server) {
        this.server = server;
    }

    static void handle(MusterServer server) {
        Signals signals = new Signals(server);
        try {
            for (String name : List.of("TERM", "INT")) {
                OsSignal.handle(name, () -> signals.onSignal(name));
            }
            OsSignal.handle("HUP", signals::reload);
        } catch (ReflectiveOperationException e) {
            LOG.warn("this JVM tells of no signals: the process will end without stopping in order", e);
        }
    }

    /** Runs on a thread of its own for each signal, as all reactions do. */
    private void reload() {
        LOG.info("reading the configuration again, as SIGHUP asks");
        try {
            server.reload().whenComplete((outcome, failure) -> {
                if (failure == null) {
                    LOG.info("{}", outcome);
                } else {
                    refuse(failure);
                }
            });
        } catch (ConfigException | ServerFailure | MemberListException e) {
            refuse(e);
        }
    }

    private static void refuse(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        LOG.warn("the configuration is not taken, and all is as it was: {}", cause.getMessage());
    }

    /** Stops the server in order, or at once. */
    private void onSignal(String name) {
        if (!asked.compareAndSet(false, true) || !server.isReady()) {
            Runtime.getRuntime().halt(outcome().code());
        }
        LOG.info("stopping, as SIG{} asks", name);
        CountDownLatch stopped = new CountDownLatch(1);
        Thread watch = new Thread(() -> endInTime(stopped), "muster-stop-watch");
        watch.setDaemon(true);
        watch.start();
        server.stop();
        stopped.countDown();
        LOG.info("stopped");
        ProcessLog.stop();
        System.exit(outcome().code());
    }

    /** With the reason on standard error if the server failed: the thread that would tell it may not come to that. */
    private ExitCode outcome() {
        Optional<ServerFailure> failure = server.failed();
        failure.ifPresent(reason -> System.err.println("muster: " + reason.getMessage()));
        return failure.map(ServerFailure::exitCode).orElse(ExitCode.OK);
    }

    private void endInTime(CountDownLatch stopped) {
        boolean inTime;
        try {
            inTime = stopped.await(STOP_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        if (!inTime) {
            System.err.println("muster: not everything stopped within " + STOP_WITHIN.toSeconds()
                    + " s; the process ends all the same");
            Runtime.getRuntime().halt(outcome().code());
        }
    }
}
