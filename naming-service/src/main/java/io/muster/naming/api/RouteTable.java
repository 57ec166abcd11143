package io.muster.naming.api;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * All routes by path, each with the prefix {@value #CONTEXT} and without. Found by one hash look-up, however many there
 * are.
 */
public final class RouteTable {

    /** The context path of Nacos, which all of its clients send. */
    public static final String CONTEXT = "/nacos";

    /** The routes of one path, by verb. */
    static final class Methods {
        private final Map<Verb, Route> byVerb = new EnumMap<>(Verb.class);

        Optional<Route> on(Verb verb) {
            return Optional.ofNullable(byVerb.get(verb));
        }

        /** For the header of a 405. */
        String allowed() {
            return byVerb.keySet().stream().map(Verb::name).collect(Collectors.joining(", "));
        }
    }

    private final List<Route> routes;
    private final Map<String, Methods> byPath = new HashMap<>();

    /**
     * @throws IllegalArgumentException if two routes have the same verb and path
     */
    public RouteTable(List<Route> routes) {
        this.routes = List.copyOf(routes);
        for (Route route : routes) {
            Methods methods = byPath.computeIfAbsent(route.path(), path -> new Methods());
            if (methods.byVerb.put(route.verb(), route) != null) {
                throw new IllegalArgumentException("two routes for " + route.verb() + ' ' + route.path());
            }
            byPath.put(CONTEXT + route.path(), methods);
        }
    }

    /** In the order given. */
    public List<Route> routes() {
        return routes;
    }

    Optional<Methods> find(String path) {
        return Optional.ofNullable(byPath.get(path));
    }
}
