package io.muster.naming.model;

/**
 * Everything that the registry stores by key ({@link Keys}): the one family of values that it shares with the engines.
 */
public sealed interface RegistryRecord
        permits Instance, ServiceDefinition, ClusterDefinition, Overlay, NamespaceDefinition, SwitchSettings, Health {

    Kind kind();

    /** For dispatch. The number stands in stored and sent bytes: it is never reused. */
    enum Kind {
        INSTANCE(1),
        SERVICE(2),
        CLUSTER(3),
        OVERLAY(4),
        NAMESPACE(5),
        SWITCHES(6),
        HEALTH(7);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        public int number() {
            return number;
        }
    }
}
