package io.muster.raft.storage;

import io.muster.member.ClusterId;
import io.muster.raft.DamagedDataException;
import io.muster.raft.core.HardState;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.log.LogView;
import io.muster.raft.core.log.Payload;
import io.muster.raft.core.membership.ConfigurationHistory;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Builds the log's state from its records. An entry whose index is not above the last replaces the rest of the log, as the write that made it did;
 * entries that the snapshot covers are passed over.
 */
final class LogReplay {

    private final Restorer restorer;
    private final long snapshotIndex;
    private final LogView log;
    private final ConfigurationHistory configurations;
    private final EntryPositions positions;
    private HardState hardState = HardState.INITIAL;

    /** Last index in the order of the records, those before the snapshot included. */
    private long lastSeenIndex;

    private long toldCommitted;

    /** Whether entries behind the snapshot were passed over, since it took their place: a {@link LogRecord.Reset} follows, or a later entry. */
    private boolean replaced;

    LogReplay(Restorer restorer, @Nullable SnapshotMeta snapshot) {
        this.restorer = restorer;
        this.snapshotIndex = snapshot == null ? 0 : snapshot.index();
        this.log = new LogView(snapshotIndex, snapshot == null ? 0 : snapshot.term());
        this.configurations = new ConfigurationHistory();
        this.positions = new EntryPositions(snapshotIndex + 1);
        this.toldCommitted = snapshotIndex;
        if (snapshot != null) {
            configurations.put(snapshot.index(), snapshot.configuration());
        }
    }

    /** The first segment begins; what stood before it is gone, and must not be needed. */
    void begin(String file, SegmentHeader first) {
        if (first.lastIndexBefore() > snapshotIndex) {
            throw new DamagedDataException(
                    file,
                    0,
                    "entries " + (snapshotIndex + 1) + " to " + first.lastIndexBefore()
                            + " are missing: the snapshot before ends at " + snapshotIndex
                            + ", and this is the first segment of the log");
        }
        lastSeenIndex = first.lastIndexBefore();
    }

    void record(String file, long segment, int offset, LogRecord record) {
        if (record instanceof LogRecord.State state) {
            tellCommitted();
            if (state.hardState().term() < hardState.term()) {
                throw new DamagedDataException(
                        file,
                        offset,
                        "the term falls from " + hardState.term() + " to "
                                + state.hardState().term());
            }
            hardState = state.hardState();
        } else if (record instanceof LogRecord.Entry entry) {
            entry(file, segment, offset, entry.entry());
        } else if (record instanceof LogRecord.Reset reset && reset.snapshotIndex() <= snapshotIndex) {
            reset(reset.snapshotIndex());
        }
    }

    /** The snapshot is there, this one or a later one: what came before says nothing of what follows. */
    private void reset(long index) {
        lastSeenIndex = index;
        replaced = false;
        if (log.lastIndex() > snapshotIndex) {
            log.truncateFrom(snapshotIndex + 1);
            configurations.truncateFrom(snapshotIndex + 1);
            positions.truncateFrom(snapshotIndex + 1);
            restorer.endsAt(snapshotIndex);
        }
        // What the replaced log was known to be committed to is in the snapshot.
        toldCommitted = snapshotIndex;
    }

    private void entry(String file, long segment, int offset, LogEntry entry) {
        if (entry.index() > lastSeenIndex + 1) {
            throw new DamagedDataException(file, offset, "entry " + entry.index() + " follows entry " + lastSeenIndex);
        }
        lastSeenIndex = entry.index();
        long from = Math.max(entry.index(), snapshotIndex + 1);
        if (from <= log.lastIndex()) {
            if (from <= toldCommitted) {
                throw new DamagedDataException(
                        file, offset, "entry " + from + " is replaced, and was committed up to " + toldCommitted);
            }
            log.truncateFrom(from);
            configurations.truncateFrom(from);
            positions.truncateFrom(from);
        }
        if (entry.index() <= snapshotIndex) {
            replaced = false;
            return;
        }
        if (entry.term() < log.lastTerm() || entry.index() > log.lastIndex() + 1) {
            replaced = true;
            return;
        }
        replaced = false;
        log.append(entry.term(), 1);
        positions.put(entry.index(), segment, offset);
        if (entry.payload() instanceof Payload.Members members) {
            configurations.put(entry.index(), members.configuration());
        }
        restorer.entry(entry);
    }

    private void tellCommitted() {
        long committed = Math.min(hardState.commitIndex(), log.lastIndex());
        if (committed > toldCommitted) {
            toldCommitted = committed;
            restorer.committed(committed);
        }
    }

    /** All records were read. */
    void end(String file) {
        if (lastSeenIndex < snapshotIndex) {
            throw new DamagedDataException(
                    file,
                    0,
                    "the log ends at entry " + lastSeenIndex + ", before the snapshot, which ends at " + snapshotIndex);
        }
        if (replaced) {
            throw new DamagedDataException(
                    file, 0, "entries of an older term follow the snapshot, which ends at " + snapshotIndex);
        }
        tellCommitted();
    }

    /** The restored hard state; its commit index is no more than the log bears out. */
    HardState hardState() {
        return new HardState(hardState.term(), hardState.votedFor(), toldCommitted);
    }

    LogView log() {
        return log;
    }

    ConfigurationHistory configurations() {
        return configurations;
    }

    EntryPositions positions() {
        return positions;
    }

    /** Last index that any record bears, for the next segment's header. */
    long lastSeenIndex() {
        return lastSeenIndex;
    }

    long entryCount() {
        return log.lastIndex() - snapshotIndex;
    }

    Optional<ClusterId> clusterId() {
        return configurations.current().map(configuration -> configuration.clusterId());
    }
}
