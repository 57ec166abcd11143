package io.muster.member.health.core;

import io.muster.member.ClusterId;
import io.muster.member.Member;
import io.muster.member.MemberAddress;
import io.muster.member.MemberState;
import io.muster.member.NodeId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One node found at a listed address, and the judgement of it: misses, successes and what others say move it between the states that the
 * package's description draws. Mutable, owned by {@link MemberHealth}.
 *
 * <p>Methods that may change what the view shows say whether they did.
 */
final class Peer {

    /** Why one that ended in good order is DOWN. */
    static final String LEFT = "left";

    /** More names than that are counted. */
    private static final int NAMES_MAX = 3;

    private static final long NEVER = Long.MIN_VALUE;

    private final NodeId id;
    private final HealthTiming timing;
    private final ProbePeriod period = new ProbePeriod();
    private final ClockEstimate clock = new ClockEstimate();
    private final Sightings sightings = new Sightings();
    private MemberAddress address;

    private long runId;

    /** Another run of the node is newer than what we know only if it was seen later than this; awake time. */
    private long runSinceNanos;

    private MemberState state = MemberState.STARTING;
    private String reason = "found, has not answered yet";
    private long sinceWallMillis;

    /** As it said itself, or, while we don't reach it, as others who do heard it say. */
    private boolean loaded;

    private boolean listsUs;
    private Optional<ClusterId> clusterId = Optional.empty();
    private long listDigest;
    private long wishDigest;

    /** The newest format that this run has announced to this node; 0 until it has. */
    private int formatMax;

    /** This run has ended in good order, or stopped being a member. */
    private boolean left;

    /** Our last probe before we heard that it leaves; an answer to a later one may take that back. */
    private long leftAtSequence;

    /** It answered last as a member of another cluster. */
    private boolean foreign;

    /** In a row; one of the two is always 0. */
    private int misses;

    private int successes;

    /** When it was last UP again; awake time. */
    private long returnedNanos = NEVER;

    /** Rounds in a row in which others reached it while it is DOWN here. */
    private int roundsReached;

    /** Awake time since which others are asked about it. */
    private long askedSinceNanos = NEVER;

    /** Whether it would be DOWN, had others not reached it. */
    private boolean refuted;

    /** Monotonic time of its last answer, as this run. */
    private long answeredNanos = NEVER;

    private long answeredAwakeNanos = NEVER;
    private boolean skewTold;
    private long probesSent;
    private long probesLost;

    Peer(NodeId id, long runId, MemberAddress address, HealthTiming timing, long awakeNanos, long wallMillis) {
        this.id = id;
        this.runId = runId;
        this.address = address;
        this.timing = timing;
        this.runSinceNanos = awakeNanos;
        this.sinceWallMillis = wallMillis;
    }

    // What happens to it.

    /**
     * Another process bears the node id: whatever was known of the old one is void, and it leaves the ring.
     *
     * @param saysItself rather than others of it: then its list stands for what it was until they know better
     */
    void restarted(long newRunId, boolean saysItself, long awakeNanos, long wallMillis) {
        runId = newRunId;
        runSinceNanos = awakeNanos;
        loaded = false;
        listsUs &= !saysItself;
        listDigest = WishDigest.UNRESOLVED;
        wishDigest = WishDigest.UNRESOLVED;
        formatMax = 0;
        left = false;
        foreign = false;
        successes = 0;
        roundsReached = 0;
        refuted = false;
        answeredNanos = NEVER;
        answeredAwakeNanos = NEVER;
        sightings.clear();
        enter(MemberState.STARTING, "restarted", wallMillis);
    }

    /** Its handshake said so. */
    void announces(int newest) {
        formatMax = newest;
    }

    /** It said so in an answer to a probe of ours. */
    boolean says(Announcement announcement, boolean saysItListsUs) {
        boolean news = loaded != announcement.loaded()
                || listsUs != saysItListsUs
                || listDigest != announcement.listDigest()
                || wishDigest != announcement.wishDigest()
                || !clusterId.equals(announcement.clusterId());
        loaded = announcement.loaded();
        listsUs = saysItListsUs;
        listDigest = announcement.listDigest();
        wishDigest = announcement.wishDigest();
        clusterId = announcement.clusterId();
        return news;
    }

    /** Whether it says what we know already. */
    boolean isKnownToSay(Announcement announcement, boolean saysItListsUs) {
        return runId == announcement.runId()
                && loaded == announcement.loaded()
                && listsUs == saysItListsUs
                && left == announcement.leaving()
                && listDigest == announcement.listDigest()
                && wishDigest == announcement.wishDigest()
                && clusterId.equals(announcement.clusterId());
    }

    /** It answered the probe of an interval. */
    boolean succeeded(Now now, long awakeNanos) {
        answeredNanos = now.nanos();
        answeredAwakeNanos = awakeNanos;
        reachedAgain();
        foreign = false;
        if (left) {
            return false;
        }
        successes++;
        boolean returns = state != MemberState.UP && successes >= timing.upAfter();
        if (returns || state == MemberState.STARTING) {
            refuted = false;
            sightings.clear();
            returnedNanos = returns ? awakeNanos : returnedNanos;
            return enter(MemberState.UP, "answers", now.wallMillis());
        }
        return false;
    }

    /** It left the probe of an interval unanswered. */
    boolean missed(long wallMillis) {
        probesLost++;
        misses++;
        successes = 0;
        if (state == MemberState.UP && misses >= timing.suspiciousAfter()) {
            return enter(
                    MemberState.SUSPICIOUS,
                    timing.suspiciousAfter() + " probes in a row not answered; asking others",
                    wallMillis);
        }
        return false;
    }

    /** Its process said that it ends. */
    boolean left(long lastSequence, long wallMillis) {
        if (left) {
            return false;
        }
        left = true;
        leftAtSequence = lastSequence;
        loaded = false;
        return enter(MemberState.DOWN, LEFT, wallMillis);
    }

    /** It answered a probe and did not say that it leaves: after a change of its lookup the same run may be a member again. */
    void stays(long probeSequence) {
        if (left && probeSequence > leftAtSequence) {
            left = false;
            successes = 0;
        }
    }

    /** It answers, as a member of that other cluster: it belongs to no ring of ours. */
    boolean foreign(ClusterId theirs, long wallMillis) {
        foreign = true;
        clusterId = Optional.of(theirs);
        loaded = false;
        successes = 0;
        reachedAgain();
        return enter(MemberState.DOWN, "belongs to another cluster, " + theirs, wallMillis);
    }

    /** It is known by the word of others alone, who reach it: it shares in the ring, and others go on being asked about it. */
    boolean foundByOthers(
            NodeId reporter, Sightings.Sighting sighting, long wallMillis, Function<NodeId, String> nameOf) {
        misses = timing.suspiciousAfter();
        sightings.add(reporter, sighting);
        loaded = sighting.loaded();
        return enter(MemberState.SUSPICIOUS, reachedBy(List.of(reporter), nameOf), wallMillis);
    }

    /** The process that we know reaches us; what was missed was the one before. */
    void reachedAgain() {
        misses = 0;
        askedSinceNanos = NEVER;
    }

    /**
     * Another member got an answer from it, as the run that we know.
     *
     * @param listsSame whether its list is said to be like ours, so that it lists us if we list ourselves; if not, what it said last counts
     */
    boolean seen(NodeId reporter, Sightings.Sighting sighting, boolean listsSame) {
        sightings.add(reporter, sighting);
        boolean newest = sightings.latest().filter(sighting::equals).isPresent();
        if (!newest || !isSuspect() || sighting.atNanos() <= answeredAwakeNanos) {
            return false;
        }
        boolean news = loaded != sighting.loaded() || (listsSame && !listsUs);
        loaded = sighting.loaded();
        listsUs |= listsSame;
        return news;
    }

    /** A round of asking begins that covers it, if anybody can be asked; the one before is over. */
    boolean asked(boolean anybody, long awakeNanos, long wallMillis, Function<NodeId, String> nameOf) {
        if (anybody && askedSinceNanos == NEVER) {
            askedSinceNanos = awakeNanos;
        }
        if (state != MemberState.DOWN || !isOurs()) {
            return false;
        }
        List<NodeId> reporters = sightings.reportersSince(awakeNanos - 2 * timing.probeIntervalNanos());
        roundsReached = reporters.isEmpty() ? 0 : roundsReached + 1;
        if (roundsReached < timing.upAfter()) {
            return false;
        }
        roundsReached = 0;
        return enter(MemberState.SUSPICIOUS, reachedBy(reporters, nameOf), wallMillis);
    }

    /** Looks whether it is DOWN: nobody reaches it, and anybody who could say so has had an interval's time. */
    boolean judge(boolean anybodyElse, long awakeNanos, long wallMillis, Function<NodeId, String> nameOf) {
        if (misses < timing.downAfter() || state == MemberState.DOWN) {
            return false;
        }
        List<NodeId> reporters = sightings.reportersSince(awakeNanos - timing.reachedForNanos());
        if (!reporters.isEmpty()) {
            refuted = true;
            return enter(MemberState.SUSPICIOUS, reachedBy(reporters, nameOf), wallMillis);
        }
        if (!anybodyElse) {
            return enter(MemberState.DOWN, "does not answer, and nobody else could be asked", wallMillis);
        }
        boolean asked = askedSinceNanos != NEVER && awakeNanos - askedSinceNanos >= timing.probeIntervalNanos();
        return asked && enter(MemberState.DOWN, "does not answer, and nobody who was asked reaches it", wallMillis);
    }

    private boolean enter(MemberState next, String why, long wallMillis) {
        boolean news = state != next || !reason.equals(why);
        if (state != next) {
            sinceWallMillis = wallMillis;
        }
        if (next == MemberState.DOWN || next == MemberState.UP) {
            refuted = false;
            roundsReached = 0;
        }
        state = next;
        reason = why;
        return news;
    }

    private static String reachedBy(List<NodeId> reporters, Function<NodeId, String> nameOf) {
        String names = reporters.stream().limit(NAMES_MAX).map(nameOf).sorted().collect(Collectors.joining(", "));
        int more = reporters.size() - NAMES_MAX;
        String whoever = more > 0 ? names + " and " + more + " more" : names;
        return "does not answer here; reached by " + whoever;
    }

    // What it is.

    Member member() {
        return new Member(address, Optional.of(id), runId, state, loaded, listsUs, reason, sinceWallMillis)
                .announcing(formatMax);
    }

    HealthStatus.Peer status() {
        return new HealthStatus.Peer(
                id,
                member(),
                clusterId,
                boxed(clock.roundTripNanos()),
                boxed(clock.skewMillis()),
                probesSent,
                probesLost);
    }

    private static Optional<Long> boxed(OptionalLong value) {
        return value.isPresent() ? Optional.of(value.getAsLong()) : Optional.empty();
    }

    /** Whether others should be asked about it; of one that left or is foreign only another run is of interest. */
    boolean isSuspect() {
        return misses >= timing.suspiciousAfter();
    }

    /** Whether it was DOWN, answers, and has to do so some times more until it is UP. Who comes and goes takes its time. */
    boolean isReturning(long awakeNanos) {
        return state == MemberState.DOWN
                && isOurs()
                && misses == 0
                && (returnedNanos == NEVER || awakeNanos - returnedNanos >= timing.flappingNanos());
    }

    /** Whether what it said of itself is of the present. */
    boolean answersLately() {
        return isOurs()
                && (state == MemberState.UP
                        || (state == MemberState.SUSPICIOUS && answeredNanos != NEVER && misses < timing.downAfter()));
    }

    /** Whether another run of it, answering somebody else at that moment, is a newer one than we know. */
    boolean isOlderThan(long seenAtNanos) {
        return isSuspect() && seenAtNanos > runSinceNanos;
    }

    NodeId id() {
        return id;
    }

    long runId() {
        return runId;
    }

    MemberAddress address() {
        return address;
    }

    void movedTo(MemberAddress newAddress) {
        address = newAddress;
    }

    MemberState state() {
        return state;
    }

    String reason() {
        return reason;
    }

    boolean refuted() {
        return refuted;
    }

    boolean loaded() {
        return loaded;
    }

    boolean isOurs() {
        return !left && !foreign;
    }

    boolean listsUs() {
        return listsUs;
    }

    long listDigest() {
        return listDigest;
    }

    long wishDigest() {
        return wishDigest;
    }

    ProbePeriod period() {
        return period;
    }

    ClockEstimate clock() {
        return clock;
    }

    void countProbe() {
        probesSent++;
    }

    /** How long ago this run answered; empty if it never did. */
    OptionalLong silentNanos(long nowNanos) {
        return answeredNanos == NEVER ? OptionalLong.empty() : OptionalLong.of(nowNanos - answeredNanos);
    }

    /** @return whether people should hear of it: once each time that the skew passes the bound */
    boolean tellSkew(long boundMillis) {
        long skew = Math.abs(clock.skewMillis().orElse(0));
        boolean news = skew > boundMillis && !skewTold;
        if (skew > boundMillis) {
            skewTold = true;
        } else if (skew < boundMillis / 2) {
            skewTold = false;
        }
        return news;
    }
}
