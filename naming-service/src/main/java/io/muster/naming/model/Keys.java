package io.muster.naming.model;

import io.muster.consistency.Key;

/**
 * Where each record is stored. Each service has a group of its own, of both modes: so the ephemeral records on its
 * instances, of either kind, have one responsible member. Two small collections of the registry are persistent.
 *
 * <pre>
 * EPHEMERAL   ns##group@@name   i/ip:port:cluster         Instance
 * EPHEMERAL   ns##group@@name   h/ip:port:cluster         Health of the persistent instance
 * PERSISTENT  ns##group@@name   service                   ServiceDefinition
 * PERSISTENT  ns##group@@name   cluster/NAME              ClusterDefinition
 * PERSISTENT  ns##group@@name   i/ip:port:cluster         Instance
 * PERSISTENT  ns##group@@name   overlay/ip:port:cluster   Overlay of the ephemeral instance
 * PERSISTENT  namespaces        namespace id              NamespaceDefinition
 * PERSISTENT  switches          cluster                   SwitchSettings
 * </pre>
 *
 * <p>Instances and overlays of one service sort alike, so that a reader can lay one over the other in a single walk.
 */
public final class Keys {

    public static final String INSTANCE_PREFIX = "i/";
    public static final String HEALTH_PREFIX = "h/";
    public static final String OVERLAY_PREFIX = "overlay/";
    public static final String CLUSTER_PREFIX = "cluster/";
    public static final String SERVICE_ID = "service";
    public static final String NAMESPACES_GROUP = "namespaces";
    public static final String SWITCHES_GROUP = "switches";
    public static final String SWITCHES_ID = "cluster";

    public static final Key SWITCHES = Key.persistent(SWITCHES_GROUP, SWITCHES_ID);

    private Keys() {}

    public static Key instance(String keyGroup, InstanceKey instance, boolean ephemeral) {
        return ephemeral ? Key.ephemeral(keyGroup, instance.id()) : Key.persistent(keyGroup, instance.id());
    }

    public static Key overlay(String keyGroup, InstanceKey instance) {
        return Key.persistent(keyGroup, instance.overlayId());
    }

    public static Key health(String keyGroup, InstanceKey instance) {
        return Key.ephemeral(keyGroup, instance.healthId());
    }

    public static Key service(String keyGroup) {
        return Key.persistent(keyGroup, SERVICE_ID);
    }

    public static Key cluster(String keyGroup, String cluster) {
        return Key.persistent(keyGroup, CLUSTER_PREFIX + cluster);
    }

    public static Key namespace(String namespaceId) {
        return Key.persistent(NAMESPACES_GROUP, namespaceId);
    }
}
