package io.muster.naming.model;

import java.util.Objects;

/**
 * The full name of a service: namespace, group and name. Ordered by namespace, then by grouped name, as service lists
 * are.
 *
 * <p>The constructor holds what keeps names apart from each other (no separator inside a part, bounds on length); which
 * characters a service may <em>bear</em> is checked by {@link #requireLegal()} where one is created, since asking for a
 * name that can't exist is no mistake: Nacos answers such a list call with no instances.
 *
 * @param namespaceId {@value #PUBLIC} for the namespace that the console calls ""; no '#'
 * @param group no "@@", not ending with '@'
 * @param name no "@@"
 */
public record ServiceName(String namespaceId, String group, String name) implements Comparable<ServiceName> {

    public static final String PUBLIC = "public";
    public static final String DEFAULT_GROUP = "DEFAULT_GROUP";

    private static final String GROUP_SEPARATOR = "@@";
    private static final String NAMESPACE_SEPARATOR = "##";
    private static final String FORMAT =
            "Param 'serviceName' is illegal, it should be format as 'groupName@@serviceName'";

    public ServiceName {
        Objects.requireNonNull(namespaceId, "namespaceId");
        Objects.requireNonNull(group, "group");
        if (namespaceId.isEmpty()) {
            throw new IllegalArgumentException("Param 'namespaceId' can't be empty");
        }
        if (namespaceId.indexOf('#') >= 0) {
            throw new IllegalArgumentException(
                    "Param 'namespaceId' is illegal, it can't contain '#', current: " + namespaceId);
        }
        if (group.isEmpty()) {
            throw new IllegalArgumentException("Param 'serviceName' is illegal, groupName can't be empty");
        }
        if (name.isEmpty()) {
            throw new IllegalArgumentException(FORMAT);
        }
        if (group.endsWith("@") || group.contains(GROUP_SEPARATOR) || name.contains(GROUP_SEPARATOR)) {
            throw new IllegalArgumentException(FORMAT + ", with one '@@' only");
        }
        // Nearly all services share these two: one string each.
        namespaceId = namespaceId.equals(PUBLIC) ? PUBLIC : namespaceId;
        group = group.equals(DEFAULT_GROUP) ? DEFAULT_GROUP : group;
        Limits.text("Param 'namespaceId'", namespaceId, Limits.NAMESPACE_CHARS_MAX);
        Limits.text("Param 'groupName'", group, Limits.GROUP_CHARS_MAX);
        Limits.text("Param 'serviceName'", name, Limits.SERVICE_NAME_CHARS_MAX);
    }

    /**
     * The name that the request parameters mean (nacos-v1-http.md §1.1): a service name that bears a group wins over
     * the group parameter; blanks mean the defaults.
     *
     * @param serviceName bare or grouped, already known to be given
     */
    public static ServiceName of(String namespaceId, String groupName, String serviceName) {
        String namespace = namespaceId.isBlank() ? PUBLIC : namespaceId.trim();
        String service = serviceName.trim();
        int separator = service.indexOf(GROUP_SEPARATOR);
        if (separator < 0) {
            return new ServiceName(namespace, groupName.isBlank() ? DEFAULT_GROUP : groupName.trim(), service);
        }
        return new ServiceName(
                namespace, service.substring(0, separator), service.substring(separator + GROUP_SEPARATOR.length()));
    }

    /** Reads what {@link #keyGroup()} wrote. */
    public static ServiceName ofKeyGroup(String keyGroup) {
        int namespaceEnd = keyGroup.indexOf(NAMESPACE_SEPARATOR);
        int groupEnd = namespaceEnd < 0 ? -1 : keyGroup.indexOf(GROUP_SEPARATOR, namespaceEnd);
        if (groupEnd < 0) {
            throw new IllegalArgumentException("no service's key group: " + keyGroup);
        }
        return new ServiceName(
                keyGroup.substring(0, namespaceEnd),
                keyGroup.substring(namespaceEnd + NAMESPACE_SEPARATOR.length(), groupEnd),
                keyGroup.substring(groupEnd + GROUP_SEPARATOR.length()));
    }

    /** Whether a key group names a service rather than one of the registry's own collections ({@link Keys}). */
    public static boolean isKeyGroup(String keyGroup) {
        return keyGroup.contains(NAMESPACE_SEPARATOR);
    }

    /** {@code group@@name}, the form that clients and lists use. */
    public String grouped() {
        return group + GROUP_SEPARATOR + name;
    }

    /** {@code namespace##group@@name}: the group of all of the service's keys, and its unit of responsibility. */
    public String keyGroup() {
        return namespaceId + NAMESPACE_SEPARATOR + group + GROUP_SEPARATOR + name;
    }

    /**
     * @throws IllegalArgumentException if the name has characters that no service may bear
     */
    public void requireLegal() {
        if (!legal(group) || !legal(name)) {
            throw new IllegalArgumentException(
                    "dom name can only have these characters: 0-9a-zA-Z-._:, current: " + grouped());
        }
    }

    private static boolean legal(String part) {
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            boolean legal = (c >= '0' && c <= ':')
                    || (c >= '@' && c <= 'Z')
                    || (c >= 'a' && c <= 'z')
                    || c == '_'
                    || c == '-'
                    || c == '.';
            if (!legal) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int compareTo(ServiceName other) {
        int byNamespace = namespaceId.compareTo(other.namespaceId);
        if (byNamespace != 0) {
            return byNamespace;
        }
        // Not group first: "a-b@@x" comes before "a@@x", as the grouped names do.
        return group.equals(other.group)
                ? name.compareTo(other.name)
                : grouped().compareTo(other.grouped());
    }

    /** A hot map key: cheaper than the record's generic one. */
    @Override
    public int hashCode() {
        return 31 * (31 * name.hashCode() + group.hashCode()) + namespaceId.hashCode();
    }

    @Override
    public String toString() {
        return keyGroup();
    }
}
