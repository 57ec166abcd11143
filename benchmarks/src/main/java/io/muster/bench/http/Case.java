package io.muster.bench.http;

import java.util.List;

/**
 * One kind of request under comparison.
 *
 * @param name as {@code wrk/requests.lua} knows it
 * @param method of the request
 * @param path without the query
 * @param sampleQuery of a request whose answer the bare handler copies
 * @param services over which the requests spread
 * @param instancesPerService how many of each
 * @param ratioGoal CPU per request as a multiple of the bare handler's, at most; 0 where the design names none
 * @param nacosMicros CPU per request of Nacos, as recorded in the design
 */
record Case(
        String name,
        String method,
        String path,
        String sampleQuery,
        int services,
        int instancesPerService,
        double ratioGoal,
        double nacosMicros) {

    /** The design's: CPU per request at most this share of Nacos'. */
    static final double NACOS_SHARE_GOAL = 0.1;

    /** What the bare handler took on the machine on which Nacos was measured: the measure by which its figures carry over to others. */
    static final double NACOS_BARE_MICROS = 7;

    private static final String NAMESPACE = "?namespaceId=public&serviceName=DEFAULT_GROUP%40%40";

    static final int READ_SERVICES = 100;
    static final int INSTANCES_PER_SERVICE = 10;

    /** Bounds the registrations, and with them the heap: 600,000 instances. */
    private static final int REGISTERED_SERVICES = 60_000;

    static final Case LIST = new Case(
            "list",
            "GET",
            "/nacos/v1/ns/instance/list",
            NAMESPACE + "bench-0&clusters=&clientIP=127.0.0.1&udpPort=0&healthyOnly=false",
            READ_SERVICES,
            INSTANCES_PER_SERVICE,
            1.7,
            104);

    static final Case BEAT = new Case(
            "beat",
            "PUT",
            "/nacos/v1/ns/instance/beat",
            NAMESPACE + "bench-0&ip=10.0.0.0&port=8080&clusterName=DEFAULT",
            READ_SERVICES,
            INSTANCES_PER_SERVICE,
            2,
            97);

    static final Case REGISTER = new Case(
            "register",
            "POST",
            "/nacos/v1/ns/instance",
            NAMESPACE + "bench-0&ip=10.0.0.0&port=8080&clusterName=DEFAULT",
            REGISTERED_SERVICES,
            INSTANCES_PER_SERVICE,
            0,
            339);

    static final List<Case> ALL = List.of(LIST, BEAT, REGISTER);

    /** Registers instance i of those that lists and beats are about. */
    static String registration(int instance) {
        return REGISTER.path + NAMESPACE + "bench-" + instance / INSTANCES_PER_SERVICE + "&ip=10.0." + instance / 256
                + "." + instance % 256 + "&port=8080&clusterName=DEFAULT";
    }

    /** Arguments of the Lua script. */
    List<String> arguments(long firstRequest) {
        return List.of(
                name, Integer.toString(services), Integer.toString(instancesPerService), Long.toString(firstRequest));
    }
}
