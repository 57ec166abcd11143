package io.muster.server.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Where a command looks for its service: the options that several commands share. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ServiceScope {

    private static final String PUBLIC = "public";

    @Option(names = "--namespace", paramLabel = "ID", defaultValue = PUBLIC, description = "default: public")
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

    /** @throws AdminException if a group is given, for a command that has no service to look for in it */
    void requireNoGroup() {
        if (!group.isEmpty()) {
            throw AdminException.usage("--group needs --service");
        }
    }

    /** @throws AdminException if a group or a namespace is given, for a command that has no service to look for in them */
    void requireNone() {
        requireNoGroup();
        if (!namespace.equals(PUBLIC)) {
            throw AdminException.usage("--namespace needs --service");
        }
    }

    /** {@code GROUP@@name}. */
    String grouped(String service) {
        return service.contains("@@") ? service : (group.isEmpty() ? "DEFAULT_GROUP" : group) + "@@" + service;
    }
}
