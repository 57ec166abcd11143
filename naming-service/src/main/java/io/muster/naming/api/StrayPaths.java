package io.muster.naming.api;

import java.util.Optional;

/**
 * What requests are told that have lost their way: under the naming API, and at the configuration service that this
 * server does not have.
 */
final class StrayPaths {

    private StrayPaths() {}

    /** Empty for paths that are none of ours. */
    static Optional<Answer> answer(String method, String path) {
        String bare = path.startsWith(RouteTable.CONTEXT + "/") ? path.substring(RouteTable.CONTEXT.length()) : path;
        if (bare.startsWith("/v1/cs/") || bare.equals("/v1/cs")) {
            return Optional.of(Answer.text(
                    501,
                    "this server is a service registry and has no configuration service: there is nothing at /v1/cs"));
        }
        if (bare.startsWith("/v1/ns/") || bare.equals("/v1/ns")) {
            return Optional.of(Answer.text(501, "no such api:" + method + ':' + path));
        }
        return Optional.empty();
    }
}
