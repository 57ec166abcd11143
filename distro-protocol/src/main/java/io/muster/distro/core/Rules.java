package io.muster.distro.core;

import io.muster.consistency.Version;
import io.muster.member.NodeId;
import java.util.function.Supplier;

/** The decisions on which the safety of the protocol hangs, apart from the rest so that tests can break each one and see an invariant fail. */
class Rules {

    /** Whether what comes in replaces what stands. */
    boolean supersedes(Stamp incoming, Stamp standing) {
        return incoming.compareTo(standing) > 0;
    }

    /** UNHEALTHY and EXPIRED say something of the version that they stand on; a fresh one would beat a renewal made elsewhere. */
    Version.Hybrid versionOfMark(Version.Hybrid ofDatum, Supplier<Version.Hybrid> fresh) {
        return ofDatum;
    }

    /** A renewal that becomes data repeats what stands; under a fresh version it would beat a removal that it knows nothing of. */
    Version.Hybrid versionOfRenewal(Version.Hybrid following, Supplier<Version.Hybrid> fresh) {
        return following;
    }

    /** Whether a removal leaves a tombstone. */
    boolean leavesTombstone() {
        return true;
    }

    /** How long a tombstone stands, given how long it must. */
    long tombstoneMillis(long needed) {
        return needed;
    }

    /** Whether a pending task for what stands under a key is carried out. */
    boolean syncs(Entry<?> entry) {
        return true;
    }

    /** Whether a change is told to others, given whether its value is the one that stood there before. */
    boolean tells(boolean sameValue) {
        return true;
    }

    /** Whether a batch that was not acknowledged is sent again. */
    boolean retriesSync() {
        return true;
    }

    /** Whether a batch may go out while one to another target is not acknowledged. */
    boolean mayFlyBeside(boolean inFlightElsewhere) {
        return true;
    }

    /** Whether nodes compare digests. */
    boolean verifies() {
        return true;
    }

    /** The same for rounds with one member. */
    boolean verifies(boolean lowerId) {
        return verifies();
    }

    /** Whether a verify round fetches what the other side has, as well as sending what it lacks. */
    boolean verifiesBothWays() {
        return true;
    }

    /** Whether what the other side does not have is sent to it; else it is dropped here. */
    boolean absenceSaysNothing() {
        return true;
    }

    /** Whether this node may end sessions of a group. */
    boolean mayEnd(boolean responsible) {
        return responsible;
    }

    /** Whether a member that takes a group over grants its leases a timeout. */
    boolean grantsOnTakeover() {
        return true;
    }

    /** Whether other members are asked for beats before a session ends, and marks are refuted. */
    boolean asks() {
        return true;
    }

    /** Whether a member takes part in the ring. */
    boolean sharesGroups(boolean alive, boolean loaded) {
        return alive && loaded;
    }

    /** Which of two members comes first for a group; who asks makes no difference. */
    boolean outweighs(long weight, long other, NodeId self) {
        return Long.compareUnsigned(weight, other) > 0;
    }

    /** Whether a node serves, and ends sessions, only once it is loaded. */
    boolean waitsForLoad() {
        return true;
    }

    /** Whether a node that was away for too long loads anew. */
    boolean reloadsAfterAbsence() {
        return true;
    }

    /** Whether a write is carried out with so many members of the whole list alive, this node among them. */
    boolean accepts(int alive, int listed) {
        return true;
    }
}
