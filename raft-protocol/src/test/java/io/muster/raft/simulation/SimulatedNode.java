package io.muster.raft.simulation;

import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Interest;
import io.muster.consistency.Mode;
import io.muster.member.NodeId;
import io.muster.member.port.DiskException;
import io.muster.member.port.Lane;
import io.muster.member.port.Ports;
import io.muster.raft.DamagedDataException;
import io.muster.raft.DataGivenUpException;
import io.muster.raft.DataSetAsideException;
import io.muster.raft.EngineFailure;
import io.muster.raft.RaftMetrics;
import io.muster.raft.RaftStatus;
import io.muster.raft.StateMachine;
import io.muster.raft.UnknownFormatException;
import io.muster.raft.core.RaftCore;
import io.muster.raft.datum.DatumCommand;
import io.muster.raft.datum.DatumResult;
import io.muster.raft.datum.RottenState;
import io.muster.raft.driver.Seams;
import io.muster.raft.engine.RaftEngine;
import io.muster.raft.engine.SimulatedEngines;
import io.muster.sim.cluster.SimProcess;
import io.muster.sim.run.SimRun;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;

/** One process of a node: the engine on the ports, with the observers between. */
final class SimulatedNode {

    private final SimRun run;
    private final FirstViolation violations;
    private final GroupObserver observer;
    private final SimProcess process;
    private final NodeShadow shadow;
    private final RaftEngine<String> engine;
    private Optional<RaftCore> core = Optional.empty();
    private Optional<RottenState> state = Optional.empty();
    private boolean setAside;
    private Optional<String> refusal = Optional.empty();

    /** Calls that have not ended, by number. */
    private final Map<Long, String> openCalls = new TreeMap<>();

    private long lastCall;
    private boolean exits;

    SimulatedNode(
            SimRun run,
            FirstViolation violations,
            GroupObserver observer,
            SimProcess process,
            PlantedBug bug,
            List<NodeId> firstIds) {
        this.run = run;
        this.violations = violations;
        this.observer = observer;
        this.process = process;
        this.shadow = observer.shadow(process.identity().nodeId(), process.index());
        Ports ports = new Ports(
                process.time(),
                process.rng(),
                bug.around(
                        new ObservedNet(new SealedNet(process.net(Lane.RAFT)), observer, shadow),
                        run.cluster(),
                        firstIds,
                        process),
                bug.around(process.disk(), process),
                bug.members(run.cluster(), process));
        Seams seams = new Seams(
                given -> RaftKnobs.timing(run),
                RaftKnobs.limits(run),
                bug.rules(),
                made -> {
                    RaftCore begun = (RaftCore) made;
                    core = Optional.of(begun);
                    return new ObservedMachine(begun, bug.around(begun, process), observer, shadow);
                },
                new AroundState(bug),
                bug.checksum(),
                RaftKnobs.digestEvery(run));
        this.engine = SimulatedEngines.create(
                RaftKnobs.config(run, run.cluster().machine(process.index()).formatMax()),
                process.identity(),
                ports,
                new RaftMetrics() {
                    @Override
                    public void formatRefused() {
                        refusesFormat();
                    }
                },
                this::failed,
                seams);
    }

    /** Watcher, bug, what memory does, and the state itself, from outside inwards. */
    private final class AroundState implements Seams.AroundState {
        private final PlantedBug bug;

        AroundState(PlantedBug bug) {
            this.bug = bug;
        }

        @Override
        @SuppressWarnings("unchecked") // there is one state machine, that of the engine
        public <C, R> StateMachine<C, R> around(StateMachine<C, R> machine) {
            state = Optional.of(new RottenState((StateMachine<DatumCommand<String>, DatumResult<String>>) machine));
            return (StateMachine<C, R>) new WatchedState(bug.around(state.get()), observer, shadow);
        }
    }

    /** From now on the state is wrong. */
    void rot() {
        shadow.rotten = true;
        state.orElseThrow().rot();
    }

    /** Whether what is read here may be wrong. */
    boolean isRotten() {
        return shadow.rotten;
    }

    /** Whether its state is about to go wrong, and has not yet. */
    boolean isAboutToRot() {
        return state.filter(RottenState::isAboutToRot).isPresent();
    }

    /** Whether this process has given up its node. */
    boolean setAside() {
        return setAside;
    }

    /** Why this process does not start, since it has the only copy of what was decided, and that is damaged. */
    Optional<String> refusal() {
        return refusal;
    }

    void start(Registers registers, CoverageMarks marks) {
        engine.listen(Interest.all(Mode.PERSISTENT), events -> {
            if (!isRotten()) {
                registers.told(events);
            }
        });
        engine.start().whenComplete((recovery, error) -> {
            if (error == null) {
                marks.recovered(recovery.tornBytes());
                recovery.warnings().stream()
                        .filter(warning -> warning.contains("damaged"))
                        .forEach(this::requireDamaged);
            } else {
                startFailed(error instanceof CompletionException ? error.getCause() : error);
            }
        });
    }

    private void startFailed(Throwable error) {
        setAside |= error instanceof DataSetAsideException || error instanceof DataGivenUpException;
        if (error instanceof UnknownFormatException) {
            refusesFormat();
        } else if (error instanceof DamagedDataException damage) {
            refuses(damage);
        } else if (error instanceof DataSetAsideException) {
            damaged(String.valueOf(error.getMessage()));
        } else {
            violations.require(
                    error instanceof DiskException
                            || error instanceof ConsistencyException
                            || error instanceof DataGivenUpException,
                    "RecoveryFaithful",
                    index(),
                    () -> "the start failed: " + error);
            exit(String.valueOf(error));
        }
    }

    private void refusesFormat() {
        observer.formats().refuses(id(), index());
        run.mark(CoverageMarks.FORMAT_REFUSED);
        exit("another version wrote what this one does not read");
    }

    private void failed(EngineFailure failure) {
        if (failure.kind() == EngineFailure.Kind.INVARIANT_BROKEN) {
            String[] parts = failure.message().split(": ", 2);
            violations.broken(parts[0], index(), parts[parts.length - 1]);
            exit(failure.message());
        } else if (failure.kind() == EngineFailure.Kind.DAMAGED || failure.kind() == EngineFailure.Kind.SET_ASIDE) {
            setAside |= failure.kind() == EngineFailure.Kind.SET_ASIDE;
            damaged(failure.message());
        } else {
            setAside |= failure.kind() == EngineFailure.Kind.GIVEN_UP;
            exit(failure.message());
        }
    }

    /** It must name what is damaged, for its operator. */
    private void refuses(DamagedDataException damage) {
        String message = String.valueOf(damage.getMessage());
        boolean named = run.cluster().machine(index()).disk().files().contains(damage.file())
                && message.contains(damage.file() + ", offset " + damage.offset());
        violations.require(named, "RecoveryFaithful", index(), () -> "does not say what is damaged: " + message);
        observer.refusesToStart(shadow, message);
        refusal = Optional.of(message);
        damaged(message);
    }

    private void damaged(String message) {
        requireDamaged(message);
        exit(message);
    }

    /** IR14. */
    private void requireDamaged(String message) {
        violations.require(
                run.plan().damaged().contains(index()),
                "RecoveryFaithful",
                index(),
                () -> "nothing was damaged, and yet " + message);
    }

    private void exit(String reason) {
        if (!exits) {
            exits = true;
            run.exit(index(), reason);
        }
    }

    int index() {
        return process.index();
    }

    NodeId id() {
        return process.identity().nodeId();
    }

    /** Names this process, whose view of the state never goes back. */
    String reader() {
        return process.time().name();
    }

    RaftEngine<String> engine() {
        return engine;
    }

    RaftStatus status() {
        return engine.status();
    }

    Optional<RaftCore> core() {
        return core;
    }

    NodeShadow shadow() {
        return shadow;
    }

    boolean isUp() {
        return engine.status().state() == RaftStatus.State.UP;
    }

    // Calls.

    /**
     * Tells how a call ends, unless the process ends before; the error is unwrapped.
     *
     * @param what the name of a call that must end in time; empty for one that need not
     */
    <T> void call(Optional<String> what, CompletionStage<T> stage, BiConsumer<T, Throwable> ended) {
        long call = ++lastCall;
        what.ifPresent(name -> openCalls.put(call, name));
        stage.whenComplete((result, error) -> {
            openCalls.remove(call);
            ended.accept(result, error instanceof CompletionException ? error.getCause() : error);
        });
    }

    Collection<String> openCalls() {
        return openCalls.values();
    }
}
