package io.muster.server.http;

import io.muster.naming.api.Access;
import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Guard;
import io.muster.naming.api.Route;
import io.muster.server.config.Secret;
import io.vertx.core.http.HttpHeaders;
import java.util.Optional;

/**
 * Knows members by the cluster secret in a header (X24): what is for members is open to them alone, and what is for admins and readers is open to them whatever
 * the other guard says: they ask each other, too. Without a secret nobody is known for one.
 *
 * @param secret of the cluster, if it has one
 * @param others decides over everybody else
 */
public record MemberGuard(Optional<Secret> secret, Guard others) implements Guard {

    /** The header that bears the secret. */
    public static final String HEADER = "Muster-Cluster-Secret";

    private static final CharSequence LOOKED_UP = HttpHeaders.createOptimized(HEADER);
    private static final int FORBIDDEN = 403;

    /** Whether the secret lets in whoever bears it. */
    static boolean opens(Access access) {
        return access == Access.MEMBER || access == Access.ADMIN || access == Access.READ;
    }

    @Override
    public Optional<Answer> refusal(Route route, ApiRequest request) {
        if (route.access() == Access.MEMBER) {
            return isMember(request) ? Optional.empty() : Optional.of(Answer.text(FORBIDDEN, "members only: " + why()));
        }
        Optional<Answer> refused = others.refusal(route, request);
        return refused.isPresent() && opens(route.access()) && isMember(request) ? Optional.empty() : refused;
    }

    private boolean isMember(ApiRequest request) {
        return secret.isPresent()
                && request.header(LOOKED_UP).filter(secret.get()::matches).isPresent();
    }

    private String why() {
        return secret.isPresent()
                ? "the header " + HEADER + " must bear the cluster secret"
                : "no cluster secret is configured, so nobody can prove to be one";
    }
}
