package io.muster.naming.api;

import java.util.Optional;

/**
 * Decides whether a caller may use a route. Asked before parameters are read for all routes that are not {@link
 * Access#OPEN}.
 */
@FunctionalInterface
public interface Guard {

    /**
     * The guard while authentication is off: identities and tokens are not looked at, and what is for members stays
     * closed.
     */
    Guard AUTHENTICATION_OFF = (route, request) ->
            route.access() == Access.MEMBER ? Optional.of(Answer.text(403, "members only")) : Optional.empty();

    /** Empty if the caller may go on, else the answer. */
    Optional<Answer> refusal(Route route, ApiRequest request);
}
