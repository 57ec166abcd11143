package io.muster.sim.run;

/**
 * The faults that a plan may hold ({@code spec/simulation.md} §3). What {@link Fault#nodes} and {@link Fault#amount} mean is said at each; a
 * fault without nodes that was fired by a sensitive point hits the node that came there.
 */
public enum FaultKind {
    /** Cuts the node off. */
    CUT_ISOLATE(Effect.TRANSIENT),
    /** The nodes are one side. */
    CUT_HALVES(Effect.TRANSIENT),
    /** Nothing reaches the node. */
    CUT_ONE_WAY_IN(Effect.TRANSIENT),
    /** Nothing leaves the node. */
    CUT_ONE_WAY_OUT(Effect.TRANSIENT),
    /** The nodes are all in some order; the first hears both sides. */
    CUT_BRIDGE(Effect.TRANSIENT),
    /** The nodes are all in the order of the ring. */
    CUT_RING(Effect.TRANSIENT),
    /** Each directed link by coin, of the fault's own seed. */
    CUT_MATRIX(Effect.TRANSIENT),
    /** The leader keeps the first node alone (or the next one, if that is the leader). */
    CUT_LEADER_ONE(Effect.TRANSIENT),
    /** The nodes are clogged one by one, and freed in another order. */
    SWIZZLE(Effect.TRANSIENT),
    /** Frames from the first to the second node are held, then arrive in a burst. */
    CLOG(Effect.TRANSIENT),
    /** Connections between both nodes are open at the first alone. */
    HALF_OPEN(Effect.TRANSIENT),
    /** From the first to the second node, or everywhere if there are no nodes: so many frames of a thousand are lost. */
    LINK_DROP(Effect.TRANSIENT),
    /** As {@link #LINK_DROP}: arrive twice. */
    LINK_DUPLICATE(Effect.TRANSIENT),
    /** As {@link #LINK_DROP}: overtake others. */
    LINK_REORDER(Effect.TRANSIENT),
    /** As {@link #LINK_DROP}: come once more, seconds later. */
    LINK_REPLAY(Effect.TRANSIENT),
    /** As {@link #LINK_DROP}: lose their end. */
    LINK_TRUNCATE(Effect.TRANSIENT),
    /** As {@link #LINK_DROP}: have a bit flipped. */
    LINK_FLIP(Effect.TRANSIENT),
    /** Where {@link #LINK_DROP} says: mean delay in microseconds. */
    LINK_DELAY(Effect.TRANSIENT),
    /** Where {@link #LINK_DROP} says: so many times slower. */
    LINK_SLOW(Effect.TRANSIENT),
    /** Where {@link #LINK_DROP} says: only so many frames fit on the way. */
    LINK_QUEUE(Effect.TRANSIENT),
    /** kill -9; started again after the time. */
    KILL(Effect.TRANSIENT),
    /** Power loss of the nodes; started again after the time. */
    POWER_LOSS(Effect.TRANSIENT),
    /** Power loss of all nodes. */
    POWER_LOSS_ALL(Effect.TRANSIENT),
    /** SIGSTOP, and SIGCONT after the time. */
    PAUSE(Effect.TRANSIENT),
    /** Turns take so many times as long. */
    SLOW_NODE(Effect.TRANSIENT),
    /** Killed and started so many times within the time. */
    RESTART_STORM(Effect.TRANSIENT),
    /** Restarted with an older configuration; what that is the subject knows. */
    RESTART_OLD_CONFIG(Effect.TRANSIENT),
    /** Restarted as another version of the program; what that is the subject knows. */
    RESTART_OTHER_VERSION(Effect.TRANSIENT),
    /** Restarted with an emptied data directory, as a new node. */
    WIPE(Effect.LOSES_DATA),
    /** Both nodes are restarted with their addresses exchanged. */
    ADDRESS_SWAP(Effect.TRANSIENT),
    /** Clocks run at so many thousandths of the true rate. */
    CLOCK_RATE(Effect.TRANSIENT),
    /** The wall clock jumps by so many milliseconds. */
    WALL_JUMP(Effect.TRANSIENT),
    /** Each disk operation takes so many microseconds. */
    DISK_SLOW(Effect.TRANSIENT),
    /** No disk operation completes while it lasts. */
    DISK_STALL(Effect.TRANSIENT),
    /** Writes fail after a part. */
    DISK_WRITE_ERROR(Effect.TRANSIENT),
    /** Syncs fail and lose pages. */
    DISK_SYNC_ERROR(Effect.TRANSIENT),
    /** So many bytes are left. */
    DISK_FULL(Effect.TRANSIENT),
    /** The node is killed, and its files can't be read when it starts. */
    DISK_UNREADABLE(Effect.TRANSIENT),
    /** A bit flips at rest in a file that the fault's seed draws. */
    DISK_FLIP(Effect.LOSES_DATA),
    /** The next write lands elsewhere. */
    DISK_MISDIRECT(Effect.LOSES_DATA),
    /** Reads give what the files held when the fault began; the node is killed and started within it. */
    DISK_STALE(Effect.LOSES_DATA);

    /** Whether it means nothing without a node that it hits. */
    boolean needsNodes() {
        return switch (this) {
            case CUT_MATRIX,
                    POWER_LOSS_ALL,
                    LINK_DROP,
                    LINK_DUPLICATE,
                    LINK_REORDER,
                    LINK_REPLAY,
                    LINK_TRUNCATE,
                    LINK_FLIP,
                    LINK_DELAY,
                    LINK_SLOW,
                    LINK_QUEUE -> false;
            default -> true;
        };
    }

    private enum Effect {
        TRANSIENT,
        LOSES_DATA
    }

    private final Effect effect;

    FaultKind(Effect effect) {
        this.effect = effect;
    }

    /** Whether a node that it hit may lack data that it had promised to keep; a plan bounds the number of such nodes. */
    public boolean losesData() {
        return effect == Effect.LOSES_DATA;
    }
}
