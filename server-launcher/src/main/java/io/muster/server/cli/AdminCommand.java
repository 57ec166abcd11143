package io.muster.server.cli;

import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that asks a running server and shows its answer: a table for people, or the answer itself for programs. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
abstract class AdminCommand implements Callable<Integer> {

    static final String DEFAULT_SERVER = "http://127.0.0.1:8848";

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--server",
            paramLabel = "URL",
            defaultValue = "${env:MUSTER_URL:-" + DEFAULT_SERVER + "}",
            description = "the server to ask; also MUSTER_URL (default: " + DEFAULT_SERVER + ")")
    private String server;

    @Option(names = "--json", description = "show the answer as JSON, for programs")
    private boolean json;

    /** Asks, and shows. */
    abstract void run(AdminApi api, PrintWriter out);

    final boolean json() {
        return json;
    }

    /**
     * Says that a change is through: a line for people, an object for programs.
     *
     * @param fields what was changed, for programs
     */
    final void done(PrintWriter out, String text, Map<String, String> fields) {
        JsonObject object = new JsonObject().put("done", text);
        fields.forEach(object::put);
        out.println(json ? object.encodePrettily() : text);
    }

    @Override
    public final Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try {
            run(new AdminApi(server), out);
            return ExitCode.OK.code();
        } catch (AdminException e) {
            spec.commandLine().getErr().println("muster: " + e.getMessage());
            return e.exitCode().code();
        } catch (ClassCastException | NullPointerException | IndexOutOfBoundsException e) {
            // Vert.x' JSON says so of a field that is absent or of another kind.
            spec.commandLine()
                    .getErr()
                    .println("muster: " + server + " gives no answer that this command knows: is it a Muster server? ("
                            + e.getMessage() + ")");
            return ExitCode.FAILED.code();
        } finally {
            out.flush();
        }
    }
}
