package io.muster.naming.model;

/**
 * What tells the instances of one service apart: address, port and cluster. The same address in two clusters is two
 * instances.
 *
 * @param ip dotted IPv4, IPv6 in brackets, or a host name
 * @param port 0 to {@value Limits#PORT_MAX}
 * @param cluster letters, digits and '-'
 */
public record InstanceKey(String ip, int port, String cluster) {

    public static final String DEFAULT_CLUSTER = "DEFAULT";

    public InstanceKey {
        HostNames.require(ip);
        if (port < 0 || port > Limits.PORT_MAX) {
            throw new IllegalArgumentException(
                    "instance format invalid: the port must be within 0 and " + Limits.PORT_MAX + ", current: " + port);
        }
        // Most instances are in the default cluster: one string for all of them.
        cluster = cluster.equals(DEFAULT_CLUSTER) ? DEFAULT_CLUSTER : requireCluster(cluster);
    }

    /** The id of the instance's datum within its service: {@code i/ip:port:cluster}. */
    public String id() {
        return Keys.INSTANCE_PREFIX + ip + ':' + port + ':' + cluster;
    }

    /** The id of the instance's overlay datum: {@code overlay/ip:port:cluster}. */
    public String overlayId() {
        return Keys.OVERLAY_PREFIX + ip + ':' + port + ':' + cluster;
    }

    /** The id of the datum that tells a persistent instance's health: {@code h/ip:port:cluster}. */
    public String healthId() {
        return Keys.HEALTH_PREFIX + ip + ':' + port + ':' + cluster;
    }

    /** {@code ip:port:unknown:cluster}, the form that Nacos answers and messages use. */
    public String wireForm() {
        return ip + ':' + port + ":unknown:" + cluster;
    }

    /** Reads what {@link #id()}, {@link #overlayId()} or {@link #healthId()} wrote. */
    public static InstanceKey ofId(String id) {
        int start = id.indexOf('/') + 1;
        int clusterStart = id.lastIndexOf(':');
        int portStart = clusterStart < 0 ? -1 : id.lastIndexOf(':', clusterStart - 1);
        if (start == 0 || portStart < start) {
            throw new IllegalArgumentException("no instance's id: " + id);
        }
        return new InstanceKey(
                id.substring(start, portStart),
                Integer.parseInt(id, portStart + 1, clusterStart, 10),
                id.substring(clusterStart + 1));
    }

    /**
     * @return the same name
     * @throws IllegalArgumentException if no cluster may be called so
     */
    public static String requireCluster(String cluster) {
        boolean legal = !cluster.isEmpty();
        for (int i = 0; i < cluster.length() && legal; i++) {
            char c = cluster.charAt(i);
            legal = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
        }
        if (!legal) {
            throw new IllegalArgumentException(
                    "cluster name can only have these characters: 0-9a-zA-Z-, current: " + cluster);
        }
        return Limits.text("cluster name", cluster, Limits.CLUSTER_CHARS_MAX);
    }

    @Override
    public String toString() {
        return ip + ':' + port + ':' + cluster;
    }
}
