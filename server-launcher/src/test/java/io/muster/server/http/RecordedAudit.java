package io.muster.server.http;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.muster.naming.registry.AuditLog;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.LoggerFactory;

/** The audit's lines while it is open, as key and value. */
final class RecordedAudit implements AutoCloseable {

    private final Logger logger = (Logger) LoggerFactory.getLogger(AuditLog.LOGGER);
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

    RecordedAudit() {
        appender.start();
        logger.addAppender(appender);
    }

    List<Map<String, String>> lines() {
        return List.copyOf(appender.list).stream().map(RecordedAudit::pairs).toList();
    }

    private static Map<String, String> pairs(ILoggingEvent line) {
        Map<String, String> pairs = new LinkedHashMap<>();
        line.getKeyValuePairs().forEach(pair -> pairs.put(pair.key, String.valueOf(pair.value)));
        return pairs;
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
        appender.stop();
    }
}
