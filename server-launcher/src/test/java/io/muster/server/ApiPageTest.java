package io.muster.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.naming.api.Access;
import io.muster.naming.api.Param;
import io.muster.naming.api.Route;
import io.muster.naming.api.RouteTable;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the table of {@code docs/api.md} to the routes. With {@code -Dmuster.docs=write} it is written anew. */
class ApiPageTest {

    private static final Path PAGE = Path.of("..", "docs", "api.md");
    private static final String BEGIN = "<!-- routes: written by ApiPageTest -->\n";
    private static final String END = "<!-- end of routes -->\n";

    @Test
    void page_hasARowForEveryRoute(@TempDir Path directory) throws IOException {
        String rows;
        try (TestServer server = TestServer.start(directory)) {
            rows = rows(server);
        }
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);
        assertThat(begin).isGreaterThanOrEqualTo(BEGIN.length());
        assertThat(end).isGreaterThanOrEqualTo(begin);
        if ("write".equals(System.getProperty("muster.docs"))) {
            Files.writeString(PAGE, page.substring(0, begin) + rows + page.substring(end));
        } else {
            assertThat(page.substring(begin, end))
                    .as("docs/api.md is behind the routes: run this test with -Dmuster.docs=write")
                    .isEqualTo(rows);
        }
    }

    private static String rows(TestServer asked) {
        MusterServer server = asked.server();
        JsonObject paths = new JsonObject(asked.get("/openapi.json").body()).getJsonObject("paths");
        Stream<String> routes = server.routes().stream()
                .sorted(Comparator.comparing(Route::path).thenComparing(Route::verb))
                .map(ApiPageTest::row);
        Stream<String> others = server.otherPaths().stream()
                .filter(path -> !path.startsWith(RouteTable.CONTEXT + "/"))
                .map(path -> "| `GET " + path + "` | open | "
                        + paths.getJsonObject(path).getJsonObject("get").getString("summary") + " |  |");
        return Stream.of(Stream.of("| request | who | does | parameters |", "|---|---|---|---|"), routes, others)
                .flatMap(lines -> lines)
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static String row(Route route) {
        String parameters = route.params().stream().map(ApiPageTest::named).collect(Collectors.joining(", "));
        return "| `%s %s` | %s | %s | %s |"
                .formatted(route.verb(), route.path(), who(route.access()), route.summary(), parameters);
    }

    private static String who(Access access) {
        return access.name().toLowerCase(Locale.ROOT);
    }

    private static String named(Param<?> param) {
        List<String> aliases = param.aliases();
        String name = "`" + param.name() + "`" + (param.isRequired() ? "\\*" : "");
        return aliases.isEmpty() ? name : name + " (" + String.join(", ", aliases) + ")";
    }
}
