package io.muster.server.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code muster subscribers SERVICE}: whom all members push its changes to. */
@Command(
        name = "subscribers",
        description = "Shows who is pushed the changes of a service, by whatever member; who only polls does not show.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class SubscribersCommand extends AdminCommand {

    @Parameters(paramLabel = "SERVICE", description = "name, or GROUP@@name")
    private String service;

    @Mixin
    private ServiceScope scope;

    @Option(names = "--here", description = "only those of the server that is asked")
    private boolean here;

    @Override
    void run(AdminApi api, PrintWriter out) {
        JsonArray subscribers = new JsonArray();
        // Each page asks all members anew: who failed one of them may lack on it.
        Set<String> unanswered = new TreeSet<>();
        JsonObject page;
        int pageNo = 0;
        do {
            pageNo++;
            page = (JsonObject)
                    api.get("/v1/ns/service/subscribers", asked(pageNo)).json();
            subscribers.addAll(page.getJsonArray("subscribers"));
            page.getJsonArray("unanswered", new JsonArray()).forEach(member -> unanswered.add(String.valueOf(member)));
        } while (!Pages.isLast(pageNo, page));
        // The server takes the name for a part of names.
        String exactly = scope.grouped(service);
        JsonArray ours = new JsonArray(subscribers.stream()
                .filter(one -> ((JsonObject) one).getString("serviceName").equals(exactly))
                .toList());
        show(ours, List.copyOf(unanswered), out);
    }

    private Map<String, String> asked(int pageNo) {
        return scope.parameters(
                service,
                "pageNo",
                String.valueOf(pageNo),
                "pageSize",
                String.valueOf(Pages.SIZE),
                "aggregation",
                String.valueOf(!here));
    }

    private void show(JsonArray subscribers, List<String> unanswered, PrintWriter out) {
        if (json()) {
            out.println(new JsonObject()
                    .put("subscribers", subscribers)
                    .put("unanswered", new JsonArray(unanswered))
                    .encodePrettily());
            return;
        }
        Table table = new Table("ADDRESS", "CLUSTERS", "AGENT", "APP");
        subscribers.stream()
                .map(JsonObject.class::cast)
                .forEach(one -> table.row(
                        one.getValue("addrStr"), one.getValue("cluster"), one.getValue("agent"), one.getValue("app")));
        out.print(table);
        if (!unanswered.isEmpty()) {
            out.println("not complete: no full answer from " + String.join(", ", unanswered));
        }
    }
}
