package io.muster.server.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Where a command looks for its service: the options that several commands share. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ServiceScope {

    @Option(names = "--namespace", paramLabel = "ID", defaultValue = "public", description = "default: public")
    private String namespace;

    @Option(names = "--group", paramLabel = "GROUP", defaultValue = "", description = "default: DEFAULT_GROUP")
    private String group;

    /**
     * The parameters that name a service, and more.
     *
     * @param service bare, or {@code GROUP@@name}
     * @param more names and values in turn
     */
    Map<String, String> parameters(String service, String... more) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("namespaceId", namespace);
        parameters.put("groupName", group);
        parameters.put("serviceName", service);
        for (int i = 0; i < more.length; i += 2) {
            parameters.put(more[i], more[i + 1]);
        }
        return parameters;
    }

    /** {@code GROUP@@name}. */
    String grouped(String service) {
        return service.contains("@@") ? service : (group.isEmpty() ? "DEFAULT_GROUP" : group) + "@@" + service;
    }
}
