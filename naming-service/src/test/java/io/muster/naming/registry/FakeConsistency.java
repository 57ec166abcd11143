package io.muster.naming.registry;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeEvent;
import io.muster.consistency.ChangeListener;
import io.muster.consistency.Condition;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.ConsistencyService;
import io.muster.consistency.Datum;
import io.muster.consistency.Interest;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Mark;
import io.muster.consistency.Mode;
import io.muster.consistency.Origin;
import io.muster.consistency.Readiness;
import io.muster.consistency.Removal;
import io.muster.consistency.Renewal;
import io.muster.consistency.Subscription;
import io.muster.consistency.Version;
import io.muster.naming.model.RegistryRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Both engines in memory, on the caller's thread: every call is through when it returns, unless it is held back. Tests
 * steer what an engine decides by itself: marks, expiry, failures, races.
 */
public final class FakeConsistency implements ConsistencyService<RegistryRecord> {

    private static final Origin HERE = new Origin(1, 2, 3);
    private static final String BY = "00000000000000010000000000000002";

    private final TreeMap<Key, Datum<RegistryRecord>> data = new TreeMap<>();
    /** No longer listed, and kept so that a late renewal revives them. */
    private final Map<Key, Datum<RegistryRecord>> expired = new HashMap<>();

    private final Map<Key, Lease> leases = new HashMap<>();
    private final Set<Key> justRemoved = new HashSet<>();
    private final Map<ChangeListener<RegistryRecord>, List<Interest>> listeners = new HashMap<>();
    private final Map<Mode, ConsistencyException> failing = new HashMap<>();
    private final Map<Mode, ConsistencyException> unreadable = new HashMap<>();
    private final Deque<Runnable> beforeApply = new ArrayDeque<>();
    private final Deque<Runnable> held = new ArrayDeque<>();
    private boolean holding;
    private boolean superseding;
    private long clock;
    private int applied;
    private int barriers;

    /** From now on every write of the mode fails so. */
    public void failWrites(Mode mode, ConsistencyException failure) {
        failing.put(mode, failure);
    }

    /** From now on every read of the mode throws so. */
    public void failReads(Mode mode, ConsistencyException failure) {
        unreadable.put(mode, failure);
    }

    public void heal(Mode mode) {
        failing.remove(mode);
        unreadable.remove(mode);
    }

    /** Runs once, just before the next batch is carried out: another writer who is faster. */
    public void beforeNextApply(Runnable race) {
        beforeApply.add(race);
    }

    /** The next batch is over before it is carried out: what stands under its keys goes, and is the newer (decision 0027). */
    public void supersedeNextApply() {
        superseding = true;
    }

    /** Batches wait until {@link #release}. */
    public void hold() {
        holding = true;
    }

    public void release() {
        holding = false;
        while (!held.isEmpty()) {
            held.poll().run();
        }
    }

    public void mark(Key key, Mark mark) {
        Datum<RegistryRecord> datum = data.get(key).withMark(mark);
        data.put(key, datum);
        tell(List.of(new ChangeEvent.Marked<>(datum)));
    }

    /** Until it is {@link #forget forgotten} a renewal revives it. */
    public void expire(Key key) {
        Datum<RegistryRecord> last = data.remove(key);
        expired.put(key, last);
        tell(List.of(new ChangeEvent.Removed<>(last, last.version(), Removal.EXPIRED, BY)));
    }

    /** What has expired is buried. */
    public void forget(Key key) {
        expired.remove(key);
    }

    /** A write of another node that arrives here. */
    public void arrives(Key key, RegistryRecord value) {
        expired.remove(key);
        Datum<RegistryRecord> datum = new Datum<>(key, nextVersion(key), Mark.HEALTHY, value);
        data.put(key, datum);
        tell(List.of(new ChangeEvent.Stored<>(datum)));
    }

    public Lease lease(Key key) {
        return leases.get(key);
    }

    /** Batches carried out. */
    public int appliedCount() {
        return applied;
    }

    public int barrierCount() {
        return barriers;
    }

    public RegistryRecord value(Key key) {
        return data.get(key).value();
    }

    @Override
    public CompletionStage<List<Optional<Datum<RegistryRecord>>>> apply(List<Change<RegistryRecord>> changes) {
        CompletableFuture<List<Optional<Datum<RegistryRecord>>>> done = new CompletableFuture<>();
        Runnable work = () -> carryOut(changes, done);
        if (holding) {
            held.add(work);
        } else {
            work.run();
        }
        return done;
    }

    private void carryOut(
            List<Change<RegistryRecord>> changes, CompletableFuture<List<Optional<Datum<RegistryRecord>>>> done) {
        Runnable race = beforeApply.poll();
        if (race != null) {
            race.run();
        }
        ConsistencyException failure = failing.get(changes.get(0).key().mode());
        if (failure != null) {
            done.completeExceptionally(failure);
            return;
        }
        if (superseding) {
            superseding = false;
            changes.forEach(change -> expire(change.key()));
            done.complete(changes.stream()
                    .map(change -> Optional.<Datum<RegistryRecord>>empty())
                    .toList());
            return;
        }
        for (Change<RegistryRecord> change : changes) {
            if (!holds(change)) {
                done.completeExceptionally(new ConsistencyException.Conflict(change.key(), change.condition()));
                return;
            }
        }
        applied++;
        List<ChangeEvent<RegistryRecord>> events = new ArrayList<>();
        List<Optional<Datum<RegistryRecord>>> results = new ArrayList<>();
        for (Change<RegistryRecord> change : changes) {
            results.add(carryOut(change, events));
        }
        if (!events.isEmpty()) {
            tell(events);
        }
        done.complete(results);
    }

    private boolean holds(Change<RegistryRecord> change) {
        Datum<RegistryRecord> stored = data.get(change.key());
        Condition condition = change.condition();
        if (stored == null && change instanceof Change.Put<RegistryRecord> put && put.keepsSession()) {
            return false;
        }
        if (condition instanceof Condition.VersionIs is) {
            return stored != null && stored.version().equals(is.version());
        }
        if (condition instanceof Condition.Absent) {
            return stored == null;
        }
        return condition instanceof Condition.Always || stored != null;
    }

    private Optional<Datum<RegistryRecord>> carryOut(
            Change<RegistryRecord> change, List<ChangeEvent<RegistryRecord>> events) {
        Key key = change.key();
        if (change instanceof Change.Put<RegistryRecord> put) {
            Mark mark = put.keepsSession() ? data.get(key).mark() : Mark.HEALTHY;
            Datum<RegistryRecord> datum = new Datum<>(key, nextVersion(key), mark, put.value());
            data.put(key, datum);
            expired.remove(key);
            put.lease().ifPresent(lease -> leases.put(key, lease));
            justRemoved.remove(key);
            events.add(new ChangeEvent.Stored<>(datum));
            return Optional.of(datum);
        }
        expired.remove(key);
        Datum<RegistryRecord> last = data.remove(key);
        if (last != null) {
            justRemoved.add(key);
            Removal cause = ((Change.Remove<RegistryRecord>) change).cause();
            events.add(new ChangeEvent.Removed<>(last, nextVersion(key), cause, BY));
        }
        return Optional.empty();
    }

    private Version nextVersion(Key key) {
        clock++;
        return key.mode() == Mode.EPHEMERAL ? new Version.Hybrid(clock, HERE) : new Version.LogIndex(clock);
    }

    private void tell(List<ChangeEvent<RegistryRecord>> events) {
        listeners.forEach((listener, interests) -> {
            List<ChangeEvent<RegistryRecord>> wanted = events.stream()
                    .filter(event -> interests.stream().anyMatch(interest -> interest.matches(event.key())))
                    .toList();
            if (!wanted.isEmpty()) {
                listener.onChanges(wanted);
            }
        });
    }

    @Override
    public Renewal renew(Key key) {
        Datum<RegistryRecord> datum = data.get(key);
        Datum<RegistryRecord> gone = expired.remove(key);
        if (gone != null) {
            Datum<RegistryRecord> revived = new Datum<>(key, nextVersion(key), Mark.HEALTHY, gone.value());
            data.put(key, revived);
            tell(List.of(new ChangeEvent.Stored<>(revived)));
            return Renewal.RENEWED;
        }
        if (datum == null) {
            return justRemoved.contains(key) ? Renewal.JUST_REMOVED : Renewal.UNKNOWN;
        }
        if (datum.mark() != Mark.HEALTHY) {
            mark(key, Mark.HEALTHY);
        }
        return Renewal.RENEWED;
    }

    @Override
    public Optional<Datum<RegistryRecord>> get(Key key) {
        ConsistencyException failure = unreadable.get(key.mode());
        if (failure != null) {
            throw failure;
        }
        return Optional.ofNullable(data.get(key));
    }

    @Override
    public List<Datum<RegistryRecord>> group(Mode mode, String group) {
        return data.values().stream()
                .filter(datum ->
                        datum.key().mode() == mode && datum.key().group().equals(group))
                .toList();
    }

    @Override
    public void forEach(Mode mode, Consumer<Datum<RegistryRecord>> visitor) {
        List.copyOf(data.values()).stream()
                .filter(datum -> datum.key().mode() == mode)
                .forEach(visitor);
    }

    @Override
    public CompletionStage<Void> readBarrier() {
        barriers++;
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public Subscription listen(Interest interest, ChangeListener<RegistryRecord> listener) {
        List<ChangeEvent<RegistryRecord>> standing = new ArrayList<>();
        forEach(interest.mode(), datum -> {
            if (interest.matches(datum.key())) {
                standing.add(new ChangeEvent.Stored<>(datum));
            }
        });
        if (!standing.isEmpty()) {
            listener.onChanges(standing);
        }
        listeners.computeIfAbsent(listener, ignored -> new ArrayList<>()).add(interest);
        return () -> listeners.remove(listener);
    }

    @Override
    public Readiness readiness(Mode mode) {
        return Readiness.READY;
    }
}
