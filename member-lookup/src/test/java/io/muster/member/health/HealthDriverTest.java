package io.muster.member.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.ClusterId;
import io.muster.member.MemberAddress;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import io.muster.member.NodeIdentity;
import io.muster.member.PeerIdentity;
import io.muster.member.health.core.HealthMessage;
import io.muster.member.health.core.HealthTiming;
import io.muster.member.health.core.Notice;
import io.muster.member.port.LinkEvent;
import io.muster.member.port.Net;
import io.muster.member.port.PeerLinks;
import io.muster.member.port.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class HealthDriverTest {

    private static final NodeId SELF_ID = new NodeId(0, 1);
    private static final NodeId PEER_ID = new NodeId(0, 2);
    private static final MemberAddress SELF = new MemberAddress("10.0.0.1", 8848, 7848);
    private static final MemberAddress PEER = new MemberAddress("10.0.0.2", 8848, 7848);

    private final HandTime time = new HandTime();
    private final Wires wires = new Wires();
    private final List<MemberView> views = new ArrayList<>();
    private final List<Notice> notices = new ArrayList<>();
    private int refused;
    private int roundTrips;
    private int failed;
    private boolean listenerThrows;

    private final HealthDriver driver = new HealthDriver(
            new NodeIdentity(SELF_ID, 5),
            SELF,
            HealthTiming.DEFAULTS,
            new HealthPorts(time, wires, wires),
            view -> {
                views.add(view);
                if (listenerThrows) {
                    throw new IllegalStateException("planted");
                }
            },
            notices::add,
            new HealthMetrics() {
                @Override
                public void roundTrip(NodeId peer, long nanos) {
                    roundTrips++;
                }

                @Override
                public void frameRefused() {
                    refused++;
                }

                @Override
                public void stepFailed() {
                    failed++;
                }
            });

    @Test
    void nothingHappens_onTheCallersThread() {
        driver.start();
        driver.wish(List.of(SELF, PEER));

        assertThat(views).isEmpty();
        assertThat(wires.dialled).isEmpty();
    }

    @Test
    void wish_isDialled_andWhoAnswersIsUp() {
        meetPeer();

        assertThat(wires.dialled).containsExactly(SELF, PEER);
        assertThat(driver.status().view().member(PEER_ID))
                .hasValueSatisfying(peer -> assertThat(peer.state()).isEqualTo(MemberState.UP));
        assertThat(views.get(views.size() - 1)).isEqualTo(driver.status().view());
        assertThat(roundTrips).isPositive();
        assertThat(notices).extracting(Notice::kind).contains(Notice.Kind.MEMBER_UP);
    }

    @Test
    void silentPeer_isFoundOut_byTheDriversOwnTicks() {
        meetPeer();
        wires.answers = false;
        time.pass(Duration.ofSeconds(7));

        assertThat(driver.status().view().member(PEER_ID))
                .hasValueSatisfying(peer -> assertThat(peer.state()).isEqualTo(MemberState.DOWN));
        assertThat(driver.status().peer(PEER_ID))
                .hasValueSatisfying(peer -> assertThat(peer.probesLost()).isGreaterThanOrEqualTo(5));
    }

    @Test
    void announcements_areInEveryProbe() {
        meetPeer();
        driver.announceLoaded(true);
        driver.announceCluster(new ClusterId(3, 4));
        time.pass(Duration.ofSeconds(2));

        assertThat(wires.last).isInstanceOfSatisfying(HealthMessage.Probe.class, probe -> {
            assertThat(probe.says().loaded()).isTrue();
            assertThat(probe.says().clusterId()).contains(new ClusterId(3, 4));
            assertThat(probe.says().runId()).isEqualTo(5);
        });
    }

    @Test
    void malformedFrame_isCountedAndDropped() {
        meetPeer();
        wires.deliver(PEER_ID, new byte[] {1, 2, 3});

        assertThat(refused).isEqualTo(1);
    }

    @Test
    void listenerThatThrows_isCounted_andEndsNeitherTicksNorTheRestOfTheStep() {
        listenerThrows = true;
        meetPeer();
        assertThat(failed).isPositive();
        assertThat(notices).extracting(Notice::kind).contains(Notice.Kind.MEMBER_UP);
        wires.answers = false;
        time.pass(Duration.ofSeconds(7));

        assertThat(driver.status().view().member(PEER_ID))
                .hasValueSatisfying(peer -> assertThat(peer.state()).isEqualTo(MemberState.DOWN));
    }

    @Test
    void leave_completesWhenItWasSent() {
        meetPeer();
        wires.sentKinds.clear();
        CompletionStage<Void> left = driver.leave();
        assertThat(left.toCompletableFuture()).isNotDone();
        time.turns();

        assertThat(left.toCompletableFuture()).isCompleted();
        assertThat(wires.sentKinds).contains("Leaving");
    }

    @Test
    void afterStop_nothingComesAnyMore() {
        meetPeer();
        driver.stop();
        time.turns();
        wires.sentKinds.clear();
        views.clear();
        wires.answers = false;
        time.pass(Duration.ofSeconds(20));
        driver.wish(List.of(SELF));
        time.turns();

        assertThat(wires.sentKinds).isEmpty();
        assertThat(views).isEmpty();
        assertThat(time.pendingTimers()).isZero();
    }

    private void meetPeer() {
        driver.start();
        driver.wish(List.of(SELF, PEER));
        time.turns();
        wires.opened();
        time.pass(Duration.ofSeconds(2));
    }

    /** One thread's clock and turns, moved by hand. */
    private static final class HandTime implements Time {

        private record Due(long atNanos, long sequence, Runnable task) implements Comparable<Due> {
            @Override
            public int compareTo(Due other) {
                int byTime = Long.compare(atNanos, other.atNanos);
                return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
            }
        }

        private final Queue<Runnable> turns = new ArrayDeque<>();
        private final PriorityQueue<Due> timers = new PriorityQueue<>();
        private long nanos;
        private long sequence;

        @Override
        public long monoNanos() {
            return nanos;
        }

        @Override
        public long wallMillis() {
            return nanos / 1_000_000;
        }

        @Override
        public Timer after(Duration delay, Runnable task) {
            Due due = new Due(nanos + delay.toNanos(), sequence++, task);
            timers.add(due);
            return () -> timers.remove(due);
        }

        @Override
        public void execute(Runnable task) {
            turns.add(task);
        }

        void turns() {
            while (!turns.isEmpty()) {
                turns.remove().run();
            }
        }

        void pass(Duration duration) {
            long until = nanos + duration.toNanos();
            turns();
            while (!timers.isEmpty() && timers.peek().atNanos() <= until) {
                Due due = timers.remove();
                nanos = due.atNanos();
                due.task().run();
                turns();
            }
            nanos = until;
        }

        int pendingTimers() {
            return timers.size();
        }
    }

    /** Both ports of the channel, with one peer at the other end that answers probes. */
    private final class Wires implements Net, PeerLinks {

        private final List<String> sentKinds = new ArrayList<>();
        private List<MemberAddress> dialled = List.of();
        private boolean answers = true;
        private HealthMessage last = new HealthMessage.Leaving(0);
        private FrameHandler handler = (from, frame) -> {};
        private Consumer<LinkEvent> listener = event -> {};

        @Override
        public void send(NodeId to, byte[] frame) {
            last = decoded(frame);
            sentKinds.add(last.getClass().getSimpleName());
            if (answers && last instanceof HealthMessage.Probe probe) {
                HealthMessage answer = new HealthMessage.ProbeAnswer(
                        probe.sequence(), probe.says().runId(), probe.says(), true, 0);
                time.execute(() -> deliver(to, HealthCodec.encode(answer)));
            }
        }

        @Override
        public void onFrame(FrameHandler newHandler) {
            handler = newHandler;
        }

        @Override
        public void dial(Collection<MemberAddress> addresses) {
            dialled = List.copyOf(addresses);
        }

        @Override
        public void onEvent(Consumer<LinkEvent> newListener) {
            listener = newListener;
        }

        void opened() {
            listener.accept(new LinkEvent.Opened(
                    PEER, new PeerIdentity(new NodeIdentity(PEER_ID, 5), Optional.empty(), PEER, 1)));
        }

        void deliver(NodeId from, byte[] frame) {
            handler.onFrame(from, frame);
        }

        private HealthMessage decoded(byte[] frame) {
            try {
                return HealthCodec.decode(frame);
            } catch (MalformedMessageException malformed) {
                throw new AssertionError(malformed);
            }
        }
    }
}
