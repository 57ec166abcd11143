package io.muster.naming.api.v1;

import io.muster.consistency.Readiness;
import io.muster.naming.api.Guard;
import io.muster.naming.registry.WarmUp;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the API must know of the process that it runs in. All suppliers are asked on event loops, some for every
 * request: they answer at once.
 *
 * @param readiness whether clients may be served (R49, X15)
 * @param writeReadiness whether their writes may be, though lists may still lack persistent instances (X10)
 * @param warmUp whether lists may still lack instances after a cold start (X13)
 * @param leader the member that orders persistent writes, as {@code host:port}, for the header of answers (R74)
 * @param cluster the members
 * @param others asks them
 * @param checkTimes how long health checks take here
 * @param tokens issues what login answers
 * @param guard who may call what
 * @param version of this server
 * @param pushToClientIp whether pushes go to the address that a client names rather than to the one it calls from:
 *     right behind proxies, where clients can be trusted not to name somebody else
 * @param bodyBytesMax larger request bodies get 413
 */
public record V1Environment(
        Supplier<Readiness> readiness,
        Supplier<Readiness> writeReadiness,
        WarmUp warmUp,
        Supplier<Optional<String>> leader,
        ClusterFacts cluster,
        OtherMembers others,
        CheckTimes checkTimes,
        AccessTokens tokens,
        Guard guard,
        String version,
        boolean pushToClientIp,
        int bodyBytesMax) {}
