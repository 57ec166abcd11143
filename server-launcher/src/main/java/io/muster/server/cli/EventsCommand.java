package io.muster.server.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code muster events}: what happened to members, lookup and leader. */
@Command(
        name = "events",
        description =
                "Shows what happened to members, lookup and leader as this server saw it, oldest first; the latest 1000.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class EventsCommand extends AdminCommand {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    @Option(names = "--since", paramLabel = "ID", defaultValue = "0", description = "only those after this one")
    private long since;

    @Override
    void run(AdminApi api, PrintWriter out) {
        JsonObject page = (JsonObject) api.get("/v1/core/cluster/events", Map.of("since", String.valueOf(since)))
                .json();
        if (json()) {
            out.println(page.encodePrettily());
            return;
        }
        Table table = new Table("ID", "TIME", "EVENT", "TEXT");
        JsonArray events = page.getJsonArray("events");
        for (int i = 0; i < events.size(); i++) {
            JsonObject event = events.getJsonObject(i);
            table.row(
                    event.getValue("id"),
                    TIME.format(Instant.ofEpochMilli(event.getLong("time"))),
                    event.getValue("kind"),
                    event.getValue("text"));
        }
        out.print(table);
        long missed = page.getLong("missed");
        if (missed > 0) {
            out.println(missed + " older ones are forgotten");
        }
    }
}
