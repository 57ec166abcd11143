package io.muster.naming.registry;

import io.muster.consistency.FormatInForce;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What the registry needs of the process around it.
 *
 * @param wallMillis the wall clock, for what people and clients are shown; no lease is measured by it
 * @param monoNanos the monotonic clock
 * @param duties which services' words this node stores later
 * @param leadership whether this node does the jobs of the leader
 * @param warmUp while it lasts, what is missing here may only not have arrived
 * @param format which records all members read
 */
public record RegistryPorts(
        Timer timer,
        LongSupplier wallMillis,
        LongSupplier monoNanos,
        Duties duties,
        Leadership leadership,
        WarmUp warmUp,
        FormatInForce format) {

    /** Of a node whose members all read the newest format. */
    public RegistryPorts(
            Timer timer,
            LongSupplier wallMillis,
            LongSupplier monoNanos,
            Duties duties,
            Leadership leadership,
            WarmUp warmUp) {
        this(timer, wallMillis, monoNanos, duties, leadership, warmUp, FormatInForce.ALL);
    }

    /** Of a node without others that leads nothing. */
    public static RegistryPorts alone(Timer timer, LongSupplier wallMillis) {
        return new RegistryPorts(
                timer,
                wallMillis,
                () -> TimeUnit.MILLISECONDS.toNanos(wallMillis.getAsLong()),
                Duties.ALL,
                Leadership.NEVER,
                WarmUp.DONE);
    }
}
