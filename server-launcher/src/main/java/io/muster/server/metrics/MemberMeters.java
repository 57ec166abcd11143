package io.muster.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.muster.member.Member;
import io.muster.member.MemberState;
import io.muster.member.NodeId;
import io.muster.member.channel.PeerStatus;
import io.muster.member.health.HealthMetrics;
import io.muster.member.health.core.HealthStatus;
import io.muster.member.port.Lane;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * The figures of member health as meters named {@code muster_member_…}, and those of the channel, see {@link ChannelMeters}. Series of single members
 * come and go with them: there are as many as the member list has lines.
 */
public final class MemberMeters {

    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MILLIS_PER_SECOND = 1e3;

    private final MeterRegistry registry;
    private final ChannelMeters channel;
    private final Timer roundTrips;
    private final Counter framesRefused;
    private final Counter stepsFailed;
    private final MultiGauge states;
    private final MultiGauge formats;
    private final MultiGauge roundTrip;
    private final MultiGauge clockSkew;
    private final MultiGauge connections;
    private final MultiGauge queueBytes;

    MemberMeters(MeterRegistry registry) {
        this.registry = registry;
        channel = new ChannelMeters(registry);
        roundTrips = Timer.builder("muster.member.probe")
                .description("From a probe to its answer, over all members.")
                .serviceLevelObjectives(
                        Duration.ofMillis(1),
                        Duration.ofMillis(5),
                        Duration.ofMillis(25),
                        Duration.ofMillis(100),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(1))
                .register(registry);
        framesRefused = Counter.builder("muster.member.frames.refused")
                .description("Malformed frames of member health.")
                .register(registry);
        stepsFailed = Counter.builder("muster.member.steps.failed")
                .description("Steps of member health in which something threw, see the log.")
                .register(registry);
        states = gauges("muster.member.state", "1 at the state that the member is in, else 0.");
        formats = gauges(
                "muster.member.format.max",
                "The newest format that the member has announced to this node; 0 if it has not.");
        roundTrip = gauges("muster.member.round.trip.seconds", "Round trip of probes, smoothed.");
        clockSkew =
                gauges("muster.member.clock.skew.seconds", "How far the member's wall clock is ahead of this node's.");
        connections = gauges("muster.peer.connections", "Connections to and from the member.");
        queueBytes = gauges("muster.peer.queue.bytes", "Frames that wait to be sent to the member.");
    }

    private MultiGauge gauges(String name, String description) {
        return MultiGauge.builder(name).description(description).register(registry);
    }

    /** Where the channel tells its figures. */
    public ChannelMeters channel() {
        return channel;
    }

    /** Where member health tells its figures. */
    public HealthMetrics health() {
        return new HealthMetrics() {
            @Override
            public void roundTrip(NodeId peer, long nanos) {
                roundTrips.record(nanos, TimeUnit.NANOSECONDS);
            }

            @Override
            public void frameRefused() {
                framesRefused.increment();
            }

            @Override
            public void stepFailed() {
                stepsFailed.increment();
            }
        };
    }

    /** Adds what is read from the status. Gauges hold what they read; the registry alone would let it be collected. */
    public void bind(Supplier<HealthStatus> status) {
        for (MemberState state : MemberState.values()) {
            Gauge.builder("muster.members", () -> count(status.get(), state))
                    .description("Members in each state, this node among them.")
                    .tag("state", label(state))
                    .register(registry);
        }
        Gauge.builder("muster.member.listed", () -> status.get().listed() ? 1 : 0)
                .description("1 while the member list names this node, else 0.")
                .register(registry);
        total(status, "probes.sent", "Probes that were due.", HealthStatus.Counters::probesSent);
        total(status, "probes.lost", "Probes without an answer in time.", HealthStatus.Counters::probesLost);
        total(
                status,
                "answers.late",
                "Answers to probes that came too late or twice.",
                HealthStatus.Counters::answersLate);
        total(
                status,
                "suspicions.refuted",
                "Members that would have been DOWN, had others not reached them.",
                HealthStatus.Counters::suspicionsRefuted);
        total(status, "restarts.seen", "New processes of known members.", HealthStatus.Counters::restartsSeen);
        total(status, "stand.stills", "Times that this process stood still.", HealthStatus.Counters::standStills);
        total(
                status,
                "notices.suppressed",
                "Lines that were not logged, since there were too many.",
                HealthStatus.Counters::noticesSuppressed);
    }

    /** A counter holds its object weakly, so that is this one, which the server holds; its function holds the status. */
    private void total(
            Supplier<HealthStatus> status,
            String name,
            String description,
            ToDoubleFunction<HealthStatus.Counters> figure) {
        FunctionCounter.builder(
                        "muster.member." + name,
                        this,
                        self -> figure.applyAsDouble(status.get().counters()))
                .description(description)
                .register(registry);
    }

    private static long count(HealthStatus status, MemberState state) {
        return status.view().members().stream()
                .filter(member -> member.state() == state)
                .count();
    }

    /** Brings the series of single members up to date: whoever is gone has none any more. */
    public void refresh(HealthStatus status, List<PeerStatus> peers) {
        List<Row<?>> stateRows = new ArrayList<>();
        for (Member member : status.view().members()) {
            for (MemberState state : MemberState.values()) {
                Tags tags = Tags.of("member", member.address().name(), "state", label(state));
                stateRows.add(Row.of(tags, member.state() == state ? 1 : 0));
            }
        }
        List<Row<?>> formatRows = new ArrayList<>();
        for (HealthStatus.Peer peer : status.peers()) {
            Tags tags = Tags.of("member", peer.member().address().name());
            formatRows.add(Row.of(tags, peer.member().formatMax()));
        }
        List<Row<?>> roundTripRows = new ArrayList<>();
        List<Row<?>> skewRows = new ArrayList<>();
        for (HealthStatus.Peer peer : status.peers()) {
            Tags tags = Tags.of("member", peer.member().address().name());
            peer.roundTripNanos().ifPresent(nanos -> roundTripRows.add(Row.of(tags, nanos / NANOS_PER_SECOND)));
            peer.clockSkewMillis().ifPresent(millis -> skewRows.add(Row.of(tags, millis / MILLIS_PER_SECOND)));
        }
        List<Row<?>> connectionRows = new ArrayList<>();
        List<Row<?>> queueRows = new ArrayList<>();
        for (PeerStatus peer : peers) {
            Tags tags = Tags.of("node", peer.identity().nodeId().toString());
            connectionRows.add(Row.of(tags, peer.connections()));
            for (Lane lane : Lane.values()) {
                queueRows.add(Row.of(
                        tags.and("lane", ChannelMeters.label(lane)),
                        peer.queuedBytes().getOrDefault(lane, 0L)));
            }
        }
        states.register(stateRows, true);
        formats.register(formatRows, true);
        roundTrip.register(roundTripRows, true);
        clockSkew.register(skewRows, true);
        connections.register(connectionRows, true);
        queueBytes.register(queueRows, true);
    }

    private static String label(MemberState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
