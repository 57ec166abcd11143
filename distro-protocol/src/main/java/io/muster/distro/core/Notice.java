package io.muster.distro.core;

import io.muster.member.NodeId;

/** What is worth telling people; nothing depends on it. */
public sealed interface Notice {

    /** The process ran nothing for so long; all leases were extended by it (X14). */
    record StoodStill(long gapMillis) implements Notice {
        @Override
        public String toString() {
            return "stood still for " + gapMillis + " ms: all leases are extended by it";
        }
    }

    /** The expiry guard holds removals back, for {@link GuardLimits#maxMillis} at most. */
    record RemovalsHeld(long unhealthy, long records) implements Notice {
        @Override
        public String toString() {
            return "expiry guard: " + unhealthy + " of " + records
                    + " sessions of this node are unhealthy; removals wait";
        }
    }

    /** The expiry guard holds nothing back any more. */
    record RemovalsResumed() implements Notice {
        @Override
        public String toString() {
            return "expiry guard: removals go on";
        }
    }

    /** The time after a cold start in which lists may be short is over. */
    record WarmedUp(long records) implements Notice {
        @Override
        public String toString() {
            return "warmed up after a cold start: " + records + " records registered again";
        }
    }

    /** This node counts as loaded. */
    record Loaded(long records, boolean complete) implements Notice {
        @Override
        public String toString() {
            return complete
                    ? "loaded " + records + " ephemeral records from other members"
                    : "no loaded member to load ephemeral records from; " + records + " are here";
        }
    }

    /** A member did not go on answering; another one is asked. */
    record LoadRetried(NodeId source) implements Notice {
        @Override
        public String toString() {
            return "loading ephemeral records: no answer from " + source + ", trying elsewhere";
        }
    }

    /** This node was away for so long that it may hold what others have forgotten. */
    record LoadsAnew(long awayMillis) implements Notice {
        @Override
        public String toString() {
            return "was away for " + awayMillis + " ms: ephemeral records are loaded anew";
        }
    }

    /** Loaded members answer, and none of them lists this node: it neither serves nor owns anything until one does. */
    record ListedByNobody() implements Notice {
        @Override
        public String toString() {
            return "no loaded member lists this node: it serves nothing until one does, and loads anew then";
        }
    }

    /** What nobody else knows went after loading anew. */
    record UnconfirmedDropped(long records) implements Notice {
        @Override
        public String toString() {
            return records + " ephemeral records that no other member knows are dropped";
        }
    }

    /** Members disagree about who shares the groups, or agree again. */
    record RingDisputed(boolean disputed) implements Notice {
        @Override
        public String toString() {
            return disputed
                    ? "members disagree about who is responsible for what; all watch over all sessions"
                    : "members agree again about who is responsible for what";
        }
    }
}
