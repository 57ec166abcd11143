package io.muster.server.log;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import io.muster.naming.registry.AuditLog;
import io.muster.server.config.LogFormat;
import io.muster.server.config.LogLevel;
import org.slf4j.LoggerFactory;

/** Sets up and changes the log of this process. */
public final class ProcessLog {

    /** Events that may wait for a slow standard error; further ones are dropped rather than waited for. */
    private static final int QUEUE_EVENTS_MAX = 8192;

    /** Libraries that speak of their own workings at INFO. */
    private static final String[] CHATTY = {"io.netty", "io.vertx"};

    private ProcessLog() {}

    static void configureDefaults(LoggerContext context) {
        configure(context, LogFormat.TEXT, LogLevel.INFO);
    }

    /** Sets the form and the level; may be called again. */
    public static void configure(LogFormat format, LogLevel level) {
        configure(context(), format, level);
    }

    private static void configure(LoggerContext context, LogFormat format, LogLevel level) {
        ConsoleAppender<ILoggingEvent> stderr = new ConsoleAppender<>();
        stderr.setContext(context);
        stderr.setTarget("System.err");
        stderr.setEncoder(encoder(context, format));
        stderr.start();

        AsyncAppender queue = new AsyncAppender();
        queue.setContext(context);
        queue.setQueueSize(QUEUE_EVENTS_MAX);
        queue.setDiscardingThreshold(0);
        queue.setNeverBlock(true);
        queue.addAppender(stderr);
        queue.start();

        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.detachAndStopAllAppenders();
        root.addAppender(queue);
        root.setLevel(Level.toLevel(level.name()));
        // Of its own, so that no level of the packages above silences it (X21).
        context.getLogger(AuditLog.LOGGER).setLevel(Level.INFO);
        for (String library : CHATTY) {
            context.getLogger(library).setLevel(level.compareTo(LogLevel.WARN) < 0 ? Level.WARN : null);
        }
    }

    private static Encoder<ILoggingEvent> encoder(LoggerContext context, LogFormat format) {
        if (format == LogFormat.JSON) {
            JsonEncoder encoder = new JsonEncoder();
            encoder.setContext(context);
            encoder.setWithFormattedMessage(true);
            encoder.setWithMessage(false);
            encoder.setWithArguments(false);
            encoder.setWithContext(false);
            encoder.setWithSequenceNumber(false);
            encoder.setWithNanoseconds(false);
            encoder.start();
            return encoder;
        }
        LineLayout layout = new LineLayout();
        layout.setContext(context);
        layout.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setLayout(layout);
        encoder.start();
        return encoder;
    }

    /**
     * Changes the least level of a logger and all below it, from any thread.
     *
     * @param logger a package or class; empty for all
     */
    public static void level(String logger, LogLevel level) {
        String name = logger.isEmpty() ? org.slf4j.Logger.ROOT_LOGGER_NAME : logger;
        context().getLogger(name).setLevel(Level.toLevel(level.name()));
    }

    /** Whether something logs by that name, or by one below it. */
    public static boolean exists(String logger) {
        return context().exists(logger) != null;
    }

    /** The least level that a logger logs, be it its own or one from above. */
    public static LogLevel level(String logger) {
        return LogLevel.valueOf(context().getLogger(logger).getEffectiveLevel().toString());
    }

    /** Writes out what waits, and ends; nothing is logged after it. */
    public static void stop() {
        context().stop();
    }

    private static LoggerContext context() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }
}
