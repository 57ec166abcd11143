package io.muster.raft.simulation;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeEvent;
import io.muster.consistency.Condition;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Outcome;
import io.muster.consistency.Removal;
import io.muster.sim.linearizability.HistoryRecorder;
import io.muster.sim.linearizability.KeyRotation;
import io.muster.sim.linearizability.LinearizabilityChecker;
import io.muster.sim.linearizability.MapModel;
import io.muster.sim.linearizability.RegisterModel;
import io.muster.sim.linearizability.SequentialModel;
import io.muster.sim.linearizability.StaleReads;
import io.muster.sim.linearizability.StoreCommand;
import io.muster.sim.linearizability.StoreResult;
import io.muster.sim.linearizability.Verdict;
import io.muster.sim.linearizability.ViolationText;
import io.muster.sim.run.InvariantViolation;
import io.muster.sim.run.Operation;
import io.muster.sim.run.SimRun;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What clients ask of the persistent side, through any node, and what they may see of it: histories are linearizable, stale reads show a state that
 * was, each write takes effect once at most, and a refused one never (IR12, IR13).
 */
final class Registers {

    static final String PUT = "put";
    static final String DELETE = "delete";
    static final String CAS = "cas";
    static final String BURST = "burst";
    static final String READ = "read";
    static final String STALE_READ = "stale read";
    static final String SERVICE_PUT = "service put";
    static final String SERVICE_LIST = "service list";

    static final int SLOTS = 3;
    private static final int BURST_WRITES = 20;
    private static final int LONG_ONE_IN = 8;
    private static final int LONG_CHARS = 2_000;
    /** Fewer than a search can stand, so that next to none ends undecided. */
    private static final int CALLS_PER_KEY_MAX = 150;

    private static final String GROUP = "registers";
    private static final String SERVICES = "services";

    /** Whole-map histories are dear to check: what comes later goes unrecorded. */
    private static final int SERVICE_CALLS_MAX = 60;

    private final SimRun run;
    private final FirstViolation violations;
    private final KeyRotation rotation = new KeyRotation("r", SLOTS, CALLS_PER_KEY_MAX);
    private final HistoryRecorder<StoreCommand, StoreResult> history = new HistoryRecorder<>();
    private final HistoryRecorder<StoreCommand, StoreResult> services = new HistoryRecorder<>();
    private final StaleReads<String> staleReads = new StaleReads<>();
    private final Map<String, Long> indexOfValue = new HashMap<>();
    private final Set<String> refused = new HashSet<>();
    private long lastToldIndex;
    private int nextValue;
    private int serviceCalls;
    private long acknowledged;

    Registers(SimRun run, FirstViolation violations) {
        this.run = run;
        this.violations = violations;
    }

    long acknowledged() {
        return acknowledged;
    }

    // Clients.

    void perform(Operation operation, SimulatedNode node) {
        String client = "c" + operation.client();
        String key = rotation.take(Integer.parseInt(operation.key().substring(1)) % SLOTS);
        switch (operation.kind()) {
            case PUT -> put(client, node, history, GROUP, key, () -> {});
            case DELETE -> delete(client, node, key);
            case CAS -> compareAndSet(client, node, key);
            case BURST -> burst(client, node);
            case READ -> read(client, node, key);
            case STALE_READ -> staleRead(node);
            case SERVICE_PUT -> servicePut(client, node, operation.key());
            default -> serviceList(client, node);
        }
    }

    /** Many at once through one node, each of a key of its own. */
    private void burst(String client, SimulatedNode node) {
        for (int i = 0; i < BURST_WRITES; i++) {
            put(client, node, history, GROUP, "b" + nextValue, () -> {});
        }
    }

    /** A write that tells when it is done. */
    void probe(SimulatedNode node, Runnable done) {
        put("probe", node, history, GROUP, rotation.take(0), done);
    }

    private void put(
            String client,
            SimulatedNode node,
            HistoryRecorder<StoreCommand, StoreResult> recorder,
            String group,
            String key,
            Runnable done) {
        String value = nextValue();
        write(client, node, recorder, Change.put(Key.persistent(group, key), value), new StoreCommand.Put(value), done);
    }

    /** No two are equal. Some are long, so that the log gets to its next segment and snapshots to their next piece. */
    private String nextValue() {
        int number = nextValue++;
        return "v" + number + "-" + "x".repeat(number % LONG_ONE_IN == 0 ? LONG_CHARS : 0);
    }

    private void delete(String client, SimulatedNode node, String key) {
        Change<String> change = Change.remove(Key.persistent(GROUP, key), Removal.OPERATOR);
        write(client, node, history, change, new StoreCommand.Delete(), () -> {});
    }

    /** On condition of what the node has at the moment, new or old. */
    private void compareAndSet(String client, SimulatedNode node, String key) {
        Key name = Key.persistent(GROUP, key);
        Optional<Datum<String>> found = node.engine().get(name);
        Condition condition =
                found.map(datum -> Condition.versionIs(datum.version())).orElse(Condition.ABSENT);
        String value = nextValue();
        StoreCommand command = new StoreCommand.Cas(found.map(Datum::value), value);
        write(client, node, history, Change.put(name, value, condition), command, () -> {});
    }

    private void write(
            String client,
            SimulatedNode node,
            HistoryRecorder<StoreCommand, StoreResult> recorder,
            Change<String> change,
            StoreCommand command,
            Runnable done) {
        HistoryRecorder<StoreCommand, StoreResult>.Call call =
                recorder.call(client, change.key().id(), command, now());
        node.call(Optional.of("write"), node.engine().apply(List.of(change)), (standing, error) -> {
            if (error == null) {
                acknowledged++;
                run.mark(CoverageMarks.WRITTEN);
                standing.get(0)
                        .ifPresent(datum -> tookEffect(
                                node.index(), datum.value(), datum.version().asLong()));
                call.ok(new StoreResult.Done(), now());
                done.run();
            } else if (error instanceof ConsistencyException.Conflict) {
                call.ok(new StoreResult.Conflict(), now());
            } else {
                failed(node, call, change, error);
            }
        });
    }

    private void failed(
            SimulatedNode node,
            HistoryRecorder<StoreCommand, StoreResult>.Call call,
            Change<String> change,
            Throwable error) {
        if (outcome(node, error) == Outcome.NOT_DONE) {
            call.failed(now());
            if (change instanceof Change.Put<String> put) {
                refused.add(put.value());
                violations.require(
                        !indexOfValue.containsKey(put.value()),
                        "RefusedNeverReadable",
                        node.index(),
                        () -> put.value() + " was refused and stands at " + indexOfValue.get(put.value()));
            }
        } else {
            call.unknown(now());
        }
    }

    /** Any other failure than the kinds of the contract is a bug (IX4). */
    private Outcome outcome(SimulatedNode node, Throwable error) {
        violations.require(
                error instanceof ConsistencyException, "NoCrash", node.index(), () -> "a call failed with " + error);
        return ((ConsistencyException) error).outcome();
    }

    private void read(String client, SimulatedNode node, String key) {
        HistoryRecorder<StoreCommand, StoreResult>.Call call =
                history.call(client, key, new StoreCommand.Read(), now());
        node.call(Optional.of("read"), node.engine().getLinearizable(Key.persistent(GROUP, key)), (found, error) -> {
            if (error == null) {
                run.mark(CoverageMarks.READ);
                call.ok(new StoreResult.Value(found.map(Datum::value)), now());
            } else {
                outcome(node, error);
                call.failed(now());
            }
        });
    }

    private void staleRead(SimulatedNode node) {
        if (!node.isUp()) {
            return;
        }
        Map<String, Optional<String>> seen = new TreeMap<>();
        for (String key : rotation.current()) {
            seen.put(key, node.engine().get(Key.persistent(GROUP, key)).map(Datum::value));
        }
        Optional<StaleReads.Violation> wrong = staleReads.read(node.reader(), seen, StaleReads.ANY_AGE, now());
        violations.require(
                wrong.isEmpty(),
                "Linearizable",
                node.index(),
                () -> wrong.orElseThrow().text());
    }

    // The services: few, and listed as a whole.

    private void servicePut(String client, SimulatedNode node, String key) {
        if (serviceCalls++ < SERVICE_CALLS_MAX) {
            put(client, node, services, SERVICES, "s-" + key, () -> {});
        }
    }

    private void serviceList(String client, SimulatedNode node) {
        if (serviceCalls++ >= SERVICE_CALLS_MAX) {
            return;
        }
        HistoryRecorder<StoreCommand, StoreResult>.Call call =
                services.call(client, "", new StoreCommand.ReadAll(), now());
        node.call(Optional.of("read barrier"), node.engine().readBarrier(), (ignored, error) -> {
            if (error == null) {
                Map<String, String> found = new TreeMap<>();
                node.engine()
                        .group(io.muster.consistency.Mode.PERSISTENT, SERVICES)
                        .forEach(datum -> found.put(datum.key().id(), datum.value()));
                call.ok(StoreResult.Values.of(found), now());
            } else {
                outcome(node, error);
                call.failed(now());
            }
        });
    }

    // Listeners.

    /** A node applies changes, or tells what it has restored. */
    void told(List<ChangeEvent<String>> events) {
        for (ChangeEvent<String> event : events) {
            Optional<String> value = event instanceof ChangeEvent.Stored<String> stored
                    ? Optional.of(stored.datum().value())
                    : Optional.empty();
            long index = event.version().asLong();
            value.ifPresent(stored -> tookEffect(InvariantViolation.NO_NODE, stored, index));
            if (index > lastToldIndex) {
                lastToldIndex = index;
                if (event.key().group().equals(GROUP)) {
                    staleReads.committed(event.key().id(), value, now());
                }
            }
        }
    }

    /** IR13. */
    private void tookEffect(int node, String value, long index) {
        Long before = indexOfValue.putIfAbsent(value, index);
        violations.require(
                before == null || before == index,
                "ExactlyOnce",
                node,
                () -> value + " took effect at " + before + " and at " + index);
        violations.require(
                !refused.contains(value),
                "RefusedNeverReadable",
                node,
                () -> value + " was refused and stands at " + index);
    }

    // At the end.

    /** IR12. */
    void check() {
        require(LinearizabilityChecker.perKey(new RegisterModel()), new RegisterModel(), history);
        require(LinearizabilityChecker.whole(new MapModel()), new MapModel(), services);
    }

    private <S> void require(
            LinearizabilityChecker<S, StoreCommand, StoreResult> checker,
            SequentialModel<S, StoreCommand, StoreResult> model,
            HistoryRecorder<StoreCommand, StoreResult> recorder) {
        Verdict<StoreCommand, StoreResult> verdict = checker.check(recorder.history());
        if (verdict instanceof Verdict.Violation<StoreCommand, StoreResult> violation) {
            violations.broken("Linearizable", InvariantViolation.NO_NODE, ViolationText.of(violation));
        } else if (verdict instanceof Verdict.Undecided<StoreCommand, StoreResult> undecided) {
            run.mark(CoverageMarks.UNDECIDED + ": " + model.getClass().getSimpleName() + ", "
                    + (undecided.operationCount() / 100) + "00 operations");
            run.mark(CoverageMarks.UNDECIDED);
        }
        run.mark(CoverageMarks.HISTORIES);
        violations.rethrow();
    }

    private long now() {
        return run.cluster().clock().monoNanos();
    }
}
