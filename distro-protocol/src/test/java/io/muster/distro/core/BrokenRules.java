package io.muster.distro.core;

import io.muster.consistency.Codec;
import io.muster.consistency.Version;
import io.muster.member.NodeId;
import io.muster.member.NodeIdentity;
import java.util.function.Supplier;

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
    /** N03: a removal is no task of its own; with digests off, which would make up for it. */
    REMOVAL_TASK_LOST {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                boolean syncs(Entry<?> entry) {
                    return !(entry instanceof Tombstone<?>);
                }

                @Override
                boolean verifies() {
                    return false;
                }
            };
        }
    },
    /** N04: what is not acknowledged is forgotten; with digests off, which would make up for it. */
    SYNC_NOT_RETRIED_NOR_VERIFIED {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                boolean retriesSync() {
                    return false;
                }

                @Override
                boolean verifies() {
                    return false;
                }
            };
        }
    },
    /** N04 alone: digests make up for it. */
    SYNC_NOT_RETRIED {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                boolean retriesSync() {
                    return false;
                }
            };
        }
    },
    /** N05. */
    VERIFY_OFF {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                boolean verifies() {
                    return false;
                }
            };
        }
    },
    /** N06: a round sends what the other side lacks, and only the member with the lower id leads any; with failed syncs not retried, which would make up for much. */
    VERIFY_SENDS_ONLY_ON_ONE_SIDE {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                boolean verifiesBothWays() {
                    return false;
                }

                @Override
                boolean verifies(boolean lowerId) {
                    return lowerId;
                }

                @Override
                boolean retriesSync() {
                    return false;
                }
            };
        }
    },
    /** N07: every member ends sessions, by what it heard itself. */
    ANYBODY_ENDS_WITHOUT_ASKING {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                boolean mayEnd(boolean responsible) {
                    return true;
                }

                @Override
                boolean asks() {
                    return false;
                }
            };
        }
    },
    /** N08, N19: who takes a group over ends its sessions at once, and nobody is asked or refutes. */
    NO_GRANT_NO_ASKING {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                boolean grantsOnTakeover() {
                    return false;
                }

                @Override
                boolean asks() {
                    return false;
                }
            };
        }
    },
    /** N19: nobody is asked before a session ends, and nobody refutes. */
    NO_ASKING {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                boolean asks() {
                    return false;
                }
            };
        }
    },
    /** N08 alone: asking makes up for it, but for wrong marks. */
    NO_GRANT {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                boolean grantsOnTakeover() {
                    return false;
                }
            };
        }
    },
    /** N09: who was ever loaded stays responsible. */
    DEAD_STAY_IN_RING {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                boolean sharesGroups(boolean alive, boolean loaded) {
                    return loaded;
                }
            };
        }
    },
    /** N10. */
    SERVES_BEFORE_LOADED {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                boolean waitsForLoad() {
                    return false;
                }
            };
        }
    },
    /** N11: a snapshot replaces whatever stands. */
    LOAD_OVERWRITES {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                boolean supersedes(Stamp incoming, Stamp standing) {
                    return !incoming.equals(standing);
                }
            };
        }
    },
    /** N13: a target that does not answer holds up the others. */
    ONE_TARGET_AT_A_TIME {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                boolean mayFlyBeside(boolean inFlightElsewhere) {
                    return !inFlightElsewhere;
                }
            };
        }
    },
    /** N14; with digests off, which would make up for it. */
    EQUAL_REGISTRATION_IS_LOCAL {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                boolean tells(boolean sameValue) {
                    return !sameValue;
                }

                @Override
                boolean verifies() {
                    return false;
                }
            };
        }
    },
    /** N17: as if a write waited for the Raft leader. */
    WRITES_NEED_A_MAJORITY {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                boolean accepts(int alive, int listed) {
                    return alive > listed / 2;
                }
            };
        }
    },
    /** N20. */
    ABSENCE_DELETES {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                boolean absenceSaysNothing() {
                    return false;
                }
            };
        }
    },
    /** A renewal that becomes data gets the version of that moment, rather than the next one. */
    RENEWAL_AS_FRESH_STAMP {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                Version.Hybrid versionOfRenewal(Version.Hybrid following, Supplier<Version.Hybrid> fresh) {
                    return fresh.get();
                }
            };
        }
    },
    /** N22: removals are forgotten before a node that slept comes back, and it does not ask what it missed. */
    TOMBSTONES_FORGOTTEN_SOON {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                long tombstoneMillis(long needed) {
                    return Math.min(needed, 2_000);
                }

                @Override
                boolean reloadsAfterAbsence() {
                    return false;
                }
            };
        }
    },
    /** N23. */
    LOADING_MEMBER_IN_RING {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                boolean sharesGroups(boolean alive, boolean loaded) {
                    return alive;
                }
            };
        }
    },
    /** N09: which member comes first for a group depends on the process. */
    RING_ORDER_BY_CHANCE {
        @Override
        Rules rules() {
            return new Rules() {
                @Override
                boolean outweighs(long weight, long other, NodeId self) {
                    return Long.compareUnsigned(weight ^ self.low(), other ^ self.low()) > 0;
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
            NodeIdentity identity, CoreConfig config, Codec<V> codec, long wallMillis, long nowNanos) {
        return new DistroCore<>(identity, config, codec, wallMillis, nowNanos, rules());
    }
}
