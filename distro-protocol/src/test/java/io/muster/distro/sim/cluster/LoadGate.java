package io.muster.distro.sim.cluster;

import io.muster.consistency.Key;
import io.muster.sim.run.InvariantViolation;
import io.muster.sim.run.SimRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** ID8 {@code LoadGate}: who loads from another member shows, from the first moment on, who lives (X13). */
final class LoadGate {

    private final ApRun run;
    private final SimRun simRun;
    private final List<@Nullable SimServer> servers;
    private final List<ApClient> clients;
    private final Contacts contacts;

    /** Per node: which instances all others have listed ever since it started; checked and emptied when it serves. */
    private final List<Set<Key>> listedAtStart = new ArrayList<>();

    /**
     * @param servers by node, as they are at any time
     * @param clients as many as there are at any time
     */
    LoadGate(ApRun run, SimRun simRun, List<@Nullable SimServer> servers, List<ApClient> clients, Contacts contacts) {
        this.run = run;
        this.simRun = simRun;
        this.servers = servers;
        this.clients = clients;
        this.contacts = contacts;
        for (int node = 0; node < simRun.cluster().size(); node++) {
            listedAtStart.add(new TreeSet<>());
        }
    }

    /** The node is about to begin. */
    void starts(int node) {
        Set<Key> listed = listedAtStart.get(node);
        listed.clear();
        for (ApClient client : clients) {
            if (client.alive && listedEverywhereBut(node, client.key)) {
                listed.add(client.key);
            }
        }
    }

    /** A server's list loses it: whoever loads from there owes it no more. */
    void delisted(int node, Key key) {
        for (int other = 0; other < listedAtStart.size(); other++) {
            if (other != node) {
                listedAtStart.get(other).remove(key);
            }
        }
    }

    /** Checks it the first time. */
    void isReady(int node, SimServer server) {
        Set<Key> listed = listedAtStart.get(node);
        if (listed.isEmpty()) {
            return;
        }
        simRun.sensitive("became ready", node);
        if (sourceSinceStart(node, server)) {
            for (ApClient client : clients) {
                boolean owed = client.alive && listed.contains(client.key) && listedEverywhereBut(node, client.key);
                if (owed && server.get(client.key).isEmpty() && run.counts("ID8")) {
                    throw new InvariantViolation(
                            "ID8", node, "LoadGate: serves without " + client.key + ", which all others list");
                }
            }
        }
        listed.clear();
    }

    /** Whether there was somebody to load from all the time: who has asked all, and heard from each that it had not loaded, waits no longer (R49). */
    private boolean sourceSinceStart(int node, SimServer server) {
        for (int other = 0; other < servers.size(); other++) {
            SimServer source = servers.get(other);
            if (other != node
                    && source != null
                    && source.serves()
                    && run.readySinceNanos(other) < server.startedNanos
                    && contacts.quietLinks()
                    && run.listEachOther(node, other)
                    && contacts.linkDisturbedNanos(node, other) < server.startedNanos) {
                return true;
            }
        }
        return false;
    }

    private boolean listedEverywhereBut(int node, Key key) {
        boolean somewhere = false;
        for (int other = 0; other < servers.size(); other++) {
            SimServer server = servers.get(other);
            // Who hangs may go on at any moment, and be loaded from.
            if (other != node && server != null && (server.ready() || server.hangs())) {
                if (server.get(key).isEmpty()) {
                    return false;
                }
                somewhere = true;
            }
        }
        return somewhere;
    }
}
