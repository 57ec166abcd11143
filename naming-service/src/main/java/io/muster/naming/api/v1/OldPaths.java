package io.muster.naming.api.v1;

import io.muster.naming.api.Route;
import java.util.List;

/**
 * The routes of Nacos for instances once more under {@code /v1/ns/api}, where clients before 0.8 look for them
 * (nacos-v1-http.md §3.5). Routes that are ours alone have no second place.
 */
final class OldPaths {

    private static final String PATH = "/v1/ns/instance";
    private static final String OLD_PATH = "/v1/ns/api";

    /** Of Nacos, below {@link #PATH}. */
    private static final List<String> NAMES = List.of("", "/list", "/beat", "/statuses", "/metadata/batch");

    private OldPaths() {}

    static List<Route> of(List<Route> routes) {
        return routes.stream()
                .filter(route -> NAMES.stream().anyMatch(name -> route.path().equals(PATH + name)))
                .map(route -> route.at(OLD_PATH + route.path().substring(PATH.length())))
                .toList();
    }
}
