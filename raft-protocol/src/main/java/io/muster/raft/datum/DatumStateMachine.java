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
    private final DatumMap<V> data = new DatumMap<>();
    private final RequestTable requests = new RequestTable();
    private final Listeners<V> listeners;

    /** Next sequence of this run's requests. */
    private final AtomicLong nextSequence = new AtomicLong(1);

    /** Sum of the hashes of all data. */
    private long dataHash;

    /** What all data take in a snapshot. */
    private long dataBytes;

    /** Of the last command; 0 before the first. */
    private long lastIndex;

    /** The snapshot that is being saved, if one is. */
    private @Nullable SnapshotSave<V> saving;

    public DatumStateMachine(NodeIdentity identity, Codec<V> values, RaftMetrics metrics) {
        this.identity = identity;
        this.values = values;
        this.commands = new CommandCodec<>(values);
        this.listeners = new Listeners<>(data, metrics);
    }

    // For any thread.

    /** A command and its bytes for the log. */
    // The array goes into the log as it is; nobody else holds it.
    @SuppressWarnings("ArrayRecordComponent")
    public record Encoded<V>(DatumCommand<V> command, byte[] bytes) {}

    /**
     * Makes a new request of the changes.
     *
     * @throws IllegalArgumentException for a key that has no encoding
     */
    public Encoded<V> encode(List<Change<V>> changes) {
        RequestId request = new RequestId(identity.nodeId(), identity.runId(), nextSequence.getAndIncrement());
        CommandCodec.Encoded<V> encoded = commands.encode(request, changes);
        return new Encoded<>(encoded.command(), encoded.bytes());
    }

    public Optional<Datum<V>> get(Key key) {
        return data.get(key);
    }

    public List<Datum<V>> group(String group) {
        return data.group(group);
    }

    public void forEach(Consumer<Datum<V>> visitor) {
        data.forEach(visitor);
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
    public List<DatumResult<V>> apply(List<Committed<DatumCommand<V>>> committed) {
        List<DatumResult<V>> results = new ArrayList<>(committed.size());
        List<ChangeEvent<V>> events = new ArrayList<>(committed.size());
        for (Committed<DatumCommand<V>> each : committed) {
            results.add(apply(each.index(), each.command(), events));
            lastIndex = each.index();
        }
        listeners.tell(List.copyOf(events));
        return results;
    }

    private DatumResult<V> apply(long index, DatumCommand<V> command, List<ChangeEvent<V>> events) {
        RequestTable.Answer known = requests.find(command.request()).orElse(null);
        if (known != null) {
            return answer(known, command);
        }
        int conflict = firstConflict(command.changes());
        RequestTable.Answer answer = new RequestTable.Answer(index, conflict);
        if (conflict == RequestTable.NO_CONFLICT) {
            for (int i = 0; i < command.changes().size(); i++) {
                Change<V> change = command.changes().get(i);
                if (change instanceof Change.Put<V> put) {
                    put(stored(put, index), command.valueLength(i), command.valueHash(i), events);
                } else if (change instanceof Change.Remove<V> remove) {
                    remove(remove, index, command.request().node().toString(), events);
                }
            }
        }
        requests.add(command.request(), answer);
        return answer(answer, command);
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

    private int firstConflict(List<Change<V>> changes) {
        for (int i = 0; i < changes.size(); i++) {
            if (!holds(changes.get(i).condition(), changes.get(i).key())) {
                return i;
            }
        }
        return RequestTable.NO_CONFLICT;
    }

    private boolean holds(Condition condition, Key key) {
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

    private void put(Datum<V> datum, int valueLength, long valueHash, List<ChangeEvent<V>> events) {
        keepForSnapshot(datum.key());
        data.put(datum).ifPresent(this::subtract);
        add(datum, valueLength, valueHash);
        events.add(new ChangeEvent.Stored<>(datum));
    }

    private void remove(Change.Remove<V> change, long index, String by, List<ChangeEvent<V>> events) {
        keepForSnapshot(change.key());
        data.remove(change.key()).ifPresent(last -> {
            subtract(last);
            events.add(new ChangeEvent.Removed<>(last, new Version.LogIndex(index), change.cause(), by));
        });
    }

    private void keepForSnapshot(Key key) {
        SnapshotSave<V> running = saving;
        if (running != null) {
            data.get(key).ifPresent(running::beforeChange);
        }
    }

    private void add(Datum<V> datum, int valueLength, long valueHash) {
        dataHash += StateHash.ofDatum(datum.key(), datum.version().asLong(), valueHash);
        dataBytes += SnapshotForm.datumBytes(datum.key(), valueLength);
    }

    /** Encodes the value once more rather than keep its hash with each datum: memory is what a big registry is short of. */
    private void subtract(Datum<V> gone) {
        byte[] value = values.encode(gone.value());
        dataHash -= StateHash.ofDatum(gone.key(), gone.version().asLong(), StateHash.ofValue(value));
        dataBytes -= SnapshotForm.datumBytes(gone.key(), value.length);
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
        return SnapshotForm.OVERHEAD_BYTES + dataBytes + (long) requests.size() * SnapshotForm.REQUEST_BYTES;
    }

    @Override
    public String digest() {
        return StateHash.FORMAT + "-" + HexFormat.of().toHexDigits(stateHash());
    }

    private long stateHash() {
        return dataHash + requests.hash();
    }

    @Override
    public void leaderStart(long term) {
        // No part of this state depends on who leads.
    }

    @Override
    public void leaderStop() {
        // No part of this state depends on who leads.
    }

    @Override
    public SnapshotSource snapshotSave() {
        if (saving != null) {
            throw new IllegalStateException("a snapshot is being saved already");
        }
        SnapshotSave<V> begun =
                new SnapshotSave<>(data, values, lastIndex, stateHash(), requests.toList(), () -> saving = null);
        saving = begun;
        return begun;
    }

    @Override
    public SnapshotSink snapshotLoad() {
        data.clear();
        requests.clear();
        lastIndex = 0;
        dataHash = 0;
        dataBytes = 0;
        return new SnapshotLoad<>(values, new Target());
    }

    @Override
    public void restored() {
        listeners.restored();
    }

    /** Where a snapshot goes. */
    private final class Target implements SnapshotLoad.Target<V> {

        @Override
        public void load(Datum<V> datum, int valueLength, long valueHash) {
            if (data.put(datum).isPresent()) {
                throw new IllegalArgumentException("the snapshot holds " + datum.key() + " twice");
            }
            lastIndex = Math.max(lastIndex, datum.version().asLong());
            add(datum, valueLength, valueHash);
        }

        @Override
        public void load(RequestId request, RequestTable.Answer answer) {
            lastIndex = Math.max(lastIndex, answer.index());
            requests.add(request, answer);
        }

        @Override
        public long stateHash() {
            return DatumStateMachine.this.stateHash();
        }
    }
}
