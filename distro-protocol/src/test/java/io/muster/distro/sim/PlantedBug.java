package io.muster.distro.sim;

import io.muster.distro.core.BrokenRules;
import io.muster.distro.core.LeaseLimits;

/** A server that is wrong on purpose, and the invariant that must notice (simulation spec §10). */
enum PlantedBug {
    NONE("", BrokenRules.NONE),
    /** N01: delete carries no version. */
    REMOVAL_WITHOUT_TOMBSTONE("ID4", BrokenRules.REMOVAL_WITHOUT_TOMBSTONE),
    /** N02. */
    OLDER_OVERWRITES_NEWER("ID6", BrokenRules.OLDER_OVERWRITES_NEWER),
    /** N21. */
    MARK_AS_FRESH_STAMP("ID6", BrokenRules.MARK_AS_FRESH_STAMP),
    /** N12: sessions run by the wall clock. */
    EXPIRY_BY_WALL_CLOCK("ID9", BrokenRules.NONE),
    /** A pause of the server counts against the clients. */
    PAUSES_COUNT("ID9", BrokenRules.NONE),
    /** A beat that was in flight registers again what its client has just deregistered. */
    IN_FLIGHT_BEAT_REGISTERS("ID4", BrokenRules.NONE),
    /** A restarted server shows its empty lists at once. */
    NO_WARM_UP("X13", BrokenRules.NONE),
    /** Beats are answered, but do not reach the session. */
    BEATS_ARE_LOST("ID9", BrokenRules.NONE),
    /** Eureka's: a session lasts twice as long as its lease says. */
    LEASES_LAST_TWICE("ID3", BrokenRules.NONE),
    /** N05: the digest leaves out what the value holds. */
    DIGEST_WITHOUT_VALUE("ID7", BrokenRules.NONE);

    private static final long NEVER_MILLIS = 86_400_000;

    private final String invariant;
    private final BrokenRules rules;

    PlantedBug(String invariant, BrokenRules rules) {
        this.invariant = invariant;
        this.rules = rules;
    }

    String invariant() {
        return invariant;
    }

    BrokenRules rules() {
        return rules;
    }

    LeaseLimits leaseLimits() {
        LeaseLimits sound = LeaseLimits.DEFAULTS;
        boolean noPauses = this == PAUSES_COUNT || this == EXPIRY_BY_WALL_CLOCK;
        return new LeaseLimits(
                sound.leaseMaxMillis(),
                this == IN_FLIGHT_BEAT_REGISTERS ? 0 : sound.justRemovedMillis(),
                sound.tombstoneMinMillis(),
                noPauses ? NEVER_MILLIS : sound.standStillMillis());
    }

    long coldStartHoldMillis() {
        return this == NO_WARM_UP ? 0 : 15_000;
    }
}
