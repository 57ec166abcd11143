package io.muster.naming.registry;

import io.muster.naming.model.ServiceDefinition;

/**
 * The protect threshold (R73): when too few instances are healthy, all are handed out, rather than pour the whole load
 * on the rest.
 *
 * <p>Nacos 1.4 compares with "less or equal", so that even the default threshold 0 protects when no instance at all is
 * healthy; {@link ServiceDefinition#PROTECTION_OFF} is the real off switch (X22).
 */
public final class Protection {

    private Protection() {}

    /**
     * @param healthy how many of {@code total} are healthy, disabled ones included in both
     * @return whether all instances are to be shown as healthy
     */
    public static boolean applies(int healthy, int total, double protectThreshold) {
        // In floats, as clients' dashboards compute it: 4 of 5 is then not above a threshold of 0.8.
        return protectThreshold >= 0 && total > 0 && (float) healthy / total <= (float) protectThreshold;
    }
}
