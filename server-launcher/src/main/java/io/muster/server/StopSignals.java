package io.muster.server;

import io.muster.server.cli.ExitCode;
import io.muster.server.log.ProcessLog;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGTERM and SIGINT: the first one stops the server in order, within {@link #STOP_WITHIN}; a second one, or one before the server is
 * ready, ends the process at once. Either way that is what was asked for: exit code 0, unless the server had failed by itself, whose code stands.
 *
 * <p>By {@code sun.misc.Signal}, since a shutdown hook can neither choose the exit code nor hear of a second signal; and by reflection, since javac's
 * warning of that class can't be silenced in one place. Nothing is lost by an end at once: what was acknowledged is on disk.
 */
final class StopSignals {

    /** The whole stop, as the operator interface promises. */
    static final Duration STOP_WITHIN = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(StopSignals.class);

    private final MusterServer server;
    private final AtomicBoolean asked = new AtomicBoolean();

    private StopSignals(MusterServer server) {
        this.server = server;
    }

    static void handle(MusterServer server) {
        StopSignals signals = new StopSignals(server);
        try {
            for (String name : List.of("TERM", "INT")) {
                signals.handle(name);
            }
        } catch (ReflectiveOperationException e) {
            LOG.warn("this JVM tells of no signals: the process will end without stopping in order", e);
        }
    }

    private void handle(String name) throws ReflectiveOperationException {
        Class<?> signalClass = Class.forName("sun.misc.Signal");
        Class<?> handlerClass = Class.forName("sun.misc.SignalHandler");
        Object handler = Proxy.newProxyInstance(
                handlerClass.getClassLoader(), new Class<?>[] {handlerClass}, (proxy, method, arguments) -> {
                    if (method.getDeclaringClass() == handlerClass) {
                        onSignal(name);
                    }
                    return null;
                });
        signalClass
                .getMethod("handle", signalClass, handlerClass)
                .invoke(null, signalClass.getConstructor(String.class).newInstance(name), handler);
    }

    /** Runs on a thread of its own for each signal. */
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
