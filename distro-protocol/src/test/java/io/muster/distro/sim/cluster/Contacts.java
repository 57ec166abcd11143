package io.muster.distro.sim.cluster;

import io.muster.sim.cluster.SimCluster;
import io.muster.sim.net.LinkQuality;
import io.muster.sim.net.NetworkCounters.Fate;
import io.muster.sim.run.Plan;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Who has been in contact with whom, and since when: what happens is held against a cluster only as far as nothing else explains it. */
final class Contacts {

    private static final Set<Fate> LOST =
            EnumSet.of(Fate.CUT, Fate.DROPPED, Fate.NO_CONNECTION, Fate.QUEUE_FULL, Fate.UNHEARD);

    /** What a change of health and a new view may take, until members agree again about what they see. */
    private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(8);

    private final SimCluster cluster;
    private final List<@Nullable SimServer> servers;
    private final Lists lists;
    private final boolean quietLinks;
    private final boolean fastLinks;

    /** Per pair of nodes: when one could last not reach the other, or one of them did not serve. */
    private final long[][] disturbedNanos;

    /** Per pair of nodes: when one could last not reach the other, or the other slept or hung. */
    private final long[][] linkDisturbedNanos;

    /** Per pair of nodes: when the process of one could last not reach that of the other. */
    private final long[][] apartNanos;

    /** Frames that were lost so far, and when one was last found to be, by a cut too short to be seen otherwise. */
    private long lostFrames;

    private long lostNanos;

    /** What operators have written into the lists of members. */
    interface Lists {
        boolean listEachOther(int one, int other);
    }

    /** @param servers by node, as they are at any time */
    Contacts(SimCluster cluster, Plan plan, List<@Nullable SimServer> servers, Lists lists) {
        this.cluster = cluster;
        this.servers = servers;
        this.lists = lists;
        this.disturbedNanos = new long[cluster.size()][cluster.size()];
        this.linkDisturbedNanos = new long[cluster.size()][cluster.size()];
        this.apartNanos = new long[cluster.size()][cluster.size()];
        LinkQuality noise = plan.noise();
        this.quietLinks =
                plan.faults().stream().noneMatch(fault -> fault.kind().name().startsWith("LINK_"))
                        && noise.dropRate() < 0.05;
        this.fastLinks = quietLinks && noise.dropRate() == 0 && noise.delayMeanNanos() < 5_000_000;
    }

    /** Whether frames are seldom lost but by cuts. */
    boolean quietLinks() {
        return quietLinks;
    }

    /** Whether they never are, and arrive at once. */
    boolean fastLinks() {
        return fastLinks;
    }

    /** Whether two nodes have seen each other, and served, for so long and the time that views take besides. */
    boolean calmBetween(int one, int other, long nanos) {
        return quietLinks && nowNanos() - disturbedNanos[one][other] > nanos + SETTLE_NANOS;
    }

    boolean calmEverywhere(long nanos) {
        for (int one = 0; one < servers.size(); one++) {
            for (int other = 0; other < servers.size(); other++) {
                if (!calmBetween(one, other, nanos)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** When the node did not serve last. */
    long disturbedNanos(int node) {
        return disturbedNanos[node][node];
    }

    /** When one could last not reach the other, or one of them slept or hung. */
    long linkDisturbedNanos(int one, int other) {
        return linkDisturbedNanos[one][other];
    }

    /** When the process of one could last not reach that of the other. */
    long apartNanos(int one, int other) {
        return apartNanos[one][other];
    }

    /** When a frame was last lost. */
    long lostNanos() {
        return lostNanos;
    }

    /** The process of the node has ended; it may be back before anybody looks again. */
    void disturbed(int node) {
        for (int other = 0; other < servers.size(); other++) {
            disturbedNanos[node][other] = nowNanos();
            disturbedNanos[other][node] = nowNanos();
        }
    }

    void look() {
        for (int one = 0; one < servers.size(); one++) {
            for (int other = 0; other < servers.size(); other++) {
                look(one, other);
            }
        }
        long lost = LOST.stream().mapToLong(cluster.network().counters()::of).sum();
        if (lost != lostFrames) {
            lostFrames = lost;
            lostNanos = nowNanos();
        }
    }

    private void look(int one, int other) {
        boolean linked = one == other || (cluster.network().connected(one, other) && lists.listEachOther(one, other));
        if (!linked || !cluster.machine(other).awake() || !cluster.machine(one).awake()) {
            apartNanos[one][other] = nowNanos();
        }
        if (!linked || !runs(one) || !runs(other)) {
            linkDisturbedNanos[one][other] = nowNanos();
        }
        if (!linked || !serves(one) || !serves(other)) {
            disturbedNanos[one][other] = nowNanos();
        }
    }

    private boolean serves(int node) {
        SimServer server = servers.get(node);
        return server != null && server.serves() && !server.hangs();
    }

    private boolean runs(int node) {
        SimServer server = servers.get(node);
        return cluster.machine(node).awake() && (server == null || !server.hangs());
    }

    private long nowNanos() {
        return cluster.clock().monoNanos();
    }
}
