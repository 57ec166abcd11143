package io.muster.server.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code muster instances SERVICE}: all of them with their true health, not only those that clients are shown. */
@Command(
        name = "instances",
        description = "Shows all instances of a service, disabled ones too, with their true health (X22).")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class InstancesCommand extends AdminCommand {

    @Parameters(paramLabel = "SERVICE", description = "name, or GROUP@@name")
    private String service;

    @Mixin
    private ServiceScope scope;

    @Option(
            names = "--cluster",
            paramLabel = "NAME",
            split = ",",
            description = "one cluster, or several; default: all of them")
    private List<String> clusters = List.of();

    @Override
    void run(AdminApi api, PrintWriter out) {
        JsonArray instances =
                new JsonArray(clusters(api).flatMap(cluster -> in(api, cluster)).toList());
        if (json()) {
            out.println(instances.encodePrettily());
            return;
        }
        Table table = new Table("ADDRESS", "CLUSTER", "HEALTHY", "ENABLED", "WEIGHT", "KIND", "OVERLAY", "METADATA");
        instances.stream()
                .map(JsonObject.class::cast)
                .forEach(instance -> table.row(
                        instance.getString("ip") + ":" + instance.getInteger("port"),
                        instance.getValue("clusterName"),
                        health(instance),
                        instance.getBoolean("enabled") ? "yes" : "no",
                        instance.getValue("weight"),
                        instance.getBoolean("ephemeral") ? "ephemeral" : "persistent",
                        OverlaysCommand.said(instance),
                        metadata(instance)));
        out.print(table);
    }

    /** All of the service's, unless some are named. A service that nobody knows is a refusal. */
    private Stream<String> clusters(AdminApi api) {
        JsonObject known = (JsonObject)
                api.get("/v1/ns/catalog/service", scope.parameters(service)).json();
        return clusters.isEmpty()
                ? known.getJsonArray("clusters").stream().map(cluster -> ((JsonObject) cluster).getString("name"))
                : clusters.stream();
    }

    private Stream<Object> in(AdminApi api, String cluster) {
        Map<String, String> parameters = scope.parameters(service, "clusterName", cluster);
        // One that went meanwhile holds nothing; one that was never there is the caller's mistake.
        int gone = clusters.isEmpty() ? HttpURLConnection.HTTP_NOT_FOUND : 0;
        return Pages.all(api, "/v1/ns/catalog/instances", parameters, "list", gone).stream();
    }

    private static String health(JsonObject instance) {
        String shown = instance.getBoolean("healthy") ? "yes" : "no";
        JsonObject check = instance.getJsonObject("health", new JsonObject());
        String reason = check.getString("reason", "");
        return reason.isEmpty() ? shown : shown + ": " + reason;
    }

    private static String metadata(JsonObject instance) {
        return instance.getJsonObject("metadata", new JsonObject()).stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(" "));
    }
}
