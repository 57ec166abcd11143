package io.muster.naming.api;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * One method on one path: who may call it, what it takes, what it does. Everything that is known about a route stands
 * here, and all that depends on it is derived: registration, 405 answers, reading, tests.
 *
 * @param path without the context prefix {@value RouteTable#CONTEXT}; no variable parts
 * @param access admins only unless said otherwise
 * @param gated whether it is refused while the server does not serve clients ({@link ServingGate}): all of naming is,
 *     health and login are not
 * @param params in the order of documentation
 * @param summary one line for people
 */
public record Route(
        Verb verb,
        String path,
        Access access,
        boolean gated,
        List<Param<?>> params,
        String summary,
        Endpoint endpoint) {

    /** What all routes of the naming service begin with. */
    public static final String NAMING = "/v1/ns/";

    public Route {
        if (!path.startsWith("/") || path.startsWith(RouteTable.CONTEXT + "/")) {
            throw new IllegalArgumentException("a route's path begins with '/' and goes without the context: " + path);
        }
        params = List.copyOf(params);
    }

    /** A route for admins. */
    public static Route of(Verb verb, String path, List<Param<?>> params, String summary, Endpoint endpoint) {
        return new Route(verb, path, Access.ADMIN, path.startsWith(NAMING), params, summary, endpoint);
    }

    /** A route for admins whose answer is at hand. */
    public static Route immediate(
            Verb verb, String path, List<Param<?>> params, String summary, Function<ApiRequest, Answer> function) {
        return of(verb, path, params, summary, Endpoint.immediate(function));
    }

    public Route access(Access newAccess) {
        return new Route(verb, path, newAccess, gated, params, summary, endpoint);
    }

    /** The same, answered whether or not the server serves clients. */
    public Route always() {
        return new Route(verb, path, access, false, params, summary, endpoint);
    }

    /** The same under another path. */
    public Route at(String otherPath) {
        return new Route(verb, otherPath, access, gated, params, summary, endpoint);
    }

    /** The lists in one, for routes that share parameters. */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    public static List<Param<?>> params(List<Param<?>>... parts) {
        List<Param<?>> all = new ArrayList<>();
        for (List<Param<?>> part : parts) {
            all.addAll(part);
        }
        return all;
    }
}
