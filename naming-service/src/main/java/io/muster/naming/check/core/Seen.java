package io.muster.naming.check.core;

import io.muster.naming.model.InstanceKey;

/**
 * One instance to be checked, as readers see it now.
 *
 * @param registeredHealthy what holds while no verdict stands
 * @param shownHealthy what readers see
 * @param unhealthySinceMillis wall-clock time of whoever came to the verdict, by which it is told from others; meaningless while it is shown healthy
 * @param deleteAfterMillis how long it may be unhealthy before it is deleted; 0 for ever
 */
public record Seen(
        InstanceKey instance,
        Plan plan,
        boolean registeredHealthy,
        boolean shownHealthy,
        long unhealthySinceMillis,
        long deleteAfterMillis) {}
