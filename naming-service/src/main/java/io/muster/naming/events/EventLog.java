package io.muster.naming.events;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Service events as structured lines (X21): those that take an instance from its callers, or give it back, at INFO, all
 * others at DEBUG. Logger: {@value #LOGGER}.
 *
 * <p>It runs on the engines' threads, where a million lines after a network failure would do more harm than the
 * failure: past {@value #LINES_PER_SECOND_MAX} lines a second only the numbers by kind and cause are told, as soon as the
 * second is over and something happens or {@link #tellUntold} is called.
 */
public final class EventLog {

    /** The logger's name. */
    public static final String LOGGER = "io.muster.events";

    public static final int LINES_PER_SECOND_MAX = 500;

    private static final Logger LOG = LoggerFactory.getLogger(LOGGER);

    private final LongSupplier wallMillis;

    // Two engines' threads come here.
    private final Object lock = new Object();
    private long second;
    private int linesThisSecond;
    private final Map<String, Integer> untold = new TreeMap<>();

    /** @param wallMillis the machine's clock */
    public EventLog(LongSupplier wallMillis) {
        this.wallMillis = wallMillis;
    }

    void tell(ServiceEvent event) {
        Level level = level(event.kind());
        if (!LOG.isEnabledForLevel(level) || !admit(event)) {
            return;
        }
        String what = event.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
        LOG.atLevel(level)
                .addKeyValue("event", "instance-" + what)
                .addKeyValue("service", event.keyGroup())
                .addKeyValue("instance", event.instance())
                .addKeyValue("mode", event.ephemeral() ? "EPHEMERAL" : "PERSISTENT")
                .addKeyValue("cause", event.cause())
                .addKeyValue("by", event.by())
                .addKeyValue("detail", event.detail())
                .log("{} {} {}: {}", event.keyGroup(), event.instance(), what, event.cause());
    }

    /** Tells the numbers of a second that is over. To be called every few seconds: nothing more may happen for long. */
    public void tellUntold() {
        synchronized (lock) {
            begin(Math.floorDiv(wallMillis.getAsLong(), 1_000L));
        }
    }

    private void begin(long now) {
        if (now != second) {
            if (!untold.isEmpty()) {
                // As text now: an appender may come to it when the counts have begun anew.
                LOG.info("more happened to instances than is told one by one: {}", untold.toString());
                untold.clear();
            }
            second = now;
            linesThisSecond = 0;
        }
    }

    private static Level level(ServiceEvent.Kind kind) {
        return switch (kind) {
            case REMOVED, UNHEALTHY, HEALTHY -> Level.INFO;
            case REGISTERED, CHANGED, OVERLAID, OVERLAY_REMOVED -> Level.DEBUG;
        };
    }

    private boolean admit(ServiceEvent event) {
        synchronized (lock) {
            begin(Math.floorDiv(wallMillis.getAsLong(), 1_000L));
            if (linesThisSecond < LINES_PER_SECOND_MAX) {
                linesThisSecond++;
                return true;
            }
            untold.merge(event.kind() + " " + event.cause(), 1, Integer::sum);
            return false;
        }
    }
}
