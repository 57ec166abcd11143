package io.muster.bench.cluster;

import java.util.List;

/** Three running nodes of one product. Closing ends them and deletes their data. */
interface Contender extends AutoCloseable {

    String name();

    /** Ports for clients, one a node. */
    List<Integer> ports();

    /** Which of them leads now. */
    int leaderPort();

    /** Process ids of all nodes. */
    List<Long> pids();

    /** Fdatasyncs (or fsyncs) of the logs of all nodes since they started. */
    double syncs();

    /** The case of the load script that writes to it. */
    String loadCase();

    @Override
    void close();

    /** A node that does not lead. */
    default int followerPort() {
        int leader = leaderPort();
        return ports().stream().filter(port -> port != leader).findFirst().orElseThrow();
    }
}
