package io.muster.naming.registry;

import java.util.concurrent.CompletableFuture;
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

    /** What two long states have in common is shown that long before they differ. */
    private static final int IN_COMMON_CHARS = 64;

    private static final Logger LOG = LoggerFactory.getLogger(LOGGER);

    /**
     * Writes the line when a change is through of which the caller knows what it does.
     *
     * @param before what stood, for people
     * @param after what stands if it succeeds
     */
    public <T> CompletionStage<T> audited(
            Caller caller,
            String action,
            Object target,
            Object detail,
            Object before,
            Object after,
            CompletionStage<T> change) {
        return change.whenComplete((done, failure) -> log(
                line(caller, action, target, detail, outcome(done, failure), failure),
                before,
                failure == null ? after : before));
    }

    /**
     * Carries out a change and writes the line when it is through, with what stood before and what stands after.
     *
     * @param standing what it concerns as this node has it, for people; asked for twice, just before the change and when it is through
     * @param change what it throws counts as refused, too, and comes with the stage
     */
    public <T> CompletionStage<T> audited(
            Caller caller,
            String action,
            Object target,
            Object detail,
            Supplier<?> standing,
            Supplier<CompletionStage<T>> change) {
        String before = told(standing);
        return begun(change)
                .whenComplete((done, failure) -> log(
                        line(caller, action, target, detail, outcome(done, failure), failure), before, told(standing)));
    }

    /** That a node can't tell what stands is no reason to do nothing, nor to call refused what was done. */
    private static String told(Supplier<?> standing) {
        try {
            return String.valueOf(standing.get());
        } catch (RuntimeException unreadable) {
            return "unreadable: " + unreadable.getMessage();
        }
    }

    private static void log(LoggingEventBuilder line, Object before, @Nullable Object after) {
        String was = String.valueOf(before);
        String is = String.valueOf(after);
        int from = shownFrom(was, is);
        line.addKeyValue("before", cutFrom(was, from))
                .addKeyValue("after", cutFrom(is, from))
                .log();
    }

    /** Of states that are too long what they differ in must be seen: an instance's metadata alone may be 16 KiB. */
    private static int shownFrom(String was, String is) {
        int differ = 0;
        while (differ < was.length() && differ < is.length() && was.charAt(differ) == is.charAt(differ)) {
            differ++;
        }
        boolean fits = Math.max(was.length(), is.length()) <= DETAIL_CHARS_MAX;
        return fits || was.equals(is) ? 0 : Math.max(0, differ - IN_COMMON_CHARS);
    }

    private static String cutFrom(String text, int from) {
        return from == 0 ? cut(text) : "…" + cut(text.substring(from));
    }

    /** What is refused at once is refused like all else. */
    private static <T> CompletionStage<T> begun(Supplier<CompletionStage<T>> change) {
        try {
            return change.get();
        } catch (RuntimeException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    private static LoggingEventBuilder line(
            Caller caller, String action, Object target, Object detail, String outcome, @Nullable Throwable failure) {
        return LOG.atLevel(failure == null ? Level.INFO : Level.WARN)
                .addKeyValue("action", action)
                .addKeyValue("target", target)
                .addKeyValue("detail", cut(String.valueOf(detail)))
                .addKeyValue("user", caller.user())
                .addKeyValue("address", caller.address())
                .addKeyValue("outcome", outcome)
                .setMessage(action + " " + target + ": " + outcome);
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
