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
 * Knows members by what only they can make of the cluster secret, and operators by the secret itself in a header (X24): what is for members is open to them alone, and what is for admins and readers is open to them whatever
 * the other guard says: they ask each other, too. Without a secret nobody is known for one.
 *
 * @param secret of the cluster, if it has one
 * @param proofs takes members' proofs, if there is a secret
 * @param others decides over everybody else
 */
public record MemberGuard(Optional<Secret> secret, Optional<MemberProof> proofs, Guard others) implements Guard {

    /** The header that bears the secret. */
    public static final String HEADER = "Muster-Cluster-Secret";

    private static final CharSequence LOOKED_UP = HttpHeaders.createOptimized(HEADER);
    private static final CharSequence PROOF_LOOKED_UP = HttpHeaders.createOptimized(MemberProof.HEADER);
    private static final int FORBIDDEN = 403;

    /** Whether the secret lets in whoever bears it. */
    static boolean opens(Access access) {
        return access == Access.MEMBER || access == Access.ADMIN || access == Access.READ;
    }

    @Override
    public Optional<Answer> refusal(Route route, ApiRequest request) {
        if (route.access() == Access.MEMBER) {
            return objection(request).map(why -> Answer.text(FORBIDDEN, "members only: " + why));
        }
        Optional<Answer> refused = others.refusal(route, request);
        return refused.isPresent()
                        && opens(route.access())
                        && objection(request).isEmpty()
                ? Optional.empty()
                : refused;
    }

    /** Why the request is no member's; empty if it is one's. A proof is good for one time that this is asked. */
    private Optional<String> objection(ApiRequest request) {
        if (secret.isEmpty()) {
            return Optional.of("no cluster secret is configured, so nobody can prove to be one");
        }
        Optional<String> proof = request.header(PROOF_LOOKED_UP);
        if (proof.isPresent() && proofs.isPresent()) {
            return proofs.get().objection(proof.get(), request.method(), request.uri(), request.bodyText());
        }
        return request.header(LOOKED_UP).filter(secret.get()::matches).isPresent()
                ? Optional.empty()
                : Optional.of("the header " + HEADER + " must bear the cluster secret");
    }
}
