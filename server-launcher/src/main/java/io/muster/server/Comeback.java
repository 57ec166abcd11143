package io.muster.server;

import io.muster.server.cli.ExitCode;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers of one process: one as a rule. When the data of a cluster's member was found damaged and set aside, a second one takes its place, as a new
 * node, without a human (design §4, "Storage"); once in a process, since a disk that damages data twice is not to be trusted. So it is when a member has
 * thrown its data away to go to another cluster; as often as that is wanted.
 */
final class Comeback {

    private static final Logger LOG = LoggerFactory.getLogger(Comeback.class);

    private final Supplier<MusterServer> launch;
    private final Consumer<ServerFailure> onEnd;
    private final AtomicBoolean cameBack = new AtomicBoolean();

    /**
     * @param launch starts a server, or throws {@link ServerFailure} with nothing left running
     * @param onEnd is told, once and on any thread, that no server serves any more, and why
     */
    Comeback(Supplier<MusterServer> launch, Consumer<ServerFailure> onEnd) {
        this.launch = launch;
        this.onEnd = onEnd;
    }

    /** Returns when a server is ready, or when there will be none. Blocks. */
    void start() {
        try {
            MusterServer server = launch.get();
            server.failure().thenAcceptAsync(failure -> endAfter(server, failure), Comeback::onThreadOfItsOwn);
        } catch (ServerFailure e) {
            comeBackOrEnd(e);
        }
    }

    private void endAfter(MusterServer server, ServerFailure failure) {
        server.stop();
        comeBackOrEnd(failure);
    }

    private void comeBackOrEnd(ServerFailure failure) {
        boolean damaged = failure.exitCode() == ExitCode.DATA_SET_ASIDE && cameBack.compareAndSet(false, true);
        if (damaged || failure.exitCode() == ExitCode.DATA_GIVEN_UP) {
            LOG.error("{}. That is done now, without ending the process.", failure.getMessage());
            start();
        } else {
            onEnd.accept(failure);
        }
    }

    /** A failure is told on the event loop of the engine that stopped; stopping the rest blocks, and needs that loop. */
    private static void onThreadOfItsOwn(Runnable task) {
        new Thread(task, "muster-failure").start();
    }
}
