package io.muster.distro.core;

import io.muster.consistency.Change;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Mark;
import io.muster.consistency.Version;
import io.muster.distro.core.DistroRecord.Held;
import io.muster.distro.core.Effects.Outcome;
import io.muster.distro.core.Message.Forward;
import io.muster.distro.core.Message.Forwarded;
import io.muster.distro.core.Message.Passed;
import io.muster.distro.core.Message.Result;
import io.muster.distro.core.Store.Passage;
import io.muster.distro.core.Store.Written;
import io.muster.member.NodeId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Carries out writes: here where this node is responsible, else by passing them on, one hop (R42). What the responsible member does not answer
 * in time is taken over under the version that was proposed to it, so that it is one change even if both carry it out (R52). A member that
 * has just failed to answer is not waited for again for a while.
 */
final class Forwards<V> {

    private static final long DISTRUST_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A caller's changes, some of which may be with other members. */
    private static final class Call<V> {
        final long id;
        final List<Change<V>> changes;
        final List<Optional<Datum<V>>> results;
        int open;
        int refused;

        /** The first of those refused. */
        int refusedAt = Integer.MAX_VALUE;

        Call(long id, List<Change<V>> changes) {
            this.id = id;
            this.changes = changes;
            this.results = new ArrayList<>(Collections.nCopies(changes.size(), Optional.empty()));
        }
    }

    /** Those of a call that went to one member in one message. */
    private static final class Request<V> {
        final Call<V> call;
        final NodeId to;
        final List<Integer> places = new ArrayList<>();
        final List<Passed<V>> passed = new ArrayList<>();
        int bytes;
        long dueNanos;

        Request(Call<V> call, NodeId to) {
            this.call = call;
            this.to = to;
        }
    }

    private final NodeId self;
    private final Store<V> store;
    private final long timeoutNanos;

    /** By number, and so by the time at which they are given up. */
    private final LinkedHashMap<Long, Request<V>> requests = new LinkedHashMap<>();

    private final Map<NodeId, Long> distrustedUntilNanos = new TreeMap<>();
    private long lastRequest;
    private long takenOverTotal;

    /** @param numbersFrom other than that of the process before, whose answers may yet come */
    Forwards(NodeId self, Store<V> store, PeerLimits limits, long numbersFrom) {
        this.self = self;
        this.store = store;
        this.timeoutNanos = TimeUnit.MILLISECONDS.toNanos(limits.passOnTimeoutMillis());
        this.lastRequest = numbersFrom;
    }

    /** How many changes were carried out here in place of the responsible member. */
    long takenOverTotal() {
        return takenOverTotal;
    }

    /** Requests that wait for an answer. */
    int waiting() {
        return requests.size();
    }

    void write(long callId, List<Change<V>> changes, Responsibility responsibility, Step<V> step) {
        Call<V> call = new Call<>(callId, changes);
        TreeMap<NodeId, Request<V>> open = new TreeMap<>();
        for (int place = 0; place < changes.size(); place++) {
            Change<V> change = changes.get(place);
            NodeId member = responsibility.memberFor(change.key().group()).orElse(self);
            if (member.equals(self) || distrusts(member, step)) {
                settle(call, place, store.write(change, step));
            } else {
                Request<V> request = open.computeIfAbsent(member, id -> new Request<>(call, id));
                call.open++;
                request.places.add(place);
                request.passed.add(new Passed<>(change, store.propose(step)));
                request.bytes += store.bytesOf(change);
                if (request.bytes > Sizes.MESSAGE_BYTES_MAX) {
                    open.remove(member);
                    send(request, step);
                }
            }
        }
        open.values().forEach(request -> send(request, step));
        tellIfDone(call, step);
    }

    /** Another member passed changes on to this one. */
    void carryOut(NodeId from, Forward<V> forward, Step<V> step) {
        List<Result<V>> results = new ArrayList<>(forward.changes().size());
        for (Passed<V> passed : forward.changes()) {
            Key key = passed.change().key();
            Written<V> written = store.write(passed.change(), Optional.of(passed.proposed()), Passage.PASSED_ON, step);
            results.add(new Result<>(written.refused(), store.standing(key, step)));
        }
        step.send(from, new Forwarded<>(forward.request(), results));
    }

    /** The answer: what stands there is merged before the caller is told, so that it reads what it wrote (R71). */
    void answered(NodeId from, Forwarded<V> answer, Step<V> step) {
        Request<V> request = requests.get(answer.request());
        if (request == null || !request.to.equals(from)) {
            return;
        }
        if (answer.results().size() != request.passed.size()) {
            requests.remove(answer.request());
            takeOver(request, step);
            return;
        }
        requests.remove(answer.request());
        distrustedUntilNanos.remove(from);
        for (int i = 0; i < request.passed.size(); i++) {
            Result<V> result = answer.results().get(i);
            boolean heard = Store.isSignOfLife(request.passed.get(i).change()) && !result.refused();
            result.standing().ifPresent(record -> store.mergeAnswer(from, record, heard, step));
            Datum<V> visible = result.standing().map(Forwards::visible).orElse(null);
            settle(request.call, request.places.get(i), new Written<>(result.refused(), visible));
        }
        request.call.open -= request.passed.size();
        tellIfDone(request.call, step);
    }

    /** Takes over what nobody answered in time. */
    void due(Step<V> step) {
        while (!requests.isEmpty()) {
            Map.Entry<Long, Request<V>> oldest = requests.entrySet().iterator().next();
            if (step.nowNanos - oldest.getValue().dueNanos < 0) {
                return;
            }
            requests.remove(oldest.getKey());
            distrustedUntilNanos.put(oldest.getValue().to, step.nowNanos + DISTRUST_NANOS);
            takeOver(oldest.getValue(), step);
        }
    }

    /** These are alive; what waits for others is taken over now. */
    void members(List<NodeId> alive, Step<V> step) {
        distrustedUntilNanos.keySet().removeIf(id -> !alive.contains(id));
        for (Long number : List.copyOf(requests.keySet())) {
            Request<V> request = requests.get(number);
            if (request != null && !alive.contains(request.to)) {
                requests.remove(number);
                takeOver(request, step);
            }
        }
    }

    /** When {@link #due} has something to do; {@link Long#MAX_VALUE} if never. */
    long nextDueNanos() {
        return requests.isEmpty()
                ? Long.MAX_VALUE
                : requests.values().iterator().next().dueNanos;
    }

    private static <V> @Nullable Datum<V> visible(DistroRecord<V> record) {
        return record instanceof Held<V> held && held.datum().mark() != Mark.EXPIRED ? held.datum() : null;
    }

    private boolean distrusts(NodeId member, Step<V> step) {
        Long until = distrustedUntilNanos.get(member);
        return until != null && step.nowNanos - until < 0;
    }

    private void send(Request<V> request, Step<V> step) {
        request.dueNanos = step.nowNanos + timeoutNanos;
        requests.put(++lastRequest, request);
        step.send(request.to, new Forward<>(lastRequest, request.passed));
    }

    private void takeOver(Request<V> request, Step<V> step) {
        takenOverTotal += request.passed.size();
        for (int i = 0; i < request.passed.size(); i++) {
            Passed<V> passed = request.passed.get(i);
            Optional<Version.Hybrid> proposed = Optional.of(passed.proposed());
            settle(
                    request.call,
                    request.places.get(i),
                    store.write(passed.change(), proposed, Passage.TAKEN_OVER, step));
        }
        request.call.open -= request.passed.size();
        tellIfDone(request.call, step);
    }

    private void settle(Call<V> call, int place, Written<V> written) {
        @Nullable Datum<V> visible = written.visible();
        call.results.set(place, Optional.ofNullable(visible));
        if (written.refused()) {
            call.refusedAt = Math.min(call.refusedAt, place);
            call.refused++;
        }
    }

    private void tellIfDone(Call<V> call, Step<V> step) {
        if (call.open == 0) {
            Optional<ConsistencyException> refusal = Optional.empty();
            if (call.refusedAt < call.changes.size()) {
                Change<V> refused = call.changes.get(call.refusedAt);
                boolean othersDone = call.refused < call.changes.size();
                refusal =
                        Optional.of(new ConsistencyException.Conflict(refused.key(), refused.condition(), othersDone));
            }
            step.outcome(new Outcome<>(call.id, Collections.unmodifiableList(call.results), refusal));
        }
    }
}
