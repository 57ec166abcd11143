package io.muster.naming.model;

/**
 * A namespace that the console lists. Naming works in any namespace, defined or not.
 *
 * @param id letters, digits, '_' and '-'
 * @param metadata heartbeat defaults of its services, see {@link HeartbeatSettings}
 */
public record NamespaceDefinition(String id, String name, String description, Metadata metadata)
        implements RegistryRecord {

    public static final NamespaceDefinition PUBLIC =
            new NamespaceDefinition(ServiceName.PUBLIC, ServiceName.PUBLIC, "", Metadata.EMPTY);

    public NamespaceDefinition {
        requireId(id);
        Limits.text("namespace name", name, Limits.NAMESPACE_CHARS_MAX);
        Limits.text("namespace description", description, Limits.TEXT_CHARS_MAX);
        HeartbeatSettings.requireReadable(metadata);
    }

    private static void requireId(String id) {
        boolean legal = !id.isEmpty();
        for (int i = 0; i < id.length() && legal; i++) {
            char c = id.charAt(i);
            legal = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
        }
        if (!legal) {
            throw new IllegalArgumentException(
                    "namespace id can only have these characters: 0-9a-zA-Z_-, current: " + id);
        }
        Limits.text("namespace id", id, Limits.NAMESPACE_CHARS_MAX);
    }

    @Override
    public Kind kind() {
        return Kind.NAMESPACE;
    }
}
