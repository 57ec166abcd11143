package io.muster.bench.http;

import io.muster.bench.process.RunningProcess;
import io.muster.naming.api.Listening;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The least that a Vert.x server can do with a request: find its route and send bytes that stand ready. Runs in a process of its own, with
 * the server's JVM flags, event loops, listener options and order of routes.
 */
public final class BareServer {

    private BareServer() {}

    /** Starts one that gives the answers in the file. */
    static RunningProcess start(List<String> jvmFlags, Path answers) {
        int port = RunningProcess.freePort();
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmFlags);
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                BareServer.class.getName(),
                Integer.toString(port),
                answers.toString()));
        return RunningProcess.command(command, port);
    }

    /**
     * @param args port, file with the answers
     */
    public static void main(String[] args) throws IOException {
        int port = Integer.parseInt(args[0]);
        Map<String, Prepared> answers = new HashMap<>();
        new JsonArray(Files.readString(Path.of(args[1]))).forEach(json -> {
            Answer answer = Answer.fromJson((JsonObject) json);
            answers.put(answer.path(), Prepared.of(answer));
        });
        int loops = Runtime.getRuntime().availableProcessors();
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops).setPreferNativeTransport(true));
        for (int i = 0; i < loops; i++) {
            vertx.deployVerticle(context -> listen(vertx, port, answers)).await();
        }
        System.out.println("ready on " + port);
    }

    /** One server for each loop, as the real one does; its API, too, is one handler on the router, which finds the route by path. */
    private static Future<?> listen(Vertx vertx, int port, Map<String, Prepared> answers) {
        Router router = Router.router(vertx);
        router.route().handler(context -> {
            Prepared answer = answers.get(context.request().path());
            if (answer == null || !answer.method.equals(context.request().method())) {
                context.next();
            } else {
                answer.give(context.response());
            }
        });
        return vertx.createHttpServer(Listening.options("127.0.0.1", port))
                .requestHandler(router)
                .listen();
    }

    /** An answer in the form in which Vert.x takes it most cheaply. */
    private record Prepared(HttpMethod method, List<CharSequence> headers, Buffer body) {

        static Prepared of(Answer answer) {
            List<CharSequence> headers = new ArrayList<>();
            answer.headers().forEach((name, value) -> {
                headers.add(HttpHeaders.createOptimized(name));
                headers.add(HttpHeaders.createOptimized(value));
            });
            return new Prepared(HttpMethod.valueOf(answer.method()), headers, answer.body());
        }

        void give(HttpServerResponse response) {
            for (int i = 0; i < headers.size(); i += 2) {
                response.putHeader(headers.get(i), headers.get(i + 1));
            }
            response.end(body);
        }
    }
}
