package io.muster.server;

import io.muster.member.lookup.LookupMode;
import io.muster.server.cli.ExitCode;
import io.muster.server.config.ConfigException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers of one process: one as a rule. When the data of a cluster's member was found damaged and set aside, a second one takes its place, as a new
 * node, without a human (design §4, "Storage"); once in a process, since a disk that damages data twice is not to be trusted. So it is when a member has
 * thrown its data away to go to another cluster; as often as that is wanted. The process goes on, so a lookup that an operator has switched to without writing it
 * down goes on, too: it lasts until the restart, and to an operator this is none.
 */
final class Comeback {

    private static final Logger LOG = LoggerFactory.getLogger(Comeback.class);

    private final Launch launch;
    private final Consumer<ServerFailure> onEnd;
    private final AtomicBoolean cameBack = new AtomicBoolean();

    /** What an operator has switched the lookup to, of any server so far. */
    private volatile Optional<LookupMode> switched = Optional.empty();

    /** Starts a server. */
    @FunctionalInterface
    interface Launch {

        /**
         * @param switched the lookup mode to go by, if not the configured one
         * @throws ServerFailure if there is none, with nothing left running
         * @throws ConfigException if there are faults in the configuration
         */
        MusterServer launch(Optional<LookupMode> switched);
    }

    /**
     * @param launch starts a server
     * @param onEnd is told, once and on any thread, that no server serves any more, and why
     */
    Comeback(Launch launch, Consumer<ServerFailure> onEnd) {
        this.launch = launch;
        this.onEnd = onEnd;
    }

    /**
     * Returns when a server is ready, or when there will be none. Blocks.
     *
     * @throws ConfigException if there are faults in the configuration that the first server is to start with
     */
    void start() {
        try {
            MusterServer server = launch.launch(switched);
            server.failure().thenAcceptAsync(failure -> endAfter(server, failure), Comeback::onThreadOfItsOwn);
        } catch (ServerFailure e) {
            comeBackOrEnd(e);
        }
    }

    private void endAfter(MusterServer server, ServerFailure failure) {
        switched = server.switchedLookup().or(() -> switched);
        server.stop();
        comeBackOrEnd(failure);
    }

    private void comeBackOrEnd(ServerFailure failure) {
        boolean damaged = failure.exitCode() == ExitCode.DATA_SET_ASIDE && cameBack.compareAndSet(false, true);
        if (damaged || failure.exitCode() == ExitCode.DATA_GIVEN_UP) {
            LOG.error("{}. That is done now, without ending the process.", failure.getMessage());
            startAgain();
        } else {
            onEnd.accept(failure);
        }
    }

    /** The configuration may have been edited since. */
    private void startAgain() {
        try {
            start();
        } catch (ConfigException e) {
            onEnd.accept(new ServerFailure(ExitCode.CONFIGURATION, String.valueOf(e.getMessage()), e));
        }
    }

    /** A failure is told on the event loop of the engine that stopped; stopping the rest blocks, and needs that loop. */
    private static void onThreadOfItsOwn(Runnable task) {
        new Thread(task, "muster-failure").start();
    }
}
