package io.muster.raft.driver;

import io.muster.raft.EngineFailure;
import io.muster.raft.RaftRole;
import io.muster.raft.core.Input;
import io.muster.raft.core.RaftCore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a driver's life ends: by a stop, which hands leadership over and lets end what is on its way, or by a failure. Either way nobody is left waiting, and nothing
 * leads back.
 */
final class Ending {

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final Logger LOG = LoggerFactory.getLogger(Ending.class);

    private final DriverState<?, ?> state;
    private final ClientRequests<?, ?> requests;
    private final OwnGroup group;
    private final PeerLink peers;
    private final OwnCopy copy;
    private final EffectiveLeadership leadership;
    private final StatusReason reason;
    private final Turns turns;
    private final List<Alarm> alarms;
    private final Consumer<EngineFailure> onFailure;

    /** Who waits for a stop. */
    private final List<CompletableFuture<Void>> stops = new ArrayList<>();

    /** For the time limit of a stop. */
    private final Alarm stopLimit;

    /** @param alarms ring no more after the end */
    Ending(
            DriverState<?, ?> state,
            ClientRequests<?, ?> requests,
            OwnGroup group,
            PeerLink peers,
            OwnCopy copy,
            EffectiveLeadership leadership,
            StatusReason reason,
            Turns turns,
            List<Alarm> alarms,
            Consumer<EngineFailure> onFailure) {
        this.state = state;
        this.requests = requests;
        this.group = group;
        this.peers = peers;
        this.copy = copy;
        this.leadership = leadership;
        this.reason = reason;
        this.turns = turns;
        this.alarms = alarms;
        this.onFailure = onFailure;
        this.stopLimit = new Alarm(state.time, this::endStop);
    }

    // A stop.

    /** @param result completes when all has ended */
    void stop(CompletableFuture<Void> result) {
        if (state.isOver()) {
            result.complete(null);
            return;
        }
        stops.add(result);
        if (state.isStopping()) {
            return;
        }
        state.stopping();
        requests.takesNoMore();
        turns.turn(() -> {
            requests.refuseQueue(reason::notReady);
            handOver();
        });
        if (state.isUp() && !mayEnd()) {
            long patience = Math.min(state.config.writeTimeoutMillis(), 2L * state.config.electionTimeoutMillis());
            stopLimit.at(state.time.monoNanos() + patience * NANOS_PER_MILLI);
        } else {
            endStop();
        }
    }

    private void handOver() {
        boolean handsOver = leadership.holds()
                && state.core()
                        .configuration()
                        .filter(known -> known.voters().size() > 1)
                        .isPresent();
        if (handsOver) {
            state.replica().feed(new Input.TransferLeadership(group.members().nextRequest(), Optional.empty()));
        }
    }

    /** Whether nothing is left to wait for before a stop. */
    private boolean mayEnd() {
        RaftCore core = state.core();
        boolean leadsOthers =
                core.role() == RaftRole.LEADER && !core.followers().isEmpty() && !core.takesProposals();
        return state.replica().idle() && !leadsOthers;
    }

    /** Something has ended that a stop may have waited for. */
    void endStopIfPossible() {
        if (state.isStopping() && state.isUp() && mayEnd()) {
            endStop();
        }
    }

    private void endStop() {
        if (state.isOver()) {
            return;
        }
        state.stopped();
        end(StatusReason.SHUTTING_DOWN);
        stops.forEach(stop -> stop.complete(null));
    }

    // A failure.

    void fail(EngineFailure.Kind kind, String message) {
        if (state.isOver()) {
            return;
        }
        state.failed(message);
        if (kind == EngineFailure.Kind.INVARIANT_BROKEN) {
            copy.stopReads("the persistent side has stopped: " + message);
        }
        LOG.error("The Raft engine stopped ({}): {}", kind, message);
        end(message);
        stops.forEach(stop -> stop.complete(null));
        onFailure.accept(new EngineFailure(kind, message));
    }

    /** Whoever has started the engine is told by the start itself. */
    void startFailed(Throwable error) {
        if (state.isStarting()) {
            state.failed("the start failed: " + error.getMessage());
            end(state.failure());
            stops.forEach(stop -> stop.complete(null));
        }
    }

    // Common.

    private void end(String why) {
        state.replica().stop();
        group.members().stop();
        stopLimit.cancel();
        alarms.forEach(Alarm::cancel);
        leadership.ends();
        turns.publish();
        endWaiting(why);
    }

    /**
     * Ends all that wait for something of this node.
     *
     * @param why is told those whose commands may be in a log
     */
    void endWaiting(String why) {
        requests.end(why, reason::notReady);
        group.members().failCommands(reason.notReady());
        peers.exchanges().failAll(reason.notReady());
    }
}
