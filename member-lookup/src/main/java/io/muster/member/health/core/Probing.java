package io.muster.member.health.core;

import io.muster.member.ClusterId;
import io.muster.member.NodeIdentity;
import io.muster.member.health.core.HealthMessage.Probe;
import io.muster.member.health.core.HealthMessage.ProbeAnswer;
import io.muster.member.health.core.Notice.Kind;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Supplier;

/** The round trips to each peer, one an interval, and what their answers say. */
final class Probing {

    /** X25. */
    private static final long SKEW_MAX_MILLIS = 1_000;

    private final NodeIdentity self;
    private final HealthTiming timing;
    private final HealthRules rules;
    private final Turn turn;
    private final Counts counts;
    private final Supplier<Announcement> announcement;
    private final Runnable publishNews;

    /** Of the probe sent last; rising. */
    private long sequence;

    Probing(
            NodeIdentity self,
            HealthTiming timing,
            HealthRules rules,
            Turn turn,
            Counts counts,
            Supplier<Announcement> announcement,
            Runnable publishNews) {
        this.self = self;
        this.timing = timing;
        this.rules = rules;
        this.turn = turn;
        this.counts = counts;
        this.announcement = announcement;
        this.publishNews = publishNews;
    }

    /** Time has passed. */
    void watch(Peer peer) {
        ProbePeriod period = peer.period();
        long interval = peer.isReturning(turn.awakeNanos()) && period.answered()
                ? timing.returnIntervalNanos()
                : timing.probeIntervalNanos();
        long late = turn.awakeNanos() - period.startNanos() - interval;
        if (late >= 0) {
            if (!period.answered()) {
                counts.probesLost++;
                turn.news(peer.missed(turn.wallMillis()));
            }
            // Keeps the beat where the tick came a little late.
            probe(peer, turn.awakeNanos() - Math.min(late, timing.tickNanos()));
        } else if (period.repeatNow(turn.awakeNanos(), interval)) {
            send(peer);
        }
    }

    /** Begins a period. */
    void probe(Peer peer) {
        probe(peer, turn.awakeNanos());
    }

    private void probe(Peer peer, long startNanos) {
        counts.probesSent++;
        peer.countProbe();
        peer.period().begin(startNanos);
        send(peer);
    }

    /** Sends one more probe, for there is news. */
    void probeSoon(Peer peer) {
        if (peer.period().hasRoom()) {
            send(peer);
        }
    }

    private void send(Peer peer) {
        sequence++;
        peer.period().sent(sequence, turn.now().nanos());
        // Whoever is probed is listed.
        turn.send(peer.id(), new Probe(sequence, announcement.get(), true));
    }

    /** What was on its way while this node stood still proves nothing. */
    void renew(Collection<Peer> peers) {
        for (Peer peer : peers) {
            if (peer.period().renew(turn.awakeNanos())) {
                send(peer);
            }
        }
    }

    /** An answer came. */
    void received(Peer peer, ProbeAnswer answer) {
        Optional<ProbePeriod.Attempt> attempt =
                answer.toRunId() == self.runId() ? peer.period().match(answer.sequence()) : Optional.empty();
        if (attempt.isEmpty()) {
            counts.answersLate++;
            if (rules.dropsUnaskedAnswers()) {
                return;
            }
        }
        attempt.ifPresent(probe -> measure(peer, turn.now().nanos() - probe.sentNanos(), answer.wallMillis()));
        answered(peer, answer);
    }

    private void answered(Peer peer, ProbeAnswer answer) {
        Announcement says = answer.says();
        if (rules.isNewRun(peer.runId(), says.runId())) {
            restarted(peer, says.runId(), true);
        }
        Optional<ClusterId> ours = announcement.get().clusterId();
        if (ours.isPresent() && says.clusterId().isPresent() && !ours.equals(says.clusterId())) {
            foreign(peer, says.clusterId().orElseThrow(), ours.orElseThrow());
            return;
        }
        if (says.leaving()) {
            turn.news(peer.left(sequence, turn.wallMillis()));
        } else {
            peer.stays(answer.sequence());
        }
        turn.news(peer.says(says, answer.listsYou()));
        if (peer.period().succeed()) {
            turn.news(peer.succeeded(turn.now(), turn.awakeNanos()));
        }
    }

    private void foreign(Peer peer, ClusterId theirs, ClusterId ours) {
        peer.period().succeed();
        turn.news(peer.foreign(theirs, turn.wallMillis()));
        turn.tellAgain(new Notice(
                Kind.OTHER_CLUSTER,
                peer.address().name(),
                peer.address() + " belongs to another cluster: " + theirs + ", not " + ours));
    }

    /** Its process said that it ends. */
    void left(Peer peer) {
        turn.news(peer.left(sequence, turn.wallMillis()));
    }

    /**
     * Another process bears the node id.
     *
     * @param saysItself rather than others of it
     */
    void restarted(Peer peer, long runId, boolean saysItself) {
        counts.restartsSeen++;
        peer.restarted(runId, saysItself, turn.awakeNanos(), turn.wallMillis());
        turn.news(true);
        // Both engines must see that the old process is gone, even where the new one is up in the same step.
        publishNews.run();
        probe(peer);
    }

    private void measure(Peer peer, long roundTripNanos, long peerWallMillis) {
        peer.clock().sample(roundTripNanos, peerWallMillis, turn.wallMillis());
        turn.add(new Effect.Measured(peer.id(), roundTripNanos));
        if (peer.tellSkew(SKEW_MAX_MILLIS)) {
            turn.tell(new Notice(
                    Kind.CLOCK_SKEW,
                    peer.address().name(),
                    "the wall clock of " + peer.address() + " differs from this node's by "
                            + peer.clock().skewMillis().orElse(0) + " ms"));
        }
    }
}
