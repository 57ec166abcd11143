package io.muster.raft.driver;

import io.muster.raft.RaftMetrics;
import io.muster.raft.core.Effect;
import io.muster.raft.core.digest.DigestVerdict;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether this node's copy of the persistent data may be read: not where it is known to be wrong (R15), or in doubt. {@link #readsStopped} is for any thread. */
final class OwnCopy {

    private static final Logger LOG = LoggerFactory.getLogger(OwnCopy.class);

    private final RaftMetrics metrics;
    private volatile Optional<String> readsStopped = Optional.empty();

    OwnCopy(RaftMetrics metrics) {
        this.metrics = metrics;
    }

    /** Why persistent reads are stopped here, if they are. */
    Optional<String> readsStopped() {
        return readsStopped;
    }

    void stopReads(String why) {
        readsStopped = Optional.of(why);
    }

    /**
     * The core has compared it with another member's.
     *
     * @param repair has this one replaced
     */
    void judged(Effect.DigestJudged effect, Runnable repair) {
        if (effect.verdict() == DigestVerdict.AGREES) {
            LOG.info(
                    "The state agrees with the others' again, at index {}",
                    effect.other().index());
            readsStopped = Optional.empty();
            return;
        }
        metrics.digestMismatch();
        LOG.error("State digests differ: {}, another member has {}", effect.verdict(), effect.other());
        if (effect.verdict() != DigestVerdict.ALARM) {
            repair.run();
        }
        if (effect.verdict() == DigestVerdict.STOP_READS) {
            stopReads("this node's copy of the persistent data differs from the majority's at index "
                    + effect.other().index());
        }
    }

    /** No other voter is left, so this copy is right, whatever others have said of it (R23). */
    void onlyCopyCounts() {
        readsStopped.ifPresent(why -> LOG.error("Persistent reads go on, since no other voter is left: {}", why));
        readsStopped = Optional.empty();
    }
}
