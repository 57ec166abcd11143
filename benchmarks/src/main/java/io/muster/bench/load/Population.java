package io.muster.bench.load;

/**
 * Who registers: instances spread evenly over services, each with an address of its own.
 *
 * @param instances at most 2^24, so that each has an address in 10.0.0.0/8
 * @param instancesPerService how many of them one service has
 */
public record Population(int instances, int instancesPerService) {

    public Population {
        if (instances < 1 || instances > 1 << 24 || instancesPerService < 1) {
            throw new IllegalArgumentException(
                    "cannot spread " + instances + " instances, " + instancesPerService + " a service");
        }
    }

    public int services() {
        return (instances + instancesPerService - 1) / instancesPerService;
    }

    /** How many instances the service has; only the last one may have fewer than the others. */
    public int instancesOf(int service) {
        return Math.min(instancesPerService, instances - service * instancesPerService);
    }

    public String registration(int instance) {
        return "/nacos/v1/ns/instance" + query(instance)
                + "&weight=1.0&enable=true&healthy=true&ephemeral=true&metadata=%7B%7D";
    }

    public String beat(int instance) {
        return "/nacos/v1/ns/instance/beat" + query(instance);
    }

    public String list(int service) {
        return "/nacos/v1/ns/instance/list?namespaceId=public&serviceName=DEFAULT_GROUP%40%40load-" + service;
    }

    private String query(int instance) {
        return "?namespaceId=public&serviceName=DEFAULT_GROUP%40%40load-" + instance / instancesPerService + "&ip=10."
                + (instance >>> 16) + "." + (instance >>> 8 & 0xff) + "." + (instance & 0xff)
                + "&port=8080&clusterName=DEFAULT";
    }
}
