package io.muster.member.health.core;

import io.muster.member.ClusterId;
import io.muster.member.MemberAddress;
import io.muster.member.MemberState;
import io.muster.member.NodeId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One address of the lookup's list, and who was found there. */
final class Listing {

    private final MemberAddress address;

    /** Awake time; from then on misses are counted while nobody is found. */
    private long vacantSinceNanos;

    /** Who answered there last, or is said to be reached there. */
    private @Nullable Occupant found;

    /** Whether it leads to this node; taken for granted of its own name until another node answers there. */
    private boolean own;

    /** Whether it answered itself: a claim gives way to any answer. */
    private boolean proven;

    private boolean open;

    /** Whether an attempt failed after the connection was gone. */
    private boolean failedSince;

    /** For people, while nobody is found. */
    private String vacancy = "not heard of yet";

    /** Why the last attempt failed; empty until one did. */
    private String lastFailure = "";

    /** To which whoever answered at the last attempt belongs, if that is why it failed. */
    private Optional<ClusterId> otherCluster = Optional.empty();

    private MemberState vacantState = MemberState.STARTING;
    private long vacantStateWallMillis;

    Listing(MemberAddress address, boolean own, long awakeNanos, long wallMillis) {
        this.address = address;
        this.own = own;
        this.vacantSinceNanos = awakeNanos;
        this.vacantStateWallMillis = wallMillis;
    }

    void foundSelf() {
        own = true;
        found = null;
        open = false;
        otherCluster = Optional.empty();
    }

    void foundPeer(Occupant peer) {
        own = false;
        found = peer;
        proven = true;
        open = true;
        failedSince = false;
        otherCluster = Optional.empty();
    }

    void claimedBy(Occupant peer) {
        if (!own && (found == null || !proven)) {
            found = peer;
        }
    }

    /** Whoever was here is given up for another, who is said to be reached here. */
    void passedOnTo(Occupant peer) {
        proven = false;
        claimedBy(peer);
    }

    void closed() {
        open = false;
    }

    void failed(String reason, Optional<ClusterId> cluster) {
        open = false;
        failedSince = true;
        otherCluster = cluster;
        if (lastFailure.isEmpty()) {
            vacancy = reason;
        }
        lastFailure = reason;
    }

    /** Nobody is known to be here any more. */
    void vacate(long awakeNanos, long wallMillis) {
        found = null;
        proven = false;
        vacantSinceNanos = awakeNanos;
        vacantState = MemberState.STARTING;
        vacantStateWallMillis = wallMillis;
    }

    /** @return whether that is news */
    boolean vacantFor(long missesNanos, long awakeNanos, long wallMillis) {
        if (!vacant() || vacantState == MemberState.DOWN || awakeNanos - vacantSinceNanos < missesNanos) {
            return false;
        }
        vacantState = MemberState.DOWN;
        vacantStateWallMillis = wallMillis;
        return true;
    }

    /** Shows why the last attempt failed. @return whether that is news */
    boolean showsLastFailure() {
        if (lastFailure.isEmpty() || lastFailure.equals(vacancy)) {
            return false;
        }
        vacancy = lastFailure;
        return vacant();
    }

    MemberAddress address() {
        return address;
    }

    boolean own() {
        return own;
    }

    boolean open() {
        return open;
    }

    /** Whether it is left: closed, and nobody answered since. */
    boolean looksLeft() {
        return !open && failedSince;
    }

    Optional<Occupant> found() {
        return Optional.ofNullable(found);
    }

    /** Who is there, this node itself included. */
    Optional<NodeId> nodeId(NodeId self) {
        return own ? Optional.of(self) : found().map(peer -> peer.identity().nodeId());
    }

    Optional<ClusterId> otherCluster() {
        return otherCluster;
    }

    boolean vacant() {
        return !own && found == null;
    }

    boolean vacantSince(long awakeNanos) {
        return vacant() && vacantSinceNanos <= awakeNanos;
    }

    MemberState vacantState() {
        return vacantState;
    }

    String vacancy() {
        return vacancy;
    }

    long vacantStateWallMillis() {
        return vacantStateWallMillis;
    }
}
