package io.muster.distro.core;

import io.muster.consistency.Lease;
import java.util.LinkedHashMap;
import java.util.Map;

/** Cuts leases to the limit, and keeps one object of each, since a million records share a handful of leases. */
final class LeasePool {

    /** Past it leases are no longer shared; they work all the same. */
    private static final int LEASES_MAX = 1_024;

    private final long leaseMaxMillis;
    private final Map<Lease, Lease> known = new LinkedHashMap<>();

    LeasePool(long leaseMaxMillis) {
        this.leaseMaxMillis = leaseMaxMillis;
    }

    Lease shared(Lease wanted) {
        Lease same = known.get(wanted);
        if (same != null) {
            return same;
        }
        Lease cut = new Lease(
                Math.min(wanted.unhealthyAfterMillis(), leaseMaxMillis),
                Math.min(wanted.removeAfterMillis(), leaseMaxMillis));
        if (known.size() < LEASES_MAX) {
            known.put(cut, cut);
        }
        return cut;
    }
}
