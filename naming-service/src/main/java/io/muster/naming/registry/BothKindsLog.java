package io.muster.naming.registry;

import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.ServiceName;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of instances that are registered as ephemeral and as persistent: 1.x clients may do so, and both are listed,
 * but it is mostly a mistake (design.md §7). One line a second at most, since clients can bring it about at will. Safe
 * for any thread.
 */
final class BothKindsLog {

    private static final Logger LOG = LoggerFactory.getLogger(BothKindsLog.class);

    private final LongSupplier wallMillis;
    private final AtomicLong lastSecond = new AtomicLong(Long.MIN_VALUE);

    BothKindsLog(LongSupplier wallMillis) {
        this.wallMillis = wallMillis;
    }

    void tell(ServiceName service, InstanceKey instance) {
        long second = Math.floorDiv(wallMillis.getAsLong(), 1_000L);
        if (lastSecond.getAndSet(second) != second) {
            LOG.warn("{} of {} is registered both as ephemeral and as persistent: both are listed", instance, service);
        }
    }
}
