package io.muster.naming.registry;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** One structured line for every change that an admin asked for, done or refused (X21). Logger: {@value #LOGGER}. Any thread. */
public final class AuditLog {

    /** The logger's name. */
    public static final String LOGGER = "io.muster.audit";

    /** Details are cut there: a line stays a line. */
    private static final int DETAIL_CHARS_MAX = 512;

    private static final Logger LOG = LoggerFactory.getLogger(LOGGER);

    /** Writes the line when the change is through. */
    public <T> CompletionStage<T> audited(
            Caller caller, String action, Object target, Object detail, CompletionStage<T> change) {
        return change.whenComplete((done, failure) -> {
            String outcome = outcome(done, failure);
            line(caller, action, target, detail, outcome, failure).log("{} {}: {}", action, target, outcome);
        });
    }

    /**
     * Carries out a change and writes the line when it is through, with what stood before and what stands after.
     *
     * @param standing what it concerns, for people; asked for twice
     */
    public <T> CompletionStage<T> audited(
            Caller caller,
            String action,
            Object target,
            Object detail,
            Supplier<?> standing,
            Supplier<CompletionStage<T>> change) {
        String before = cut(String.valueOf(standing.get()));
        return change.get().whenComplete((done, failure) -> {
            String outcome = outcome(done, failure);
            line(caller, action, target, detail, outcome, failure)
                    .addKeyValue("before", before)
                    .addKeyValue("after", cut(String.valueOf(standing.get())))
                    .log("{} {}: {}", action, target, outcome);
        });
    }

    private static LoggingEventBuilder line(
            Caller caller, String action, Object target, Object detail, String outcome, @Nullable Throwable failure) {
        return LOG.atLevel(failure == null ? Level.INFO : Level.WARN)
                .addKeyValue("action", action)
                .addKeyValue("target", target)
                .addKeyValue("detail", cut(String.valueOf(detail)))
                .addKeyValue("user", caller.user())
                .addKeyValue("address", caller.address())
                .addKeyValue("outcome", outcome);
    }

    private static String outcome(@Nullable Object done, @Nullable Throwable failure) {
        if (failure == null) {
            return cut(done == null ? "done" : "done: " + done);
        }
        return cut("refused: " + ConditionalWrites.cause(failure).getMessage());
    }

    private static String cut(String text) {
        return text.length() <= DETAIL_CHARS_MAX ? text : text.substring(0, DETAIL_CHARS_MAX) + "…";
    }
}
