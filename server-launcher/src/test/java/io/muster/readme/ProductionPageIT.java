package io.muster.readme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.testkit.ServerLauncher;
import io.muster.testkit.ServerProcess;
import io.muster.testkit.client.Answer;
import io.muster.testkit.client.Instance;
import io.muster.testkit.client.RegistryClient;
import io.muster.testkit.net.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code docs/production.md} has an operator type makes one cluster of three servers that were started alone (design §4, founding). */
class ProductionPageIT {

    private static final Path PAGE = Path.of(System.getProperty("muster.root"), "docs", "production.md");
    private static final Pattern COMMAND = Pattern.compile("(?m)^\\$ (.+)$");
    private static final String MUSTER = "bin/muster ";
    private static final String BEHIND = " &";
    private static final int FIRST_PORT = 8848;
    private static final int SERVERS = 3;
    private static final Duration SETTLES_WITHIN = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private final List<ServerProcess> servers = new ArrayList<>();
    private final int port = freePorts();

    @AfterEach
    void endServers() {
        servers.forEach(ServerProcess::close);
    }

    @Test
    void threeStandaloneServers_becomeOneCluster_byTheLinesOfThePage() throws Exception {
        List<String> commands = COMMAND.matcher(Files.readString(PAGE))
                .results()
                .map(found -> withOwnPorts(found.group(1)))
                .toList();
        assertThat(commands).hasSizeGreaterThan(SERVERS);
        List<String> starts =
                commands.stream().filter(line -> line.endsWith(BEHIND)).toList();
        assertThat(starts).hasSize(SERVERS).isEqualTo(commands.subList(0, SERVERS));
        starts.forEach(this::start);
        servers.forEach(ServerProcess::awaitReady);
        assertThat(servers).allSatisfy(server -> assertThat(server.stdout()).contains("(standalone)"));

        RegistryClient any = RegistryClient.of(this::urls);
        for (int i = 0; i < SERVERS; i++) {
            assertThat(client(i).register(instance(i)).join().isOk()).isTrue();
        }
        assertThat(client(0).write("kept", "by the first").join().isOk()).isTrue();

        for (String command : commands.subList(SERVERS, commands.size() - 1)) {
            run(command);
        }
        await("each server lists what was registered at each, and what the first was told to keep")
                .atMost(SETTLES_WITHIN)
                .ignoreExceptions()
                .untilAsserted(() -> {
                    for (int i = 0; i < SERVERS; i++) {
                        assertThat(any.beat(instance(i)).join().isOk()).isTrue();
                        assertThat(RegistryClient.addresses(
                                        client(i).list("shop").join()))
                                .containsExactlyInAnyOrder(all());
                        assertThat(RegistryClient.value(
                                        client(i).readLocal("kept").join()))
                                .isEqualTo("by the first");
                        Answer written = client(i).write("later", "at " + i).join();
                        assertThat(written.isOk()).as("%s", written).isTrue();
                    }
                });
        await("all are ready, and vote").atMost(SETTLES_WITHIN).untilAsserted(() -> {
            String table = run(commands.get(commands.size() - 1));
            assertThat(table.lines().filter(line -> line.matches(".*:\\d+ +UP +yes +(LEADER|FOLLOWER) .*")))
                    .as(table)
                    .hasSize(SERVERS);
        });
    }

    private String withOwnPorts(String command) {
        String replaced = command;
        for (int i = SERVERS - 1; i >= 0; i--) {
            replaced = replaced.replace(Integer.toString(FIRST_PORT + i), Integer.toString(port + i));
        }
        return replaced;
    }

    private void start(String command) {
        String server = command.substring(MUSTER.length(), command.length() - BEHIND.length());
        servers.add(muster(server));
    }

    private String run(String command) throws IOException, InterruptedException {
        if (!command.startsWith(MUSTER)) {
            Process shell = new ProcessBuilder("bash", "-c", command)
                    .directory(directory.toFile())
                    .start();
            assertThat(shell.waitFor()).as(command).isZero();
            return "";
        }
        try (ServerProcess process = muster(command.substring(MUSTER.length()))) {
            assertThat(process.awaitExit()).as("%s: %s", command, process).isZero();
            return process.stdout();
        }
    }

    /** The script builds first if need be, and needs the tree; the rest of it is this. */
    private ServerProcess muster(String arguments) {
        try {
            ServerLauncher launcher = ServerLauncher.in(directory).small();
            Path script = directory.resolve("muster");
            Files.writeString(
                    script,
                    "#!/bin/sh\nexec '" + launcher.javaHome() + "/bin/java' " + String.join(" ", launcher.jvmOptions())
                            + " -jar '" + launcher.jar() + "' \"$@\"\n");
            assertThat(script.toFile().setExecutable(true)).isTrue();
            return launcher.runScript(script, directory, List.of(arguments.split(" ")));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<URI> urls() {
        return servers.stream().map(server -> server.uri("/")).toList();
    }

    private RegistryClient client(int server) {
        return RegistryClient.of(() -> List.of(servers.get(server).uri("/")));
    }

    private static Instance instance(int number) {
        return new Instance("shop", "10.0.0." + (1 + number), 80);
    }

    private static String[] all() {
        return Stream.iterate(0, i -> i + 1)
                .limit(SERVERS)
                .map(i -> instance(i).address())
                .toArray(String[]::new);
    }

    /** The first of three in a row that are free, and so are those for members. */
    private static int freePorts() {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        return new FreePorts(new Random()).take(loopback, first -> {
            for (int i = 0; i < SERVERS; i++) {
                for (int candidate : new int[] {first + i, first + i - 1_000}) {
                    try (ServerSocket probe = new ServerSocket()) {
                        probe.bind(new InetSocketAddress(loopback, candidate));
                    }
                }
            }
            return first;
        });
    }
}
