package io.muster.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

/** One line an event, whatever is in it. */
class LineLayoutTest {

    private final LoggerContext context = new LoggerContext();
    private final LineLayout layout = new LineLayout();

    @Test
    void line_hasTimeLevelLoggerMessage() {
        assertThat(layout.doLayout(event("restored", null)))
                .isEqualTo("1970-01-01T00:00:01.234Z INFO  Thing: restored" + System.lineSeparator());
    }

    @Test
    void lineBreaksInAMessage_makeNoEventOfTheirOwn() {
        assertThat(layout.doLayout(event("name=a\r\n1970-01-01 forged", null)))
                .contains("name=a\\r\\n1970-01-01 forged")
                .hasLineCount(1);
    }

    @Test
    void fields_followTheMessage() {
        LoggingEvent event = event("removed", null);
        event.addKeyValuePair(new KeyValuePair("cause", "CLIENT"));
        event.addKeyValuePair(new KeyValuePair("by", "a\nb"));
        assertThat(layout.doLayout(event)).contains("removed cause=CLIENT by=\"a\\nb\"");
    }

    /** Metadata that anybody may register stands in the audit: it must not pose as the audit's own fields. */
    @Test
    void fieldThatIsNotOneWord_isQuoted() {
        LoggingEvent event = event("edited", null);
        event.addKeyValuePair(new KeyValuePair("before", "a\" outcome=done \\ address=10.0.0.1"));
        event.addKeyValuePair(new KeyValuePair("after", ""));
        event.addKeyValuePair(new KeyValuePair("target", "public##g@@s"));
        assertThat(layout.doLayout(event))
                .contains("edited before=\"a\\\" outcome=done \\\\ address=10.0.0.1\" after=\"\" target=public##g@@s");
    }

    @Test
    void whatSteersATerminal_isMasked() {
        LoggingEvent event = event("name=\u001b[2J", null);
        event.addKeyValuePair(new KeyValuePair("before", "\u001b]0;x\u0007\u202e"));
        assertThat(layout.doLayout(event))
                .contains("name=\\u001b[2J before=\"\\u001b]0;x\\u0007\\u202e\"")
                .doesNotContain("\u001b", "\u0007", "\u202e");
    }

    @Test
    void exceptions_standOnTheSameLine_withTheirCauses() {
        Exception failure = new IllegalStateException("outer", new IllegalArgumentException("inner\nworse"));
        assertThat(layout.doLayout(event("failed", failure)))
                .hasLineCount(1)
                .contains(
                        "failed | java.lang.IllegalStateException: outer at io.muster.server.log.LineLayoutTest.",
                        " | java.lang.IllegalArgumentException: inner\\nworse at ");
    }

    private LoggingEvent event(String message, @Nullable Throwable failure) {
        LoggingEvent event =
                new LoggingEvent("", context.getLogger("io.muster.Thing"), Level.INFO, message, failure, null);
        event.setInstant(java.time.Instant.ofEpochMilli(1_234));
        return event;
    }
}
