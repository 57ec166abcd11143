package io.muster.naming.api;

import io.vertx.core.http.HttpMethod;
import java.util.Optional;

/** The request methods that routes answer to. */
public enum Verb {
    GET,
    POST,
    PUT,
    DELETE,
    PATCH;

    private final Optional<Verb> present = Optional.of(this);

    /** Empty for a method that no route has. */
    static Optional<Verb> of(HttpMethod method) {
        return switch (method.name()) {
            case "GET" -> GET.present;
            case "POST" -> POST.present;
            case "PUT" -> PUT.present;
            case "DELETE" -> DELETE.present;
            case "PATCH" -> PATCH.present;
            default -> Optional.empty();
        };
    }
}
