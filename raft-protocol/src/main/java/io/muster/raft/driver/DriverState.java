package io.muster.raft.driver;

import io.muster.member.NodeId;
import io.muster.member.port.Ports;
import io.muster.member.port.Time;
import io.muster.raft.RaftConfig;
import io.muster.raft.RaftMetrics;
import io.muster.raft.RaftStatus;
import io.muster.raft.StateMachine;
import io.muster.raft.core.RaftCore;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What all parts of a driver look at: what it was made with, how far its life has come, and which copy of its group's log runs. One object, shared by
 * them.
 */
final class DriverState<C, R> {

    final RaftConfig config;
    final NodeId self;
    final Ports ports;
    final Time time;
    final StateMachine<C, R> stateMachine;
    final RaftMetrics metrics;

    private RaftStatus.State phase = RaftStatus.State.STARTING;
    private boolean started;
    private boolean stopping;

    /** Whether the replica is being replaced, since this node goes to another group. */
    private boolean moving;

    private String failure = "";

    /** There from the end of the driver's constructor on. */
    private @Nullable Replica<C, R> replica;

    DriverState(RaftConfig config, NodeId self, Ports ports, StateMachine<C, R> stateMachine, RaftMetrics metrics) {
        this.config = config;
        this.self = self;
        this.ports = ports;
        this.time = ports.time();
        this.stateMachine = stateMachine;
        this.metrics = metrics;
    }

    // Looking in.

    RaftStatus.State phase() {
        return phase;
    }

    boolean isStarting() {
        return phase == RaftStatus.State.STARTING;
    }

    boolean isUp() {
        return phase == RaftStatus.State.UP;
    }

    boolean isFailed() {
        return phase == RaftStatus.State.FAILED;
    }

    /** Nothing leads out of that. */
    boolean isOver() {
        return phase == RaftStatus.State.STOPPED || phase == RaftStatus.State.FAILED;
    }

    boolean isStopping() {
        return stopping;
    }

    boolean isMoving() {
        return moving;
    }

    boolean mayStart() {
        return !started && !stopping;
    }

    /** Whether what other members say is heard. */
    boolean takesPart() {
        return isUp() && !moving;
    }

    /** Whether anything new may be asked of this node. */
    boolean takesRequests() {
        return isUp() && !stopping && !moving;
    }

    /** Why the engine has failed. */
    String failure() {
        return failure;
    }

    Replica<C, R> replica() {
        return Objects.requireNonNull(replica, "replica");
    }

    RaftCore core() {
        return replica().core();
    }

    // Steps.

    void runs(Replica<C, R> made) {
        replica = made;
    }

    void started() {
        started = true;
    }

    void up() {
        phase = RaftStatus.State.UP;
    }

    void stopping() {
        stopping = true;
    }

    void stopped() {
        phase = RaftStatus.State.STOPPED;
    }

    void failed(String why) {
        phase = RaftStatus.State.FAILED;
        failure = why;
    }

    /** What runs belongs to the group no longer; it may be told nothing more. */
    void leaves() {
        moving = true;
    }

    void arrived() {
        moving = false;
    }
}
