package io.muster.server.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code muster events}: what happened to members, lookup and leader, or to the instances of a service. */
@Command(
        name = "events",
        description = {
            "Shows what happened to members, lookup and leader, or with --service to the instances of a service, oldest first.",
            "Each server tells what it saw itself: the latest 1000 of the cluster, the latest 32 of a service."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class EventsCommand extends AdminCommand {

    private static final String OF_CLUSTER = "/v1/core/cluster/events";
    private static final String OF_SERVICE = "/v1/ns/events";

    @Option(names = "--service", paramLabel = "SERVICE", defaultValue = "", description = "name, or GROUP@@name")
    private String service;

    @Mixin
    private ServiceScope scope;

    @Option(names = "--since", paramLabel = "ID", defaultValue = "0", description = "only those after this one")
    private long since;

    @Option(
            names = "--follow",
            description = "go on with what happens, until interrupted; with --json an object a line")
    private boolean follow;

    @Override
    void run(AdminApi api, PrintWriter out) {
        if (service.isEmpty()) {
            scope.requireNone();
        }
        String path = service.isEmpty() ? OF_CLUSTER : OF_SERVICE;
        Map<String, String> parameters =
                service.isEmpty() ? new LinkedHashMap<>() : new LinkedHashMap<>(scope.parameters(service));
        parameters.put("since", String.valueOf(since));
        if (follow) {
            api.follow(path, parameters, (kind, data) -> {
                out.println(json() ? data : line(kind, new JsonObject(data)));
                out.flush();
            });
            return;
        }
        JsonObject page = (JsonObject) api.get(path, parameters).json();
        if (json()) {
            out.println(page.encodePrettily());
            return;
        }
        show(page, out);
    }

    private void show(JsonObject page, PrintWriter out) {
        Table table = service.isEmpty()
                ? new Table("ID", "TIME", "EVENT", "TEXT")
                : new Table("ID", "TIME", "EVENT", "CAUSE", "INSTANCE", "BY", "TEXT");
        JsonArray events = page.getJsonArray("events");
        for (int i = 0; i < events.size(); i++) {
            JsonObject event = events.getJsonObject(i);
            table.row(cells(event).toArray());
        }
        out.print(table);
        long missed = page.getLong("missed");
        if (missed > 0) {
            out.println(missed + " older ones are forgotten");
        }
    }

    private List<Object> cells(JsonObject event) {
        String time = Times.text(event.getLong("time"));
        return service.isEmpty()
                ? List.of(event.getLong("id"), time, event.getString("kind"), event.getString("text"))
                : List.of(
                        event.getLong("id"),
                        time,
                        event.getString("kind"),
                        event.getString("cause"),
                        event.getString("instance"),
                        event.getString("by", ""),
                        event.getString("text"));
    }

    private String line(String kind, JsonObject data) {
        if (kind.equals("MISSED")) {
            return data.getLong("missed") + " older ones are forgotten";
        }
        return Table.printable(
                String.join("  ", cells(data).stream().map(String::valueOf).toList()));
    }
}
