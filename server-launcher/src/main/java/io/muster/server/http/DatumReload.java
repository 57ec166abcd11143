package io.muster.server.http;

import io.muster.consistency.ConsistencyException.NotReady;
import io.muster.consistency.Key;
import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Json;
import io.muster.naming.api.Param;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import io.muster.naming.registry.AuditLog;
import io.muster.naming.registry.Caller;
import io.muster.server.http.DatumCopies.Copy;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * {@code PUT /v1/ns/raft/datum/reload} (R25), for admins and members: compares one persistent datum here with the leader's. Copies that have applied the same
 * log hold the same, so a difference means that this node's state is wrong as a whole: all of it is replaced by the leader's, and no single value is written past
 * the log.
 *
 * @param copies to compare
 * @param audit gets a line for each replacement
 */
public record DatumReload(DatumCopies copies, AuditLog audit) {

    private static final String PATH = "/v1/ns/raft/datum/reload";

    /** The datum may change between the two looks; a difference that stands through that many is none of those. */
    private static final int LOOKS_MAX = 5;

    private static final Param<Key> KEY = Param.text("key", DatumTexts.KEY_CHARS_MAX, "namespaces/a", DatumTexts::key)
            .required();

    /** What came of it. */
    enum Outcome {
        LEADS("this node leads: its copy is what others compare with"),
        SAME("the same as the leader's"),
        REPLACED("differs from the leader's: this node's state is being replaced by it");

        private final String text;

        Outcome(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** What two looks at one datum tell. */
    private enum Finding {
        SAME,
        DIFFERENT,
        /** It may have changed between the looks. */
        UNCLEAR
    }

    public List<Route> routes() {
        return List.of(Route.of(
                Verb.PUT,
                PATH,
                List.of(KEY),
                "compares a persistent datum with the leader's, and gets it if it differs",
                this::reload));
    }

    private CompletionStage<Answer> reload(ApiRequest request) {
        return reload(request.get(KEY), new Caller("", request.remoteHost()))
                .thenApply(outcome -> Json.object(json -> {
                    json.writeBooleanField("replaced", outcome == Outcome.REPLACED);
                    json.writeStringField("outcome", outcome.toString());
                }));
    }

    CompletionStage<Outcome> reload(Key key, Caller caller) {
        if (copies.leads()) {
            return CompletableFuture.completedStage(Outcome.LEADS);
        }
        return compare(key, Optional.empty(), LOOKS_MAX)
                .thenCompose(found -> found.map(difference -> replace(key, difference, caller))
                        .orElseGet(() -> CompletableFuture.completedStage(Outcome.SAME)));
    }

    private CompletionStage<Outcome> replace(Key key, Difference difference, Caller caller) {
        return audit.audited(
                        caller,
                        "reload-datum",
                        DatumTexts.text(key),
                        "differs from the leader's",
                        shown(difference.own()),
                        shown(difference.leaders()),
                        copies.replace())
                .thenApply(begun -> Outcome.REPLACED);
    }

    /** Not the value itself, which may hold what nobody should read in a log. */
    private static String shown(Optional<Copy> copy) {
        return copy.map(one -> "version " + one.version() + ", value hash "
                        + Integer.toHexString(one.value().hashCode()))
                .orElse("nothing");
    }

    /** Two copies of one datum that should be the same. */
    private record Difference(Optional<Copy> own, Optional<Copy> leaders) {}

    /** @param before what the leader held at the look before */
    private CompletionStage<Optional<Difference>> compare(Key key, Optional<Copy> before, int looks) {
        return copies.atLeader(key)
                .thenCompose(leaders -> copies.here(key).thenCompose(own -> {
                    boolean leaderStands = looks < LOOKS_MAX && leaders.equals(before);
                    Finding finding = finding(leaders, own, leaderStands);
                    if (finding == Finding.UNCLEAR && looks > 1) {
                        return compare(key, leaders, looks - 1);
                    }
                    return finding == Finding.UNCLEAR
                            ? CompletableFuture.failedStage(
                                    new NotReady("the datum changes all the time: try again later"))
                            : CompletableFuture.completedStage(
                                    finding == Finding.SAME
                                            ? Optional.empty()
                                            : Optional.of(new Difference(own, leaders)));
                }));
    }

    /** The own look comes second and has seen all that the leader had committed by then. */
    private static Finding finding(Optional<Copy> leaders, Optional<Copy> own, boolean leaderStands) {
        if (own.equals(leaders)) {
            return Finding.SAME;
        }
        boolean bothThere = leaders.isPresent() && own.isPresent();
        if (bothThere && own.get().version() <= leaders.get().version()) {
            return Finding.DIFFERENT;
        }
        return leaderStands ? Finding.DIFFERENT : Finding.UNCLEAR;
    }
}
