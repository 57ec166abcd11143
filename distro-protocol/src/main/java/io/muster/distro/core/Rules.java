package io.muster.distro.core;

import io.muster.consistency.Version;
import java.util.function.Supplier;

/** The decisions on which the safety of merging hangs, apart from the rest so that tests can break each one and see an invariant fail. */
class Rules {

    /** Whether what comes in replaces what stands. */
    boolean supersedes(Stamp incoming, Stamp standing) {
        return incoming.compareTo(standing) > 0;
    }

    /** UNHEALTHY and EXPIRED say something of the version that they stand on; a fresh one would beat a renewal made elsewhere. */
    Version.Hybrid versionOfMark(Version.Hybrid ofDatum, Supplier<Version.Hybrid> fresh) {
        return ofDatum;
    }

    /** Whether a removal leaves a tombstone. */
    boolean leavesTombstone() {
        return true;
    }
}
