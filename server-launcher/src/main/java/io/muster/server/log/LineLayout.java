package io.muster.server.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import org.slf4j.event.KeyValuePair;

/**
 * An event as one line: time (UTC), level, logger, message, its fields, and the exception, if any, with its innermost frames. Line breaks and other
 * control characters are written as {@code \n} or by their number, so that a value from outside can't pose as an event of its own, nor steer a terminal;
 * and a field's value that is not one plain word stands in quotes, so that it can't pose as other fields.
 */
final class LineLayout extends LayoutBase<ILoggingEvent> {

    /** Enough to find the place; a whole trace would bury the lines around it. */
    private static final int FRAMES_MAX = 12;

    private static final int LEVEL_WIDTH = 5;

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    @Override
    public String doLayout(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(160);
        TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), line);
        String level = event.getLevel().toString();
        line.append(' ').append(level).append(" ".repeat(LEVEL_WIDTH - level.length()));
        String logger = event.getLoggerName();
        line.append(' ').append(logger, logger.lastIndexOf('.') + 1, logger.length());
        line.append(": ");
        appendOnOneLine(line, event.getFormattedMessage());
        if (event.getKeyValuePairs() != null) {
            for (KeyValuePair pair : event.getKeyValuePairs()) {
                line.append(' ').append(pair.key).append('=');
                appendValue(line, String.valueOf(pair.value));
            }
        }
        for (IThrowableProxy thrown = event.getThrowableProxy(); thrown != null; thrown = thrown.getCause()) {
            appendThrown(line, thrown);
        }
        return line.append(System.lineSeparator()).toString();
    }

    private static void appendThrown(StringBuilder line, IThrowableProxy thrown) {
        line.append(" | ").append(thrown.getClassName()).append(": ");
        appendOnOneLine(line, String.valueOf(thrown.getMessage()));
        StackTraceElementProxy[] frames = thrown.getStackTraceElementProxyArray();
        for (int i = 0; i < Math.min(frames.length, FRAMES_MAX); i++) {
            line.append(i == 0 ? " at " : " < ").append(frames[i].getStackTraceElement());
        }
    }

    private static void appendValue(StringBuilder line, String value) {
        if (!value.isEmpty() && value.chars().noneMatch(LineLayout::needsQuotes)) {
            line.append(value);
            return;
        }
        line.append('"');
        appendOnOneLine(line, value.replace("\\", "\\\\").replace("\"", "\\\""));
        line.append('"');
    }

    private static boolean needsQuotes(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || isControl(c) || c == '=' || c == '"';
    }

    private static boolean isControl(int c) {
        int type = Character.getType(c);
        return Character.isISOControl(c)
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || type == Character.FORMAT;
    }

    private static void appendOnOneLine(StringBuilder line, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                default -> {
                    if (isControl(c)) {
                        line.append("\\u").append(HexFormat.of().toHexDigits(c));
                    } else {
                        line.append(c);
                    }
                }
            }
        }
    }
}
