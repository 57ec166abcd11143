package io.muster.distro.core;

import io.muster.consistency.Version;
import io.muster.member.NodeIdentity;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** Cores with one decision broken on purpose (simulation spec §10), for tests outside this package. */
public enum BrokenRules {
    /** All as it should be. */
    NONE {
        @Override
        Rules rules() {
            return new Rules();
        }
    },
    /** N01: a removal leaves nothing behind. */
    REMOVAL_WITHOUT_TOMBSTONE {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                boolean leavesTombstone() {
                    return false;
                }
            };
        }
    },
    /** N02: whatever comes last stands. */
    OLDER_OVERWRITES_NEWER {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                boolean supersedes(Stamp incoming, Stamp standing) {
                    return incoming.compareTo(standing) != 0;
                }
            };
        }
    },
    /** N21: UNHEALTHY and EXPIRED come as fresh stamps. */
    MARK_AS_FRESH_STAMP {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                Version.Hybrid versionOfMark(Version.Hybrid ofDatum, Supplier<Version.Hybrid> fresh) {
                    return fresh.get();
                }
            };
        }
    };

    abstract Rules rules();

    public <V> DistroCore<V> core(
            NodeIdentity identity,
            LeaseLimits leases,
            GuardLimits guard,
            long coldStartHoldMillis,
            ToLongFunction<V> valueHash,
            long wallMillis,
            long nowNanos) {
        return new DistroCore<>(identity, leases, guard, coldStartHoldMillis, valueHash, wallMillis, nowNanos, rules());
    }
}
