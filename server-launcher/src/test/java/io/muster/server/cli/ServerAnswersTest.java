package io.muster.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.server.config.ProductVersion;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What commands make of answers that a healthy server gives rarely: cut pages, cut streams, members that fail now and then; and of strangers. */
class ServerAnswersTest {

    private final Vertx vertx = Vertx.vertx();
    private Consumer<HttpServerRequest> script = request -> {};
    private String url = "";

    @BeforeEach
    void listen() {
        HttpServer server = vertx.createHttpServer()
                .requestHandler(request -> script.accept(request))
                .listen(0, "127.0.0.1")
                .await();
        url = "http://127.0.0.1:" + server.actualPort();
    }

    @AfterEach
    void close() {
        vertx.close().await();
    }

    /** What a command printed and how it ended. */
    private record Result(int exitCode, String out, String err) {}

    private Result run(String line) {
        List<String> arguments = new ArrayList<>(List.of(line.split(" ")));
        arguments.addAll(List.of("--server", url));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = MusterCommand.run(
                arguments, new ProductVersion("1.2.3"), new PrintWriter(out), new PrintWriter(err, true));
        return new Result(exitCode, out.toString(), err.toString());
    }

    private static void answer(HttpServerRequest request, Object json) {
        request.response().end(String.valueOf(json));
    }

    private static JsonArray services(int from, int to) {
        return new JsonArray(IntStream.range(from, to)
                .mapToObj(i -> new JsonObject().put("name", "s" + i).put("groupName", "g"))
                .toList());
    }

    /** A service that goes between its name and its counts is left out of its page: that page is not the last. */
    @Test
    void aShortPageInTheMiddle_isNotTheLast() {
        script = request -> answer(
                request,
                new JsonObject()
                        .put("count", 2 * Pages.SIZE)
                        .put(
                                "serviceList",
                                request.getParam("pageNo").equals("1")
                                        ? services(0, Pages.SIZE - 1)
                                        : services(Pages.SIZE, 2 * Pages.SIZE)));
        assertThat(new JsonArray(run("services --json").out())).hasSize(2 * Pages.SIZE - 1);
    }

    /** Each page asks all members: who failed one of them may have had more to tell. */
    @Test
    void aMemberThatFailedOnePage_isMissed() {
        script = request -> {
            boolean first = request.getParam("pageNo").equals("1");
            JsonObject page = new JsonObject()
                    .put("count", Pages.SIZE + 1)
                    .put(
                            "subscribers",
                            new JsonArray(IntStream.range(0, first ? Pages.SIZE : 1)
                                    .mapToObj(i -> new JsonObject().put("serviceName", "DEFAULT_GROUP@@s"))
                                    .toList()));
            answer(request, first ? page.put("unanswered", new JsonArray().add("10.0.0.2:8848")) : page);
        };
        assertThat(run("subscribers s").out()).contains("not complete: no full answer from 10.0.0.2:8848");
        JsonObject shown = new JsonObject(run("subscribers s --json").out());
        assertThat(shown.getJsonArray("unanswered")).containsExactly("10.0.0.2:8848");
        assertThat(shown.getJsonArray("subscribers")).hasSize(Pages.SIZE + 1);
    }

    /** The event that a broken connection cut in two is asked for again. */
    @Test
    void anEventOfWhichOnlyTheIdCame_isNotPassedOver() {
        List<String> known = new CopyOnWriteArrayList<>();
        script = request -> {
            known.add(String.valueOf(request.getHeader("Last-Event-ID")));
            if (known.size() == 1) {
                request.response()
                        .setChunked(true)
                        .write("""
                                id: r-1
                                event: KIND
                                data: {"id":1,"time":0,"kind":"KIND","text":"one"}

                                id: r-2
                                event: KIND
                                """)
                        .onComplete(written -> request.connection().close());
            } else {
                request.response().setStatusCode(400).end("enough");
            }
        };
        Result result = run("events --follow");
        assertThat(known).containsExactly("null", "r-1");
        assertThat(result.out().lines()).hasSize(1);
        assertThat(result.err()).contains("enough");
    }

    /** Answers for both members of a cluster: the asked one under 127.0.0.1, the other one under localhost. */
    private void twoMembers(Function<String, JsonObject> raft, Function<String, JsonObject> lookup) {
        String port = url.substring(url.lastIndexOf(':'));
        script = request -> {
            String host = String.valueOf(request.getHeader("Host"));
            JsonObject data = switch (request.path()) {
                case "/v1/core/cluster/nodes" ->
                    new JsonObject()
                            .put(
                                    "data",
                                    new JsonArray()
                                            .add(new JsonObject()
                                                    .put("address", "127.0.0.1" + port)
                                                    .put("state", "UP"))
                                            .add(new JsonObject()
                                                    .put("address", "localhost" + port)
                                                    .put("state", "UP")));
                case "/v1/core/cluster/self" ->
                    new JsonObject()
                            .put(
                                    "data",
                                    new JsonObject()
                                            .put("address", "127.0.0.1" + port)
                                            .put("extendInfo", new JsonObject()));
                case "/v1/ns/raft/state" -> raft.apply(host);
                case "/v1/ns/distro/status" ->
                    new JsonObject().put("digest", "0").put("records", 1);
                case "/v1/core/cluster/lookup" -> new JsonObject().put("data", lookup.apply(host));
                default -> new JsonObject();
            };
            answer(request, data);
        };
    }

    private static JsonObject raft(long applied, String digest) {
        return new JsonObject()
                .put("appliedIndex", applied)
                .put("commitIndex", applied)
                .put("digest", digest);
    }

    private static JsonObject wellLookup() {
        return new JsonObject()
                .put("configured", "file: x")
                .put("running", "file")
                .put("healthy", true)
                .put("problem", "");
    }

    /** Equal is what has been compared. */
    @Test
    void status_saysWhetherDigestsDiffer_orWereNotCompared() {
        twoMembers(host -> raft(7, host.startsWith("localhost") ? "aa" : "bb"), host -> wellLookup());
        assertThat(run("status").out()).containsPattern("7 +0 +differs +1 +equal +file");
        twoMembers(host -> raft(7, "aa"), host -> wellLookup());
        assertThat(run("status").out()).containsPattern("7 +0 +equal +1 +equal +file");
        twoMembers(host -> raft(host.startsWith("localhost") ? 7 : 8, "aa"), host -> wellLookup());
        assertThat(run("status").out())
                .containsPattern("7 +1 +not compared +1 +equal")
                .containsPattern("8 +0 +not compared +1 +equal");
    }

    /** R63: both modes, and a source that is ill while all is well otherwise. */
    @Test
    void status_showsTheConfiguredMode_andWhatIsWrongWithAMembersList() {
        twoMembers(
                host -> raft(7, "aa"),
                host -> host.startsWith("localhost")
                        ? wellLookup().put("healthy", false).put("problem", "names [a]: held back")
                        : wellLookup().put("configured", "standalone: nobody is listed"));
        Result result = run("status");
        assertThat(result.exitCode()).isZero();
        assertThat(result.out())
                .containsPattern("lookup configured +standalone: nobody is listed")
                .containsPattern("localhost:\\d+ .* file, see below")
                .containsPattern("! localhost:\\d+, its list of members: names \\[a\\]: held back");
    }

    /** Whoever answers is not unreachable. */
    @Test
    void status_ofAMemberThatRefusesOneQuestion_showsTheRest() {
        twoMembers(host -> raft(7, "aa"), host -> wellLookup());
        Consumer<HttpServerRequest> well = script;
        script = request -> {
            if (request.path().equals("/v1/ns/raft/state")
                    && request.getHeader("Host").startsWith("localhost")) {
                request.response().setStatusCode(403).end("not you");
            } else {
                well.accept(request);
            }
        };
        Result result = run("status");
        assertThat(result.exitCode()).isZero();
        assertThat(result.out())
                .containsPattern("localhost:\\d+ +UP +yes ")
                .containsPattern(
                        "! localhost:\\d+ answers, but not /v1/ns/raft/state: the server answered 403: not you");
    }

    /** A member that stands still costs seconds, not half a minute. */
    @Test
    @Timeout(20)
    void status_doesNotWaitLong_forAMemberThatStandsStill() {
        twoMembers(host -> raft(7, "aa"), host -> wellLookup());
        Consumer<HttpServerRequest> well = script;
        script = request -> {
            if (!request.getHeader("Host").startsWith("localhost")) {
                well.accept(request);
            }
        };
        Result result = run("status");
        assertThat(result.exitCode()).isEqualTo(ExitCode.FAILED.code());
        assertThat(result.out()).containsPattern("localhost:\\d+ +UP +unreachable");
    }

    /** Another program behind the port, or a proxy, is named as such; nobody wants to read a stack trace of ours. */
    @ParameterizedTest
    @ValueSource(strings = {"[]", "{}", "\"hello\"", "{\"serviceList\":[1],\"count\":1}", "<html>"})
    void anAnswerOfAnotherKind_isToldAsSuch(String body) {
        script = request -> answer(request, body);
        Result result = run("services");
        assertThat(result.exitCode()).isEqualTo(ExitCode.FAILED.code());
        assertThat(result.err()).startsWith("muster: ").hasLineCount(1);
    }
}
