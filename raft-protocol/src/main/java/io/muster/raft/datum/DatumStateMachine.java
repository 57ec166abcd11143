package io.muster.raft.datum;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeEvent;
import io.muster.consistency.ChangeListener;
import io.muster.consistency.Codec;
import io.muster.consistency.Condition;
import io.muster.consistency.Datum;
import io.muster.consistency.Interest;
import io.muster.consistency.Key;
import io.muster.consistency.Mark;
import io.muster.consistency.Subscription;
import io.muster.consistency.Version;
import io.muster.member.NodeId;
import io.muster.member.NodeIdentity;
import io.muster.raft.RaftMetrics;
import io.muster.raft.StateMachine;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The state of the persistent side: data by key, and the requests applied lately.
 *
 * <p>{@link #encode}, the reading methods and {@link #prepareListener} are for any thread; all else is for the engine's.
 */
public final class DatumStateMachine<V> implements StateMachine<DatumCommand<V>, DatumResult<V>> {

    private final NodeIdentity identity;
    private final Codec<V> values;
    private final CommandCodec<V> commands;
    private final Listeners<V> listeners;

    /** Replaced as a whole by the engine's thread. */
    private volatile DatumState<V> state;

    /** Next sequence of this run's requests. */
    private final AtomicLong nextSequence = new AtomicLong(1);

    /** Who does what only a leader does (R30). */
    private final List<Consumer<Boolean>> whileLeading = new ArrayList<>();

    private boolean leads;

    /** The snapshot that is being saved, if one is. */
    private @Nullable SnapshotSave<V> saving;

    public DatumStateMachine(NodeIdentity identity, Codec<V> values, RaftMetrics metrics) {
        this.identity = identity;
        this.values = values;
        this.commands = new CommandCodec<>(values);
        this.state = new DatumState<>(values);
        this.listeners = new Listeners<>(() -> state.data(), metrics);
    }

    // For any thread.

    /** A command and its bytes for the log. */
    // The array goes into the log as it is; nobody else holds it.
    @SuppressWarnings("ArrayRecordComponent")
    public record Encoded<V>(DatumCommand<V> command, byte[] bytes) {}

    /**
     * Makes a new request of the changes, for {@link #leaves}.
     *
     * @throws IllegalArgumentException for a key that has no encoding
     */
    public Encoded<V> encode(List<Change<V>> changes) {
        RequestId request = new RequestId(identity.nodeId(), identity.runId(), nextSequence.getAndIncrement());
        CommandCodec.Encoded<V> encoded = commands.encode(request, 0, changes);
        return new Encoded<>(encoded.command(), encoded.bytes());
    }

    /**
     * The request that a leader makes of the changes which stands at one place of the log, and at no other.
     *
     * @throws IllegalArgumentException for a key that has no encoding
     */
    public Encoded<V> encodeAs(NodeId leader, long term, long index, List<Change<V>> changes) {
        CommandCodec.Encoded<V> encoded = commands.encode(new RequestId(leader, term, index), index - 1, changes);
        return new Encoded<>(encoded.command(), encoded.bytes());
    }

    public Optional<Datum<V>> get(Key key) {
        return state.data().get(key);
    }

    public List<Datum<V>> group(String group) {
        return state.data().group(group);
    }

    public void forEach(Consumer<Datum<V>> visitor) {
        state.data().forEach(visitor);
    }

    /** A registration that begins to hear when its second part is run on the engine's thread. */
    public PreparedListener prepareListener(Interest interest, ChangeListener<V> listener) {
        Listeners<V>.Registration registration = listeners.prepare(interest, listener);
        return new PreparedListener(registration, () -> listeners.add(registration));
    }

    /**
     * A listener on its way.
     *
     * @param subscription for the caller
     * @param putInForce for the engine's thread, once
     */
    public record PreparedListener(Subscription subscription, Runnable putInForce) {}

    // For the engine's thread.

    @Override
    public DatumCommand<V> decode(byte[] command) {
        return commands.decode(command);
    }

    @Override
    public DatumCommand<V> leaves(DatumCommand<V> command, byte[] bytes, long committedIndex) {
        CommandCodec.setLeftAfter(bytes, committedIndex);
        return command.leaving(committedIndex);
    }

    @Override
    public List<DatumResult<V>> apply(List<Committed<DatumCommand<V>>> committed) {
        List<DatumResult<V>> results = new ArrayList<>(committed.size());
        List<ChangeEvent<V>> events = new ArrayList<>(committed.size());
        DatumState<V> present = state;
        for (Committed<DatumCommand<V>> each : committed) {
            results.add(apply(present, each.index(), each.command(), events));
            present.applied(each.index());
        }
        listeners.tell(List.copyOf(events));
        return results;
    }

    private DatumResult<V> apply(
            DatumState<V> present, long index, DatumCommand<V> command, List<ChangeEvent<V>> events) {
        RequestTable.Answer known = present.requests().find(command.request()).orElse(null);
        if (known != null) {
            return answer(known, command);
        }
        if (index - command.leftAfter() > RequestTable.REQUESTS_MAX) {
            return new DatumResult.TooLate<>();
        }
        int conflict = firstConflict(present.data(), command.changes());
        RequestTable.Answer answer = new RequestTable.Answer(index, conflict);
        if (conflict == RequestTable.NO_CONFLICT) {
            for (int i = 0; i < command.changes().size(); i++) {
                Change<V> change = command.changes().get(i);
                keepForSnapshot(present, change.key());
                if (change instanceof Change.Put<V> put) {
                    Datum<V> datum = stored(put, index);
                    present.put(datum, command.valueLength(i), command.valueHash(i));
                    events.add(new ChangeEvent.Stored<>(datum));
                } else if (change instanceof Change.Remove<V> remove) {
                    present.remove(change.key())
                            .ifPresent(last -> events.add(new ChangeEvent.Removed<>(
                                    last,
                                    new Version.LogIndex(index),
                                    remove.cause(),
                                    command.request().node().toString())));
                }
            }
        }
        present.requests().add(command.request(), answer);
        return answer(answer, command);
    }

    @Override
    public long requestOf(DatumCommand<V> command) {
        RequestId request = command.request();
        boolean own = request.node().equals(identity.nodeId()) && request.runId() == identity.runId();
        return own ? request.sequence() : 0;
    }

    /** What a request that was decided so is told, the first time and each time that it comes again. */
    private DatumResult<V> answer(RequestTable.Answer answer, DatumCommand<V> command) {
        if (answer.conflict() != RequestTable.NO_CONFLICT) {
            Change<V> change = command.changes().get(answer.conflict());
            return new DatumResult.Conflicted<>(change.key(), change.condition());
        }
        List<Optional<Datum<V>>> standing = new ArrayList<>(command.changes().size());
        for (Change<V> change : command.changes()) {
            standing.add(
                    change instanceof Change.Put<V> put ? Optional.of(stored(put, answer.index())) : Optional.empty());
        }
        return new DatumResult.Changed<>(standing);
    }

    private static <V> Datum<V> stored(Change.Put<V> put, long index) {
        return new Datum<>(put.key(), new Version.LogIndex(index), Mark.HEALTHY, put.value());
    }

    private static <V> int firstConflict(DatumMap<V> data, List<Change<V>> changes) {
        for (int i = 0; i < changes.size(); i++) {
            if (!holds(data, changes.get(i).condition(), changes.get(i).key())) {
                return i;
            }
        }
        return RequestTable.NO_CONFLICT;
    }

    private static <V> boolean holds(DatumMap<V> data, Condition condition, Key key) {
        if (condition instanceof Condition.VersionIs is) {
            return data.get(key)
                    .filter(datum -> datum.version().equals(is.version()))
                    .isPresent();
        }
        if (condition instanceof Condition.Absent) {
            return data.get(key).isEmpty();
        }
        if (condition instanceof Condition.Present) {
            return data.get(key).isPresent();
        }
        return true;
    }

    private void keepForSnapshot(DatumState<V> present, Key key) {
        SnapshotSave<V> running = saving;
        if (running != null) {
            present.data().get(key).ifPresent(running::beforeChange);
        }
    }

    @Override
    public long growthBytesMax(DatumCommand<V> command) {
        boolean puts = command.changes().stream().anyMatch(change -> change instanceof Change.Put);
        return puts
                ? command.encodedBytes()
                        + (long) SnapshotForm.DATUM_FIXED_BYTES
                                * command.changes().size()
                : 0;
    }

    @Override
    public long snapshotBytes() {
        return state.snapshotBytes();
    }

    @Override
    public String digest() {
        return StateHash.FORMAT + "." + values.format() + "-" + HexFormat.of().toHexDigits(state.hash());
    }

    @Override
    public void leaderStart(long term) {
        leads(true);
    }

    @Override
    public void leaderStop() {
        leads(false);
    }

    private void leads(boolean now) {
        leads = now;
        List.copyOf(whileLeading).forEach(listener -> listener.accept(now));
    }

    /** Tells when effective leadership begins and ends; that it has begun, at once. */
    public void addLeading(Consumer<Boolean> listener) {
        whileLeading.add(listener);
        if (leads) {
            listener.accept(true);
        }
    }

    public void removeLeading(Consumer<Boolean> listener) {
        whileLeading.remove(listener);
    }

    @Override
    public SnapshotSource snapshotSave() {
        if (saving != null) {
            throw new IllegalStateException("a snapshot is being saved already");
        }
        DatumState<V> present = state;
        SnapshotSave<V> begun = new SnapshotSave<>(
                present.data(),
                values,
                present.lastIndex(),
                present.hash(),
                present.requests().toList(),
                () -> saving = null);
        saving = begun;
        return begun;
    }

    @Override
    public SnapshotSink snapshotLoad() {
        DatumState<V> fresh = new DatumState<>(values);
        state = fresh;
        return new SnapshotLoad<>(values, fresh);
    }

    @Override
    public SnapshotSink snapshotInstall(long index) {
        DatumState<V> fresh = new DatumState<>(values);
        SnapshotLoad<V> load = new SnapshotLoad<>(values, fresh);
        return new SnapshotSink() {
            private Optional<Replacement> replacement = Optional.empty();

            @Override
            public void chunk(byte[] bytes) {
                load.chunk(bytes);
            }

            @Override
            public void done() {
                load.done();
                replacement = Optional.of(new Replacement(fresh, index));
            }

            @Override
            public boolean goOn() {
                return replacement.orElseThrow().goOn();
            }
        };
    }

    @Override
    public void clear() {
        Replacement replacement = new Replacement(new DatumState<>(values), state.lastIndex());
        while (!replacement.goOn()) {
            // Nobody is served meanwhile: the node has no group.
        }
    }

    /** Another state takes the place of the present one, bit by bit. */
    private final class Replacement {
        private final DatumState<V> fresh;
        private final StateDifference<V> difference;
        private Optional<Listeners<V>.Audience> audience = Optional.empty();

        Replacement(DatumState<V> fresh, long index) {
            if (saving != null) {
                throw new IllegalStateException("a snapshot is being saved of the state that is to be replaced");
            }
            this.fresh = fresh;
            this.difference = new StateDifference<>(state.data(), fresh.data(), index, identity.nodeId());
        }

        /** Whether all is done. */
        boolean goOn() {
            if (audience.isPresent()) {
                List<ChangeEvent<V>> events = difference.next();
                audience.get().tell(events);
                return events.isEmpty();
            }
            if (difference.look()) {
                state = fresh;
                // Who comes later is told the new state as a whole.
                audience = Optional.of(listeners.audience());
            }
            return false;
        }
    }

    @Override
    public void restored() {
        listeners.restored();
    }
}
