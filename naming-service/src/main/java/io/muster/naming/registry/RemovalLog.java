package io.muster.naming.registry;

import io.muster.consistency.ChangeEvent;
import io.muster.consistency.ChangeListener;
import io.muster.consistency.Removal;
import io.muster.naming.model.RegistryRecord;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One structured line for every instance that goes, with its cause and the member that decided it (X21). Logger:
 * {@value #LOGGER}.
 *
 * <p>It runs on the engines' threads, where a million lines after a network failure would do more harm than the
 * failure: past {@value #LINES_PER_SECOND_MAX} lines a second only the numbers by cause are told, with the next second
 * that has a removal.
 */
final class RemovalLog implements ChangeListener<RegistryRecord> {

    static final String LOGGER = "io.muster.events";
    static final int LINES_PER_SECOND_MAX = 500;

    private static final Logger LOG = LoggerFactory.getLogger(LOGGER);

    private final LongSupplier wallMillis;

    // Two engines' threads come here.
    private final Object lock = new Object();
    private long second;
    private int linesThisSecond;
    private final Map<Removal, Integer> untold = new EnumMap<>(Removal.class);

    RemovalLog(LongSupplier wallMillis) {
        this.wallMillis = wallMillis;
    }

    @Override
    public void onChanges(List<ChangeEvent<RegistryRecord>> events) {
        for (ChangeEvent<RegistryRecord> event : events) {
            if (event instanceof ChangeEvent.Removed<RegistryRecord> removed
                    && removed.last().value().kind() == RegistryRecord.Kind.INSTANCE
                    && admit(removed.cause())) {
                LOG.atInfo()
                        .addKeyValue("event", "instance-removed")
                        .addKeyValue("service", removed.key().group())
                        .addKeyValue("instance", removed.key().id())
                        .addKeyValue("mode", removed.key().mode())
                        .addKeyValue("cause", removed.cause())
                        .addKeyValue("by", removed.by())
                        .log(
                                "{} {} removed: {}",
                                removed.key().group(),
                                removed.key().id(),
                                removed.cause());
            }
        }
    }

    private boolean admit(Removal cause) {
        synchronized (lock) {
            long now = Math.floorDiv(wallMillis.getAsLong(), 1_000L);
            if (now != second) {
                if (!untold.isEmpty()) {
                    // As text now: an appender may come to it when the counts have begun anew.
                    LOG.info("more instances were removed than are told one by one: {}", untold.toString());
                    untold.clear();
                }
                second = now;
                linesThisSecond = 0;
            }
            if (linesThisSecond < LINES_PER_SECOND_MAX) {
                linesThisSecond++;
                return true;
            }
            untold.merge(cause, 1, Integer::sum);
            return false;
        }
    }
}
