package io.muster.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.server.http.MemberGuard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds {@code docs/not-served.md} to what the server answers. */
class NotServedPageTest {

    private static final Path PAGE = Path.of("..", "docs", "not-served.md");

    /** {@code | `VERB /path`, more words | status |}. */
    private static final Pattern ROW =
            Pattern.compile("^\\| `(GET|POST|PUT|DELETE) (/\\S+)`([^|]*)\\| (\\d{3}) \\|", Pattern.MULTILINE);

    private static final Pattern SWITCH = Pattern.compile("`(\\w+)`");

    @TempDir
    private Path directory;

    @Test
    void whatThePageNames_answersAsItSays() throws IOException {
        List<MatchResult> rows = ROW.matcher(Files.readString(PAGE)).results().toList();
        assertThat(rows).hasSizeGreaterThan(10);
        try (TestServer server = TestServer.start(directory, "--cluster-secret=hush")) {
            for (MatchResult row : rows) {
                String prefix = row.group(2).startsWith("/nacos") ? "/nacos" : "";
                int status = server.ask(row.group(1), prefix + row.group(2), MemberGuard.HEADER, "hush")
                        .statusCode();
                assertThat(status).as(row.group()).isEqualTo(Integer.parseInt(row.group(4)));
            }
        }
    }

    /** Each is known, and refused. */
    @Test
    void switchesThatThePageNames_cannotBeSet() throws IOException {
        String page = Files.readString(PAGE);
        String named = page.substring(page.indexOf("in it: "), page.indexOf("## Label selectors"));
        List<String> switches =
                SWITCH.matcher(named).results().map(found -> found.group(1)).toList();
        assertThat(switches).hasSizeGreaterThan(8);
        try (TestServer server = TestServer.start(directory)) {
            String shown = server.get("/v1/ns/operator/switches").body();
            for (String one : switches) {
                int status = server.ask("PUT", "/v1/ns/operator/switches?value=true&entry=" + one)
                        .statusCode();
                assertThat(status).as(one).isEqualTo(400);
                assertThat(shown.contains("\"" + one + "\"")
                                || List.of("distro", "masters").contains(one))
                        .as(one)
                        .isTrue();
            }
        }
    }
}
