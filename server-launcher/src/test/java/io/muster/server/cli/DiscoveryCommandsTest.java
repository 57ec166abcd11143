package io.muster.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.server.TestServer;
import io.muster.server.config.ProductVersion;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** R75: what operators do about services by command line, each against a real server; every test has services of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DiscoveryCommandsTest {

    /** Nobody beats for what a test registers, and the machine may be slow. */
    private static final String PATIENT = "preserved.heart.beat.timeout=600000,preserved.ip.delete.timeout=900000";

    private TestServer server;

    @BeforeAll
    void start(@TempDir Path directory) {
        server = TestServer.start(directory);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    /** What a command printed and how it ended. */
    private record Result(int exitCode, String out, String err) {

        JsonArray array() {
            return new JsonArray(out);
        }

        JsonObject object() {
            return new JsonObject(out);
        }
    }

    private Result run(String line) {
        return run(server, new StringWriter(), line);
    }

    /** @param out may be looked into while the command runs */
    private static Result run(TestServer server, StringWriter out, String line) {
        List<String> arguments = new ArrayList<>(List.of(line.split(" ")));
        arguments.addAll(List.of("--server", server.url()));
        return run(out, arguments);
    }

    private static Result run(StringWriter out, List<String> arguments) {
        StringWriter err = new StringWriter();
        int exitCode = MusterCommand.run(
                arguments, new ProductVersion("1.2.3"), new PrintWriter(out), new PrintWriter(err, true));
        return new Result(exitCode, out.toString(), err.toString());
    }

    private Result ok(String line) {
        Result result = run(line);
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.err()).isEmpty();
        return result;
    }

    private void tell(String method, String path, Object... parameters) {
        StringBuilder query = new StringBuilder();
        for (int i = 0; i < parameters.length; i += 2) {
            query.append(i == 0 ? "?" : "&")
                    .append(parameters[i])
                    .append('=')
                    .append(URLEncoder.encode(String.valueOf(parameters[i + 1]), StandardCharsets.UTF_8));
        }
        assertThat(server.ask(method, path + query).statusCode())
                .as(method + " " + path + query)
                .isEqualTo(200);
    }

    private void register(String service, String ip, Object... more) {
        List<Object> parameters = new ArrayList<>(List.of("serviceName", service, "ip", ip, "port", 80));
        parameters.addAll(List.of(more));
        tell("POST", "/v1/ns/instance", parameters.toArray());
    }

    @Test
    void services_showsCounts_ofANamespace() {
        register("shop", "10.0.0.1", "namespaceId", "counts");
        register("shop", "10.0.0.2", "namespaceId", "counts", "healthy", false, "clusterName", "east");
        register("g@@pay", "10.0.0.3", "namespaceId", "counts");
        tell("POST", "/v1/ns/service", "serviceName", "bare", "namespaceId", "counts");

        assertThat(ok("services --namespace counts").out().lines())
                .containsExactly(
                        "GROUP          SERVICE  CLUSTERS  INSTANCES  HEALTHY  PROTECTING",
                        "DEFAULT_GROUP  bare     0         0          0        no",
                        "DEFAULT_GROUP  shop     2         2          1        no",
                        "g              pay      1         1          1        no");
        assertThat(ok("services --namespace counts --empty").out().lines())
                .hasSize(2)
                .anyMatch(line -> line.contains("bare"));
        assertThat(ok("services --namespace counts --name ho").out().lines()).hasSize(2);
        assertThat(ok("services --namespace counts --group g --json").array())
                .singleElement()
                .satisfies(
                        one -> assertThat(((JsonObject) one).getString("name")).isEqualTo("pay"));
        assertThat(ok("services --namespace nobodys --json").array()).isEmpty();
    }

    /** A group's name is one name, not part of others. */
    @Test
    void services_ofAGroup_areThoseOfThatGroup() {
        register("red@@one", "10.0.0.1", "namespaceId", "groups");
        register("reddish@@two", "10.0.0.1", "namespaceId", "groups");
        assertThat(ok("services --namespace groups --group red").out())
                .contains("one")
                .doesNotContain("two");
    }

    @Test
    void services_beyondAPage_areAllShown() {
        int count = Pages.SIZE + 7;
        for (int i = 0; i < count; i++) {
            register("s" + i, "10.0.0.1", "namespaceId", "many", "metadata", PATIENT);
        }
        assertThat(ok("services --namespace many --json").array()).hasSize(count);
    }

    @Test
    void servicesShow_showsDefinitionAndClusters() {
        tell("POST", "/v1/ns/service", "serviceName", "declared", "protectThreshold", 0.5, "metadata", "team=a");
        register("declared", "10.0.0.1", "ephemeral", false);
        tell(
                "PUT",
                "/v1/ns/cluster",
                "serviceName",
                "declared",
                "clusterName",
                "DEFAULT",
                "checkPort",
                81,
                "useInstancePort4Check",
                false,
                "healthChecker",
                "{\"type\":\"HTTP\",\"path\":\"/alive\",\"headers\":\"\",\"expectedResponseCode\":200}");

        assertThat(ok("services show declared").out())
                .containsPattern("SERVICE +declared")
                .containsPattern("protect threshold +0\\.5")
                .containsPattern("metadata +\\{\"team\":\"a\"}")
                .containsPattern("DEFAULT +HTTP /alive +81 ");
        assertThat(ok("services show declared --json")
                        .object()
                        .getJsonObject("service")
                        .getString("name"))
                .isEqualTo("declared");
        Result unknown = run("services show nobodys");
        assertThat(unknown.exitCode()).isEqualTo(ExitCode.FAILED.code());
        assertThat(unknown.err()).contains("404", "nobodys");
    }

    /** X22: whom clients are not shown, and true health, is what an operator looks for. */
    @Test
    void instances_showsAll_withTrueHealth() {
        tell("POST", "/v1/ns/service", "serviceName", "truth", "protectThreshold", 1);
        register("truth", "10.0.0.1", "metadata", "zone=a", "ephemeral", false);
        register("truth", "10.0.0.2", "enabled", false, "ephemeral", false);
        register("truth", "10.0.0.3", "healthy", false, "ephemeral", false, "weight", 7);
        register("truth", "10.0.0.4", "clusterName", "east");

        assertThat(ok("instances truth").out().lines())
                .hasSize(5)
                .anyMatch(line -> line.matches("ADDRESS +CLUSTER +HEALTHY +ENABLED +WEIGHT +KIND +OVERLAY +METADATA"))
                .anyMatch(line -> line.matches("10\\.0\\.0\\.1:80 +DEFAULT +yes +yes +1\\.0 +persistent +- +zone=a"))
                .anyMatch(line -> line.matches("10\\.0\\.0\\.2:80 +DEFAULT +yes +no .*"))
                .anyMatch(line -> line.matches("10\\.0\\.0\\.3:80 +DEFAULT +no +yes +7\\.0 .*"))
                .anyMatch(line -> line.matches("10\\.0\\.0\\.4:80 +east +yes +yes +1\\.0 +ephemeral .*"));
        assertThat(ok("instances truth --cluster east").out().lines()).hasSize(2);
        assertThat(ok("instances truth --cluster east,DEFAULT --json").array()).hasSize(4);
        assertThat(run("instances truth --cluster west").err()).contains("404", "west");
        assertThat(run("instances nobodys").exitCode()).isEqualTo(ExitCode.FAILED.code());
    }

    /** What a client registered must not steer an operator's terminal. */
    @Test
    void instances_withControlCharacters_showThemAsMarks() {
        register("terminal", "10.0.0.1", "metadata", "{\"k\":\"\\u001b[2Jgone\"}");
        assertThat(ok("instances terminal").out()).contains("k=\uFFFD[2Jgone").doesNotContain("\u001b");
    }

    @Test
    void subscribers_showsWhoIsPushedTo_ofThatServiceAlone() {
        for (String service : List.of("subscribed", "subscribed-too")) {
            assertThat(server.get(
                                    "/v1/ns/instance/list?serviceName=" + service + "&udpPort=51234&clientIP=127.0.0.1",
                                    "User-Agent",
                                    "Nacos-Java-Client:v1.4.8")
                            .statusCode())
                    .isEqualTo(200);
        }
        assertThat(ok("subscribers subscribed").out().lines())
                .hasSize(2)
                .anyMatch(line -> line.matches("127\\.0\\.0\\.1:51234 .* Nacos-Java-Client:v1\\.4\\.8 .*"));
        JsonObject shown = ok("subscribers subscribed --here --json").object();
        assertThat(shown.getJsonArray("subscribers")).hasSize(1);
        assertThat(shown.getJsonArray("unanswered")).isEmpty();
        assertThat(ok("subscribers nobodys --json").object().getJsonArray("subscribers"))
                .isEmpty();
    }

    @Test
    void namespaces_areCreatedCountedAndDeleted() {
        assertThat(ok("namespaces create dev Development --description for-us").out())
                .isEqualToIgnoringNewLines("namespace dev created");
        register("shop", "10.0.0.1", "namespaceId", "dev");
        assertThat(ok("namespaces").out()).containsPattern("dev +Development +1 +1");
        assertThat(run("namespaces create dev Again").err()).contains("there is a namespace dev already");
        assertThat(run("namespaces delete dev").exitCode())
                .as("it has a service")
                .isEqualTo(ExitCode.FAILED.code());
        assertThat(run("namespaces create dev/bad Name").err()).contains("400");

        ok("namespaces create spare Spare");
        assertThat(ok("namespaces delete spare --json").object())
                .isEqualTo(
                        new JsonObject().put("done", "namespace spare deleted").put("namespace", "spare"));
        assertThat(ok("namespaces --json").array().encode()).doesNotContain("spare");
    }

    /** What stands before a sub-command does not reach it, and must not seem to: it may name another server. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "namespaces --server http://127.0.0.1:1 delete dev",
                "namespaces --json create dev Development",
                "overlays --namespace dev remove shop 10.0.0.1:80",
                "overlays --service shop remove shop 10.0.0.1:80",
                "services --group g show shop"
            })
    void optionsBeforeASubCommand_areRefused(String line) {
        Result result = run(new StringWriter(), List.of(line.split(" ")));
        assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE.code());
        assertThat(result.err())
                .contains(line.split(" ")[1] + " must stand after '"
                        + line.replaceAll(".* (delete|create|remove|show) .*", "$1") + "'");
        assertThat(result.out()).isEmpty();
    }

    @Test
    void helpOfACommand_isShownBeforeItsSubCommandToo() {
        Result result = run(new StringWriter(), List.of("namespaces", "--help", "delete"));
        assertThat(result.exitCode()).isZero();
    }

    /** Whatever narrows nothing is refused: who gives it believes that it does. */
    @ParameterizedTest
    @ValueSource(strings = {"overlays --group g", "events --group g", "events --namespace dev"})
    void optionsThatNeedAService_areRefusedWithoutOne(String line) {
        Result result = run(line);
        assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE.code());
        assertThat(result.err()).contains("needs --service");
    }

    @Test
    void namespacesCreate_withABlankId_isRefused() {
        Result result =
                run(new StringWriter(), List.of("namespaces", "create", "", "Nameless", "--server", server.url()));
        assertThat(result.exitCode()).isEqualTo(ExitCode.USAGE.code());
        assertThat(ok("namespaces").out()).doesNotContain("Nameless");
    }

    /** The one switch that takes nothing for a value. */
    @Test
    void switches_areClearedByABlankValue() {
        ok("switches limitedUrlMap /v1/ns/nothing:403");
        assertThat(ok("switches").out()).contains("/v1/ns/nothing");
        Result result = run(new StringWriter(), List.of("switches", "limitedUrlMap", "", "--server", server.url()));
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).isEqualToIgnoringNewLines("limitedUrlMap set to nothing");
        assertThat(ok("switches").out()).doesNotContain("/v1/ns/nothing");
    }

    @Test
    void switches_areSetForAll_orHereUntilTakenBack() {
        assertThat(ok("switches defaultCacheMillis 20000").out())
                .isEqualToIgnoringNewLines("defaultCacheMillis set to 20000");
        assertThat(ok("switches").out()).containsPattern("defaultCacheMillis +20000 +cluster");
        ok("switches defaultCacheMillis 30000 --local");
        assertThat(ok("switches").out()).containsPattern("defaultCacheMillis +30000 +this server");
        assertThat(ok("switches --json").object().getJsonArray("local")).contains("defaultCacheMillis");
        ok("switches defaultCacheMillis cluster --local");
        assertThat(ok("switches").out()).containsPattern("defaultCacheMillis +20000 +cluster");
        assertThat(ok("switches defaultCacheMillis 10000 --json").object().getString("done"))
                .contains("defaultCacheMillis");
        assertThat(run("switches --local").exitCode()).isEqualTo(ExitCode.USAGE.code());
    }

    /** X12. */
    @Test
    void overlays_areShown_andRemoved() {
        register("overlaid", "10.0.0.1", "metadata", "zone=a");
        tell(
                "PATCH",
                "/v1/ns/instance",
                "serviceName",
                "overlaid",
                "ip",
                "10.0.0.1",
                "port",
                80,
                "weight",
                5,
                "enabled",
                false);

        assertThat(ok("overlays --service overlaid").out().lines())
                .hasSize(2)
                .anyMatch(
                        line -> line.matches(
                                "DEFAULT_GROUP@@overlaid +10\\.0\\.0\\.1:80 +DEFAULT +weight=5\\.0 enabled=false +in force +\\S+Z +\\S+"));
        assertThat(ok("instances overlaid").out()).contains("weight=5.0 enabled=false");
        assertThat(ok("overlays --json").array().encode()).contains("overlaid");
        assertThat(ok("overlays remove overlaid 10.0.0.1:80").out())
                .isEqualToIgnoringNewLines("overlay of 10.0.0.1:80 removed");
        assertThat(ok("overlays --service overlaid --json").array()).isEmpty();
        assertThat(ok("instances overlaid").out()).containsPattern("yes +1\\.0 +ephemeral +-");
        assertThat(run("overlays remove overlaid 10.0.0.1:80").err()).contains("404");
        assertThat(run("overlays remove overlaid nothing").exitCode()).isEqualTo(ExitCode.USAGE.code());
    }

    /** X21. */
    @Test
    void events_ofAService_bearTheirCauses() {
        register("eventful", "10.0.0.1");
        tell("DELETE", "/v1/ns/instance", "serviceName", "eventful", "ip", "10.0.0.1", "port", 80);

        assertThat(ok("events --service eventful").out().lines())
                .hasSize(3)
                .anyMatch(line -> line.matches("ID +TIME +EVENT +CAUSE +INSTANCE +BY +TEXT"))
                .anyMatch(line -> line.matches("\\d+ +\\S+Z +REGISTERED +CLIENT +10\\.0\\.0\\.1:80:DEFAULT +- +-"))
                .anyMatch(line -> line.matches(
                        "\\d+ +\\S+Z +REMOVED +CLIENT +10\\.0\\.0\\.1:80:DEFAULT +127\\.0\\.0\\.1:\\d+ +-"));
        JsonObject page = ok("events --service eventful --json").object();
        assertThat(page.getJsonArray("events")).hasSize(2);
        assertThat(page.getString("node")).matches("127\\.0\\.0\\.1:\\d+");
        assertThat(ok("events --service eventful --json --since " + page.getLong("lastId"))
                        .object()
                        .getJsonArray("events"))
                .isEmpty();
        assertThat(ok("events --service nobodys --json").object().getJsonArray("events"))
                .isEmpty();
    }

    /** Goes on until the server is gone, then says that it is. */
    @ParameterizedTest
    @ValueSource(strings = {"", " --json"})
    void events_areFollowed(String form, @TempDir Path directory) throws Exception {
        StringWriter live = new StringWriter();
        CompletableFuture<Result> following;
        try (TestServer own = TestServer.start(directory)) {
            following = CompletableFuture.supplyAsync(() -> run(own, live, "events --service live --follow" + form));
            own.ask("POST", "/v1/ns/instance?serviceName=live&ip=10.0.0.1&port=80");
            await().until(() -> live.toString().contains("REGISTERED"));
            own.ask("DELETE", "/v1/ns/instance?serviceName=live&ip=10.0.0.1&port=80");
            await().until(() -> live.toString().contains("REMOVED"));
        }
        Result ended = following.get(30, TimeUnit.SECONDS);
        assertThat(ended.exitCode()).isEqualTo(ExitCode.UNAVAILABLE.code());
        assertThat(ended.out().lines()).hasSize(2);
        if (!form.isEmpty()) {
            assertThat(new JsonObject(ended.out().lines().findFirst().orElseThrow()).getString("kind"))
                    .isEqualTo("REGISTERED");
        }
    }

    @Test
    void unreachableServer_isToldByEachCommand() {
        for (String line : List.of(
                "services",
                "services show x",
                "instances x",
                "subscribers x",
                "namespaces",
                "namespaces create x y",
                "switches",
                "overlays",
                "overlays remove x 1.2.3.4:5",
                "events --service x",
                "events --service x --follow")) {
            List<String> arguments = new ArrayList<>(List.of(line.split(" ")));
            arguments.addAll(List.of("--server", "http://127.0.0.1:1"));
            StringWriter err = new StringWriter();
            int exitCode = MusterCommand.run(
                    arguments,
                    new ProductVersion("1.2.3"),
                    new PrintWriter(new StringWriter()),
                    new PrintWriter(err, true));
            assertThat(exitCode).as(line).isEqualTo(ExitCode.UNAVAILABLE.code());
            assertThat(err.toString()).contains("no server answers");
        }
    }

    /** A real shell reads the script, and completes commands and options by it. */
    @Test
    void completion_isAScriptThatBashCompletesBy(@TempDir Path directory) throws IOException, InterruptedException {
        StringWriter out = new StringWriter();
        int exitCode = MusterCommand.run(
                List.of("completion"), new ProductVersion("1.2.3"), new PrintWriter(out), new PrintWriter(out));
        assertThat(exitCode).isZero();
        Path script = Files.writeString(directory.resolve("completion"), out.toString());

        assertThat(bash("bash -n " + script)).isEmpty();
        assertThat(completed(script, "muster", "over")).isEqualTo("overlays");
        assertThat(completed(script, "muster", "events", "--fol")).isEqualTo("--follow");
        assertThat(completed(script, "muster", "overlays", "rem")).isEqualTo("remove");
        assertThat(completed(script, "muster", "subscribers", "--he")).contains("--help", "--here");
    }

    private static String completed(Path script, String... words) throws IOException, InterruptedException {
        // Bash has this one only while it completes.
        return bash("compopt() { :; }; source " + script + "; COMP_WORDS=(" + String.join(" ", words) + "); COMP_CWORD="
                + (words.length - 1) + "; COMPREPLY=(); _complete_muster; echo \"${COMPREPLY[@]}\"");
    }

    private static String bash(String line) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder("bash", "-c", line).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(text).isZero();
        return text.strip();
    }
}
