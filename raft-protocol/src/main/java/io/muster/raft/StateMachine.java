package io.muster.raft;

import java.util.List;
import java.util.Optional;

/**
 * What the replicated log drives (R20). Equal commands in equal order give equal states and results on every node.
 *
 * <p>All methods but {@link #decode} are called on the engine's thread, one at a time; none may block. An exception from a method here stops
 * the engine, since the state is in doubt then.
 *
 * @param <C> a command in memory
 * @param <R> what a command gives to its proposer
 */
public interface StateMachine<C, R> {

    /**
     * Reads a command that another process encoded.
     *
     * @throws IllegalArgumentException if the bytes are no command
     */
    C decode(byte[] command);

    /**
     * Carries out committed commands in log order. When it returns, listeners have been told.
     *
     * @return one result for each command
     */
    List<R> apply(List<Committed<C>> commands);

    /**
     * A command of this process goes to a log for the first time, here or at the leader: no copy of it stands anywhere at or before the index.
     *
     * @param bytes its encoding, which is changed in place to say so
     * @param committedIndex the highest index that this node knows to be committed
     * @return the command, to be applied in the place of what was given
     */
    C leaves(C command, byte[] bytes, long committedIndex);

    /** By how many bytes the command may grow the state at most; 0 for one that can only shrink it. */
    long growthBytesMax(C command);

    /** About how long a snapshot of the present state would be. */
    long snapshotBytes();

    /** Of the whole state, equal on nodes that applied the same entries: what names its format, a dash, 16 hex digits. */
    String digest();

    /** This node leads and its leadership is effective: an entry of the term is committed and applied (R24, R30). */
    void leaderStart(long term);

    /** It does so no longer. */
    void leaderStop();

    /**
     * Begins a snapshot of the state as it is now. The source keeps giving that state while later commands are applied. There is one
     * source at a time.
     */
    SnapshotSource snapshotSave();

    /** Begins to replace the state by a snapshot at a start; the state is complete after {@link SnapshotSink#done}. */
    SnapshotSink snapshotLoad();

    /**
     * Begins to replace the state of a running node by a snapshot. Between {@link SnapshotSink#done} and the last {@link
     * SnapshotSink#goOn} readers get to see the new state instead of the old one, and listeners are told what differs, in log order (R19). Meanwhile nothing is applied,
     * and no snapshot is being saved.
     *
     * @param index that the snapshot stands for
     */
    SnapshotSink snapshotInstall(long index);

    /** Empties the state of a running node, which goes to another group; listeners are told. */
    void clear();

    /** Names a command that this process made, rising from 1, however often it comes through the log; 0 for those of others. */
    long requestOf(C command);

    /** The state is restored: tell listeners of all that stands (R33). Called once, before the node takes part. */
    void restored();

    /** A command at its place in the log. */
    record Committed<C>(long index, C command) {}

    /** The chunks of a snapshot that is being saved. */
    interface SnapshotSource {

        /** The next chunk, or empty at the end; takes bounded time. */
        Optional<byte[]> next();

        /** Ends it, complete or not; idempotent. */
        void close();
    }

    /** Takes the chunks of a snapshot that is being loaded, in order. */
    interface SnapshotSink {

        /** @throws IllegalArgumentException if the chunk makes no sense */
        void chunk(byte[] bytes);

        /** @throws IllegalArgumentException if something is missing */
        void done();

        /**
         * After {@link #done}: a bounded part of what is left to do.
         *
         * @return whether nothing is left, so that the snapshot is the state and listeners have been told
         */
        default boolean goOn() {
            return true;
        }
    }
}
