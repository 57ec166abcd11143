package io.muster.naming.check.core;

import java.util.List;

/**
 * A service as readers see it now, with those of its instances that are to be checked here.
 *
 * @param instances persistent ones, all of the service
 * @param unhealthy how many of them are shown as unhealthy
 * @param targets no instance twice
 */
public record Sight(int instances, int unhealthy, List<Seen> targets) {

    /** Above this many at once, a smaller share of the service counts as many. */
    private static final int MANY = 10;

    public Sight {
        targets = List.copyOf(targets);
    }

    /**
     * Whether so many are unhealthy that none is deleted for it: more than half of the service, or more than {@value #MANY} and 30 %. It is then
     * rather the checker, the network or a release that is at fault.
     */
    boolean tooManyToDelete() {
        return unhealthy * 2 > instances || (unhealthy > MANY && unhealthy * 10L > instances * 3L);
    }
}
