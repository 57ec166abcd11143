package io.muster.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.server.cli.ExitCode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R63, as an operator does it: the lookup of a running server is shown, switched, persisted, and read again. */
class LookupSwitchingTest {

    private static final String SWITCH = "/nacos/v1/core/cluster/switch/lookup?type=";

    private static final String CONFIRM = "/v1/core/cluster/lookup/confirm?members=";

    @TempDir
    private Path directory;

    private TestCluster plan;
    private Path list;
    private Path properties;

    /** Two members, listed in a file; each test starts whom it needs, and how. */
    @BeforeEach
    void planTwo() throws IOException {
        plan = TestCluster.planned(directory, 2);
        list = Files.writeString(directory.resolve("cluster.conf"), lines(1, 2));
        properties = Files.writeString(directory.resolve("muster.properties"), "# mine\n");
    }

    private String lines(int... numbers) {
        StringBuilder lines = new StringBuilder();
        for (int number : numbers) {
            lines.append(plan.name(number))
                    .append("?peer_port=")
                    .append(plan.peerPort(number))
                    .append('\n');
        }
        return lines.toString();
    }

    private TestServer start(int number, String... options) {
        return TestServer.start(plan.directory(number), arguments(number, options));
    }

    /** One that does not become ready by itself; the test sees to it that it does. */
    private CompletableFuture<TestServer> starting(int number, String... options) {
        return CompletableFuture.supplyAsync(() -> start(number, options));
    }

    private HttpResponse<String> get(int number, String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + plan.name(number) + path))
                .build();
        try {
            return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private String[] arguments(int number, String... options) {
        List<String> arguments = new ArrayList<>(List.of(
                "--port=" + plan.name(number).split(":")[1],
                "--peer-port=" + plan.peerPort(number),
                "--cluster-conf=" + list,
                "--config=" + properties,
                "--member.probe-interval-ms=50",
                "--distro.load-wait-ms=200"));
        arguments.addAll(List.of(options));
        return arguments.toArray(String[]::new);
    }

    private static JsonObject shown(TestServer server) {
        return new JsonObject(server.get("/v1/core/cluster/lookup").body()).getJsonObject("data");
    }

    private static JsonObject raft(TestServer server) {
        return new JsonObject(server.get("/v1/ns/raft/state").body());
    }

    private static JsonObject done(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new JsonObject(answer.body()).getJsonObject("data");
    }

    private static void assertRefused(HttpResponse<String> answer, String... why) {
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).startsWith("refused, and all is as it was: ").contains(why);
    }

    private static String kinds(TestServer server) {
        StringBuilder kinds = new StringBuilder();
        new JsonObject(server.get("/v1/core/cluster/events").body())
                .getJsonArray("events")
                .forEach(event ->
                        kinds.append(((JsonObject) event).getString("kind")).append(' '));
        return kinds.toString();
    }

    private static void awaitUp(TestServer server, int members) {
        await().untilAsserted(() ->
                assertThat(server.get("/readyz?verbose").body()).contains(members + " of " + members + " UP"));
    }

    @Test
    void standaloneToFile_opensThePeerPort_andTheMembersFindEachOther() {
        try (TestServer first = start(1, "--lookup=standalone");
                TestServer second = start(2)) {
            assertThat(first.ask("POST", "/v1/ns/instance?serviceName=a&ip=10.0.0.1&port=80")
                            .body())
                    .isEqualTo("ok");
            JsonObject outcome = done(first.ask("POST", SWITCH + "file"));
            assertThat(outcome.getBoolean("changed")).isTrue();
            assertThat(outcome.getJsonArray("added")).isEqualTo(new JsonArray(List.of(plan.name(2))));
            assertThat(outcome.getString("lasts")).contains("until the restart", "standalone");
            awaitUp(first, 2);
            awaitUp(second, 2);
            await().untilAsserted(() -> assertThat(
                            second.get("/v1/ns/instance/list?serviceName=a").body())
                    .contains("10.0.0.1"));
            await("the empty node joins the founder's group")
                    .untilAsserted(() -> assertThat(raft(second).getString("clusterId"))
                            .isNotNull()
                            .isEqualTo(raft(first).getString("clusterId")));
            assertThat(shown(first).getString("running")).isEqualTo("file");
            assertThat(shown(first).getString("configured")).startsWith("standalone");
            assertThat(kinds(first)).contains("LIST_TAKEN", "LOOKUP_SWITCHED", "MEMBER_UP");
        }
    }

    /** The founder of a one-voter group may leave the others; whoever is not its sole voter may not. */
    @Test
    void backToStandalone_isForTheSoleVoterAlone() {
        try (TestServer server = start(1, "--lookup=standalone")) {
            done(server.ask("POST", SWITCH + "file"));
            JsonObject outcome = done(server.ask("POST", SWITCH + "standalone"));
            assertThat(outcome.getJsonArray("removed")).isEqualTo(new JsonArray(List.of(plan.name(2))));
            awaitUp(server, 1);
            assertThat(server.get("/nacos/serverlist").body().lines()).containsExactly(plan.name(1));
            done(server.ask("POST", SWITCH + "file"));
            assertThat(shown(server).getJsonArray("members")).hasSize(2);
        }
        try (TestServer server = start(2)) {
            assertRefused(server.ask("POST", SWITCH + "standalone"), "this node is in no Raft group yet");
            assertThat(shown(server).getString("running")).isEqualTo("file");
        }
    }

    /** Its own list named others alone, who are down: whoever stands alone is a member of its own list. */
    @Test
    void aStrangerThatIsSwitchedToStandalone_isReady() throws IOException {
        start(1, "--lookup=standalone").close();
        Files.writeString(list, lines(2));
        try (TestServer server = start(1)) {
            await().untilAsserted(() ->
                    assertThat(server.get("/readyz?verbose").body()).contains("no member lists this node"));
            done(server.ask("POST", SWITCH + "standalone"));
            awaitUp(server, 1);
            assertThat(server.get("/readyz").statusCode())
                    .as(server.get("/readyz?verbose").body())
                    .isEqualTo(200);
        }
    }

    @Test
    void peerPortTaken_leavesTheNodeStandalone() throws IOException {
        try (TestServer server = start(1, "--lookup=standalone")) {
            try (ServerSocket taken = new ServerSocket(plan.peerPort(1), 1, InetAddress.getLoopbackAddress())) {
                assertRefused(
                        server.ask("POST", SWITCH + "file"),
                        "can't listen for members on 127.0.0.1:" + taken.getLocalPort());
                assertThat(shown(server).getString("running")).isEqualTo("standalone");
            }
            done(server.ask("POST", SWITCH + "file"));
        }
    }

    @Test
    void badListOrStrangersList_isRefused() throws IOException {
        try (TestServer server = start(1, "--lookup=standalone")) {
            Files.writeString(list, lines(2));
            assertRefused(server.ask("POST", SWITCH + "file"), "and not this node");
            Files.writeString(list, "10.0.0.1:x");
            assertRefused(server.ask("POST", SWITCH + "file"), "line 1: '10.0.0.1:x'");
            assertRefused(server.ask("POST", SWITCH + "address-server"), "needs a URL");
            assertThat(server.ask("POST", SWITCH + "zookeeper").statusCode()).isEqualTo(400);
            assertThat(server.ask("POST", SWITCH + "zookeeper").body())
                    .contains("just support : [[file, address-server, standalone]]");
            assertThat(done(server.ask("POST", SWITCH + "standalone")).getBoolean("changed"))
                    .isFalse();
        }
    }

    /** Every node serves the list that another one may take as its address server's (R62, R74). */
    @Test
    void fileToAddressServer_andBack() {
        try (TestServer server = start(1);
                TestServer other =
                        start(2, "--address-server=" + server.url() + "/nacos/serverlist", "--lookup=address-server")) {
            awaitUp(server, 2);
            awaitUp(other, 2);
            assertThat(shown(other).getString("source")).contains("the address server http://");
            done(other.ask("POST", SWITCH + "file"));
            assertThat(shown(other).getString("source")).contains("cluster.conf");
            done(other.ask("POST", SWITCH + "address-server"));
            awaitUp(other, 2);
        }
    }

    @Test
    void dryRun_saysWhatWouldBe_andPersist_writesTheConfigurationFile() {
        try (TestServer server = start(1, "--members=" + lines(1).strip())) {
            JsonObject dry = done(server.ask("POST", SWITCH + "file&dryRun=true"));
            assertThat(dry.getBoolean("changed"))
                    .as("the list stands in the configuration, and would come from the file")
                    .isTrue();
            assertThat(shown(server).getJsonArray("members")).hasSize(1);
        }
        try (TestServer server = start(1, "--nacos.standalone=true")) {
            JsonObject dry = done(server.ask("POST", SWITCH + "file&dryRun=true&persist=true"));
            assertThat(dry.getJsonArray("added")).isEqualTo(new JsonArray(List.of(plan.name(2))));
            assertThat(shown(server).getString("running")).isEqualTo("standalone");
            assertThat(properties).hasContent("# mine\n");

            JsonObject outcome = done(server.ask("POST", SWITCH + "file&persist=true"));
            assertThat(outcome.getString("lasts")).contains("for good", properties.toString());
            assertThat(properties).hasContent("# mine\nmember.lookup.type=file\n");
            assertThat(shown(server).getString("configured")).startsWith("file");
            assertThat(list).hasContent(lines(1, 2));
        }
    }

    @Test
    void reload_takesUpAnEditedConfiguration_andRefusesAFaultyOne() throws IOException {
        Files.writeString(properties, "member.lookup.type=standalone\n");
        try (TestServer server = start(1)) {
            String reload = "/v1/core/cluster/lookup/reload";
            assertThat(done(server.ask("POST", reload)).getBoolean("changed")).isFalse();
            Files.writeString(properties, "member.lookup.type=fiel\n");
            assertRefused(server.ask("POST", reload), "member.lookup.type = fiel");
            Files.writeString(properties, "member.lookup.type=file\n");
            assertThat(done(server.ask("POST", reload)).getBoolean("changed")).isTrue();
            assertThat(shown(server).getString("running")).isEqualTo("file");
        }
    }

    /** R61: a changed file is taken up while running. */
    @Test
    void editedList_isTakenUp() throws IOException {
        Files.writeString(list, lines(1));
        try (TestServer server = start(1)) {
            Files.writeString(list, lines(1, 2));
            await().untilAsserted(() ->
                    assertThat(server.get("/nacos/serverlist").body()).contains(plan.name(2)));
            Files.writeString(list, "10.0.0.1:x");
            await().untilAsserted(() -> assertThat(kinds(server)).contains("LIST_REFUSED"));
            assertThat(shown(server).getString("problem")).contains("line 1: '10.0.0.1:x'");
            assertThat(shown(server).getJsonArray("members")).hasSize(2);
        }
    }

    /** IX3: a file that was cut off at the end of a line has no fault. Whoever means it says so. */
    @Test
    void listThatLosesHalf_isHeldBack_untilItsMembersAreConfirmed() throws IOException {
        try (TestServer server = start(1)) {
            Files.writeString(list, lines(1));
            await().untilAsserted(() ->
                    assertThat(shown(server).getString("problem")).contains("held back", "'lookup confirm'"));
            assertThat(shown(server).getBoolean("healthy")).isFalse();
            assertThat(shown(server).getJsonArray("members")).hasSize(2);
            assertThat(kinds(server)).contains("LIST_REFUSED");

            assertThat(shown(server).getJsonArray("heldBack")).isEqualTo(new JsonArray(List.of(plan.name(1))));
            assertThat(server.get("/metrics").body())
                    .contains("muster_lookup_list_held_back 1.0", "muster_lookup_healthy 0.0");

            assertThat(done(server.ask("POST", "/v1/core/cluster/lookup/reload"))
                            .getBoolean("changed"))
                    .as("whoever reloads has not read the list")
                    .isFalse();
            assertRefused(
                    server.ask("POST", CONFIRM + plan.name(2)),
                    "the list that is held back now is [" + plan.name(1) + "], not [" + plan.name(2) + "]");
            assertThat(shown(server).getJsonArray("members")).hasSize(2);
            JsonObject outcome = done(server.ask("POST", CONFIRM + plan.name(1)));
            assertThat(outcome.getBoolean("changed")).isTrue();
            assertThat(outcome.getJsonArray("removed")).isEqualTo(new JsonArray(List.of(plan.name(2))));
            assertThat(shown(server).getJsonArray("members")).hasSize(1);
            assertThat(shown(server).getString("problem")).isEmpty();
            assertThat(server.get("/metrics").body())
                    .contains("muster_lookup_list_held_back 0.0", "muster_lookup_lists_taken_total 2.0");
            assertRefused(server.ask("POST", CONFIRM + plan.name(1)), "the list that is held back now is none");

            Files.writeString(list, "10.0.0.1:x");
            await().untilAsserted(
                            () -> assertThat(shown(server).getString("problem")).contains("line 1"));
            assertRefused(
                    server.ask("POST", CONFIRM + plan.name(1)), "is none, not [" + plan.name(1) + "] (", "line 1");
        }
    }

    /** Files are edited one after the other: whom the others don't list yet gets no data of theirs, and must not pass for a member. */
    @Test
    void nodeThatNobodyLists_isNotReady_andServesNobody_untilItIsListed() throws Exception {
        Path listOfTheFirst = Files.writeString(directory.resolve("first.conf"), lines(1));
        try (TestServer first = start(1, "--cluster-conf=" + listOfTheFirst)) {
            assertThat(first.ask("POST", "/v1/ns/instance?serviceName=a&ip=10.0.0.1&port=80")
                            .body())
                    .isEqualTo("ok");
            CompletableFuture<TestServer> starting = starting(2);
            String unlisted =
                    "member lists this node"; // says health, and so does the engine that has nobody to load from
            await().ignoreExceptions()
                    .untilAsserted(() -> assertThat(get(2, "/readyz").body()).contains(unlisted));
            assertThat(get(2, "/readyz").statusCode()).isEqualTo(503);
            assertThat(get(2, "/livez").statusCode()).isEqualTo(200);
            HttpResponse<String> refused = get(2, "/nacos/v1/ns/instance/list?serviceName=a");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.body()).contains(unlisted);

            Files.writeString(listOfTheFirst, lines(1, 2));
            try (TestServer second = starting.get(60, TimeUnit.SECONDS)) {
                await("it is listed, and has the others' data")
                        .untilAsserted(() -> assertThat(second.get("/v1/ns/instance/list?serviceName=a")
                                        .body())
                                .contains("10.0.0.1"));
                Files.writeString(listOfTheFirst, lines(1));
                done(awaitHeldBack(first).ask("POST", CONFIRM + plan.name(1)));
                await("it is off the list again")
                        .untilAsserted(() -> assertThat(second.get("/v1/ns/instance/list?serviceName=a")
                                        .body())
                                .contains(unlisted));
            }
        }
    }

    private static TestServer awaitHeldBack(TestServer server) {
        await().untilAsserted(
                        () -> assertThat(shown(server).getString("problem")).contains("held back"));
        return server;
    }

    /** R33: who knows no members is not the only one. Liveness is answered all the while. */
    @Test
    void startWithoutAddressServerAndMemory_isAlive_andServesNobody_untilThereIsAList() throws Exception {
        CompletableFuture<TestServer> starting =
                starting(2, "--lookup=address-server", "--address-server=http://" + plan.name(1) + "/nacos/serverlist");
        await().ignoreExceptions()
                .untilAsserted(() -> assertThat(get(2, "/livez").statusCode()).isEqualTo(200));
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(get(2, "/readyz").body()).contains("no list of members yet"));
        assertThat(get(2, "/nacos/v1/ns/instance/list?serviceName=a").statusCode())
                .isEqualTo(503);
        assertThat(starting).isNotDone();
        try (TestServer first = start(1);
                TestServer second = starting.get(60, TimeUnit.SECONDS)) {
            awaitUp(second, 2);
            awaitUp(first, 2);
        }
    }

    /** A list of the configuration counts as a file; a file that has come meanwhile is another source. */
    @Test
    void sameModeFromAnotherSource_isASwitch() throws IOException {
        Files.delete(list);
        try (TestServer server = start(1, "--members=" + lines(1).strip())) {
            Files.writeString(list, lines(1, 2));
            JsonObject outcome = done(server.ask("POST", SWITCH + "file"));
            assertThat(outcome.getBoolean("changed")).isTrue();
            assertThat(outcome.getJsonArray("added")).isEqualTo(new JsonArray(List.of(plan.name(2))));
        }
    }

    /** X26: the same events as they happen; whoever comes back with the last id misses nothing. */
    @Test
    void events_areStreamed() throws Exception {
        try (TestServer server = start(1, "--lookup=standalone")) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(server.url() + "/nacos/v1/core/cluster/events"))
                    .header("Accept", "text/event-stream")
                    .header("Last-Event-ID", "0")
                    .build();
            List<String> lines = new CopyOnWriteArrayList<>();
            CompletableFuture<?> stream = HttpClient.newHttpClient()
                    .sendAsync(request, HttpResponse.BodyHandlers.fromLineSubscriber(new Lines(lines)));
            await().until(() -> lines.contains("event: LEADER_CHANGED"));
            done(server.ask("POST", SWITCH + "file"));
            await().until(() -> lines.contains("event: LOOKUP_SWITCHED"));
            assertThat(lines)
                    .anyMatch(line -> line.matches("id: [0-9a-f]{16}-1"))
                    .anyMatch(line -> line.startsWith("data: {\"id\":1,"));
            stream.cancel(true);
        }
    }

    /** Takes lines as they come. */
    private record Lines(List<String> taken) implements Flow.Subscriber<String> {

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(String line) {
            taken.add(line);
        }

        @Override
        public void onError(Throwable failure) {
            // The server or the test has closed the stream.
        }

        @Override
        public void onComplete() {
            // The same.
        }
    }

    /** An address server that is away keeps nobody from starting: the list that it gave last is remembered. */
    @Test
    void startWithoutTheAddressServer_goesByTheListRememberedFromBefore() {
        String addressServer;
        try (TestServer server = start(1)) {
            addressServer = "--address-server=" + server.url() + "/nacos/serverlist";
            start(2, addressServer, "--lookup=address-server").close();
        }
        try (TestServer again = start(2, addressServer, "--lookup=address-server")) {
            assertThat(again.get("/nacos/serverlist").body()).contains(plan.name(1), plan.name(2));
            assertThat(shown(again).getBoolean("healthy")).isTrue();
            assertThat(shown(again).getString("problem")).contains("gave no list");
        }
    }

    /** X13, design §6: a list that got lost between two starts makes no island of a voter. */
    @Test
    void voterOfAGroupOfSeveral_doesNotStandAlone_whateverItsListHasBecome() throws IOException {
        foundTogether();
        List<Path> absentAndEmpty = List.of(
                directory.resolve("absent.conf"), Files.writeString(directory.resolve("empty.conf"), "# nobody\n"));
        for (Path file : absentAndEmpty) {
            assertDoesNotStandAlone("--cluster-conf=" + file);
        }
        assertDoesNotStandAlone("--nacos.standalone=true");
        assertDoesNotStandAlone("--lookup=standalone");
    }

    private void foundTogether() {
        try (TestServer first = start(1);
                TestServer second = start(2)) {
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() ->
                            assertThat(List.of(raft(first), raft(second))).allMatch(state -> votersOf(state) == 2));
        }
    }

    private static long votersOf(JsonObject state) {
        return state.getJsonArray("peers").stream()
                .filter(peer -> ((JsonObject) peer).getBoolean("voter"))
                .count();
    }

    private void assertDoesNotStandAlone(String option) {
        assertThatThrownBy(() -> start(1, option).close())
                .as(option)
                .isInstanceOfSatisfying(
                        ServerFailure.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CONFIGURATION))
                .hasMessageContaining("would stand alone")
                .hasMessageContaining("vote")
                .hasMessageContaining("The list in force last was [")
                .hasMessageContaining(plan.name(2))
                .hasMessageContaining("reset-membership");
    }

    /** The same file would be held back had it changed while the node ran. */
    @Test
    void startWithAFileThatHasLostHalf_goesByTheListFromBefore_untilItIsConfirmed() throws IOException {
        start(1).close();
        Files.writeString(list, lines(1));
        try (TestServer server = start(1)) {
            assertThat(shown(server).getJsonArray("members")).hasSize(2);
            assertThat(shown(server).getString("problem")).contains("held back");
            done(server.ask("POST", CONFIRM + plan.name(1)));
            assertThat(shown(server).getJsonArray("members")).hasSize(1);
        }
        try (TestServer server = start(1)) {
            assertThat(shown(server).getString("problem"))
                    .as("it is what was in force last")
                    .isEmpty();
        }
        Files.writeString(list, lines(1, 2));
        start(1).close();
        try (TestServer server = start(1, "--lookup=auto", "--members=" + lines(1).strip())) {
            assertThat(shown(server).getJsonArray("members"))
                    .as("what the configuration itself says is an operator's word")
                    .hasSize(1);
        }
    }

    /** As in {@link #listThatLosesHalf_isHeldBack_untilItsMembersAreConfirmed}, by a switch. */
    @Test
    void switchToAListThatLosesHalf_isRefused_untilItIsConfirmed() throws IOException {
        Files.delete(list);
        try (TestServer server = start(1, "--members=" + lines(1, 2).strip().replace('\n', ','))) {
            Files.writeString(list, lines(1));
            assertRefused(server.ask("POST", SWITCH + "file"), "'lookup switch file --confirm'");
            assertThat(done(server.ask("POST", SWITCH + "file&confirm=true&dryRun=true"))
                            .getJsonArray("removed"))
                    .isEqualTo(new JsonArray(List.of(plan.name(2))));
            done(server.ask("POST", SWITCH + "file&confirm=true"));
            assertThat(shown(server).getJsonArray("members")).hasSize(1);
        }
    }

    /** A file with addresses, and a source with other names for the same nodes: as many, and this one among them. */
    @Test
    void switchToAsManyOthersWithThisNodeAmongThem_isTaken() throws IOException {
        Files.delete(list);
        try (TestServer server = start(1, "--members=" + lines(1, 2).strip().replace('\n', ','))) {
            Files.writeString(list, lines(1, 2).replace("127.0.0.1", "localhost"));
            JsonObject outcome = done(server.ask("POST", SWITCH + "file"));
            assertThat(outcome.getJsonArray("removed")).hasSize(2);
            assertThat(shown(server).getJsonArray("members")).hasSize(2);
        }
    }
}
