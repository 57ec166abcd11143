package io.muster.naming.registry;

import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** One structured line for every change that an admin asked for, done or refused (X21). Logger: {@value #LOGGER}. */
final class AuditLog {

    static final String LOGGER = "io.muster.audit";

    /** Details are cut there: a line stays a line. */
    private static final int DETAIL_CHARS_MAX = 512;

    private static final Logger LOG = LoggerFactory.getLogger(LOGGER);

    /** Writes the line when the change is through. */
    <T> CompletionStage<T> audited(
            Caller caller, String action, Object target, Object detail, CompletionStage<T> change) {
        return change.whenComplete((done, failure) -> {
            String outcome = failure == null
                    ? (done == null ? "done" : "done: " + done)
                    : "refused: " + ConditionalWrites.cause(failure).getMessage();
            LOG.atLevel(failure == null ? Level.INFO : Level.WARN)
                    .addKeyValue("action", action)
                    .addKeyValue("target", target)
                    .addKeyValue("detail", cut(String.valueOf(detail)))
                    .addKeyValue("user", caller.user())
                    .addKeyValue("address", caller.address())
                    .addKeyValue("outcome", cut(outcome))
                    .log("{} {}: {}", action, target, cut(outcome));
        });
    }

    private static String cut(String text) {
        return text.length() <= DETAIL_CHARS_MAX ? text : text.substring(0, DETAIL_CHARS_MAX) + "…";
    }
}
