package io.muster.naming.api;

import io.muster.consistency.ConsistencyException;
import io.muster.naming.registry.RegistryException;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns failures into answers: plain text, as Nacos answers them (nacos-v1-http.md §1.2). A client's mistake is a 4xx
 * with words that help, too much at once a 429 that names the limit; what the server cannot do now is a 503 (another node, or later), an outcome that nobody knows a
 * 504. Anything else is our own mistake: a 500 that tells nothing of the inside, and a log line that tells all.
 */
final class Failures {

    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    static Answer answer(Throwable failure, String request) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof Refusal refusal) {
            return Answer.text(refusal.status(), refusal.text());
        }
        if (cause instanceof ConsistencyException consistency) {
            return Answer.text(status(consistency), message(consistency));
        }
        if (cause instanceof RegistryException || cause instanceof IllegalArgumentException) {
            // What a write does not find, or finds already there, is a 400 in Nacos, too; reads that find nothing
            // refuse with 404 themselves.
            return Answer.text(400, message(cause));
        }
        LOG.error("{} failed unexpectedly", request, cause);
        return Answer.text(500, "internal error; the server's log tells more");
    }

    private static int status(ConsistencyException failure) {
        if (failure instanceof ConsistencyException.OutcomeUnknown) {
            return 504;
        }
        if (failure instanceof ConsistencyException.Conflict) {
            return 409;
        }
        if (failure instanceof ConsistencyException.Overloaded) {
            return 429;
        }
        // All else that did not happen for reasons of the server: not ready, no leader, not enough members.
        return failure instanceof ConsistencyException.Invalid ? 400 : 503;
    }

    private static String message(Throwable failure) {
        return String.valueOf(failure.getMessage());
    }
}
