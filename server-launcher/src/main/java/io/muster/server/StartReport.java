package io.muster.server;

import io.muster.distro.DistroStart;
import io.muster.member.DataDirectory;
import io.muster.raft.RaftRecovery;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells what a start found, how much it restored and how long that took (R13). */
final class StartReport {

    private static final Logger LOG = LoggerFactory.getLogger(StartReport.class);

    private StartReport() {}

    static void directory(DataDirectory directory) {
        directory
                .former()
                .ifPresent(id -> LOG.warn(
                        "data directory {}: it has the id of node {} and nothing that this node knew; that id has ended, and this is a new node",
                        directory.path(),
                        id));
        LOG.info(
                "data directory {}: node {}{}, run {}",
                directory.path(),
                directory.identity().nodeId(),
                directory.fresh() ? " (new)" : "",
                HexFormat.of().toHexDigits(directory.identity().runId()));
    }

    static void restored(RaftRecovery recovery) {
        recovery.warnings().forEach(LOG::warn);
        String snapshot = recovery.snapshotIndex().isEmpty()
                ? "no snapshot"
                : "the snapshot at " + recovery.snapshotIndex().getAsLong() + " (" + recovery.snapshotBytes()
                        + " bytes)";
        String torn = recovery.tornBytes() == 0
                ? ""
                : "; cut " + recovery.tornBytes() + " bytes of an unfinished write off the log's end";
        LOG.info(
                "persistent data restored in {} ms: {}, {} log entries, term {}{}",
                recovery.durationMillis(),
                snapshot,
                recovery.entriesRestored(),
                recovery.term(),
                torn);
    }

    /**
     * @param records that this node holds now
     */
    static void loaded(DistroStart start, long records) {
        if (start.coldStart()) {
            LOG.warn(
                    "cold start: this node held ephemeral instances and finds none. Registrations and beats are taken; for {} ms at most,"
                            + " lists are answered with 503 'warming up' rather than empty",
                    start.holdMillis());
        } else {
            LOG.info("ephemeral data: {}", records == 0 ? "nothing to load" : records + " records loaded");
        }
    }
}
