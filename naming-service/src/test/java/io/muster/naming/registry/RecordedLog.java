package io.muster.naming.registry;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.LoggerFactory;

/** What a logger wrote while this was open. */
public final class RecordedLog implements AutoCloseable {

    private final Logger logger;
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    public RecordedLog(String name) {
        logger = (Logger) LoggerFactory.getLogger(name);
        lines.start();
        logger.addAppender(lines);
    }

    public List<ILoggingEvent> lines() {
        return List.copyOf(lines.list);
    }

    /** The structured part of a line. */
    public static Map<String, String> pairs(ILoggingEvent line) {
        Map<String, String> pairs = new TreeMap<>();
        if (line.getKeyValuePairs() != null) {
            line.getKeyValuePairs().forEach(pair -> pairs.put(pair.key, String.valueOf(pair.value)));
        }
        return pairs;
    }

    @Override
    public void close() {
        logger.detachAppender(lines);
    }
}
