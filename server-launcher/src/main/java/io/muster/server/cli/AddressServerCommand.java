package io.muster.server.cli;

import io.muster.member.lookup.MemberListException;
import io.muster.server.address.AddressServer;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code muster address-server}: serves the member list of a file until the process is told to end. */
@Command(name = "address-server", description = "Serves the member list of a file by HTTP, for development and tests.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class AddressServerCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--cluster-conf",
            paramLabel = "FILE",
            required = true,
            description = "the list, in the form of cluster.conf; followed while it changes")
    private Path file;

    @Option(names = "--host", paramLabel = "HOST", defaultValue = "127.0.0.1", description = "default: 127.0.0.1")
    private String host;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description = "default: 8080; 0 for any free one")
    private int port;

    @Override
    public Integer call() throws InterruptedException, ReflectiveOperationException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        AddressServer server = new AddressServer(vertx, file);
        // Before anybody is told that it is ready, and may ask it to end.
        CountDownLatch asked = new CountDownLatch(1);
        for (String name : List.of("TERM", "INT")) {
            OsSignal.handle(name, asked::countDown);
        }
        try {
            int opened = server.start(host, port)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
            out.println("muster address-server ready on http://" + host + ":" + opened + AddressServer.PATH);
            out.flush();
            asked.await();
            return ExitCode.OK.code();
        } catch (MemberListException e) {
            e.problems().forEach(problem -> err.println("muster: " + problem));
            return ExitCode.CONFIGURATION.code();
        } catch (CompletionException e) {
            err.println("muster: can't listen on " + host + ":" + port + ": " + e.getMessage());
            return ExitCode.UNAVAILABLE.code();
        } finally {
            server.stop();
            vertx.close();
        }
    }
}
