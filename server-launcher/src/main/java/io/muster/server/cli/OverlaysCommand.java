package io.muster.server.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code muster overlays}: what operators laid over ephemeral instances (X12), and what takes it back. */
@Command(
        name = "overlays",
        description = "Shows what operators laid over ephemeral instances, registered at the moment or not.",
        subcommands = OverlaysCommand.Remove.class)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class OverlaysCommand extends AdminCommand {

    private static final String PATH = "/v1/ns/instance/overlay";

    @Option(names = "--service", paramLabel = "SERVICE", defaultValue = "", description = "default: all services")
    private String service;

    @Mixin
    private ServiceScope scope;

    @Override
    void run(AdminApi api, PrintWriter out) {
        if (service.isEmpty()) {
            scope.requireNoGroup();
        }
        JsonArray overlays = Pages.all(api, PATH, scope.parameters(service), "list", 0);
        if (json()) {
            out.println(overlays.encodePrettily());
            return;
        }
        Table table = new Table("SERVICE", "INSTANCE", "CLUSTER", "SAID", "STATE", "WHEN", "BY");
        overlays.stream().map(JsonObject.class::cast).forEach(one -> {
            JsonObject stored = one.getJsonObject("overlay", new JsonObject());
            JsonObject latest = one.getJsonObject("pendingOverlay", stored);
            table.row(
                    one.getValue("serviceName"),
                    one.getString("ip") + ":" + one.getInteger("port"),
                    one.getValue("clusterName"),
                    said(one),
                    state(one, stored),
                    Times.text(latest.getLong("saidAt", 0L)),
                    latest.getString("saidBy"));
        });
        out.print(table);
    }

    private static String state(JsonObject one, JsonObject stored) {
        if (one.containsKey("pendingOverlay")) {
            return "pending";
        }
        if (one.getBoolean("registered")) {
            return "in force";
        }
        long absent = stored.getLong("absentSince", 0L);
        return absent > 0 ? "absent since " + Times.text(absent) : "absent";
    }

    /** All that lies on an instance: what is stored, then what is said over it. */
    static String said(JsonObject instance) {
        return Stream.of("overlay", "pendingOverlay")
                .filter(instance::containsKey)
                .map(field -> (field.equals("overlay") ? "" : "pending: ") + fields(instance.getJsonObject(field)))
                .collect(Collectors.joining("; "));
    }

    /** The fields that an operator set, in one line. */
    private static String fields(JsonObject overlay) {
        List<String> parts = new ArrayList<>();
        for (String field : List.of("weight", "enabled")) {
            if (overlay.containsKey(field)) {
                parts.add(field + "=" + overlay.getValue(field));
            }
        }
        overlay.getJsonObject("metadata", new JsonObject())
                .forEach(entry -> parts.add("metadata." + entry.getKey() + "=" + entry.getValue()));
        overlay.getJsonArray("metadataRemoved", new JsonArray()).forEach(key -> parts.add("no metadata." + key));
        if (overlay.getBoolean("metadataReplaced", false)) {
            parts.add("no other metadata");
        }
        return parts.isEmpty() ? "taken back" : String.join(" ", parts);
    }

    /** {@code muster overlays remove SERVICE ADDRESS}. */
    @Command(name = "remove", description = "Takes back what an operator laid over an instance.")
    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    static final class Remove extends AdminCommand {

        @Parameters(index = "0", paramLabel = "SERVICE", description = "name, or GROUP@@name")
        private String service;

        @Parameters(index = "1", paramLabel = "IP:PORT", description = "the instance")
        private String address;

        @Mixin
        private ServiceScope scope;

        @Option(names = "--cluster", paramLabel = "NAME", defaultValue = "DEFAULT", description = "default: DEFAULT")
        private String cluster;

        @Override
        void run(AdminApi api, PrintWriter out) {
            int colon = address.lastIndexOf(':');
            if (colon <= 0) {
                throw AdminException.usage("'" + address + "' is no ip:port");
            }
            Map<String, String> parameters = scope.parameters(
                    service,
                    "ip",
                    address.substring(0, colon),
                    "port",
                    address.substring(colon + 1),
                    "clusterName",
                    cluster);
            api.ask("DELETE", PATH, parameters).text();
            done(
                    out,
                    "overlay of " + address + " removed",
                    Map.of("service", scope.grouped(service), "instance", address, "cluster", cluster));
        }
    }
}
