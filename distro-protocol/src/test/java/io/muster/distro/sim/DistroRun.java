package io.muster.distro.sim;

import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Renewal;
import io.muster.distro.core.DistroRecord;
import io.muster.distro.core.DistroRecord.Held;
import io.muster.sim.SeededRng;
import io.muster.sim.SimNode;
import io.muster.sim.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One run of one seed: chaos, then calm, in which everything must come right. The seed draws how many services and instances there are,
 * which leases they have, and which kinds of faults happen.
 */
final class DistroRun {

    private static final Duration CHAOS = Duration.ofSeconds(150);
    private static final Duration CALM = Duration.ofMinutes(2);
    private static final Duration PROBE = Duration.ofMillis(500);
    private static final long LIVING_SINCE_MILLIS = 8_000;
    private static final List<Lease> LEASES = List.of(
            new Lease(15_000, 30_000), new Lease(12_000, 24_000), new Lease(20_000, 60_000), new Lease(60_000, 11_000));

    /**
     * @param trace hash over all that happened
     * @param events that listeners heard
     * @param crashes of the server
     * @param coverage marks of what happened
     */
    record Result(long trace, long events, int crashes, Set<String> coverage) {}

    private final VirtualTime clock;
    private final SimNode node;
    private final PlantedBug bug;
    private final RandomGenerator plan;
    private final Observer observer;
    private final List<Client> clients = new ArrayList<>();

    /** When each client's instance was last accepted while it had not been accepted in that life yet, by its place. */
    private final List<@Nullable Long> livingSinceNanos = new ArrayList<>();

    /** What a peer once got and may send again, out of date. */
    private final List<DistroRecord<String>> gossip = new ArrayList<>();

    private final Set<String> coverage = new TreeSet<>();

    private final boolean serverCrashes;
    private final boolean serverPauses;
    private final boolean wallJumps;
    private final boolean diskFails;
    private final boolean peerRepeats;

    private @Nullable ServerProcess server;
    private int crashes;
    private int openCalls;
    private boolean chaos = true;
    private @Nullable Violation violation;

    DistroRun(long seed, PlantedBug bug) {
        this.bug = bug;
        SeededRng seeds = new SeededRng(seed);
        clock = VirtualTime.shuffling(1_800_000_000_000L, seeds.child("ties").seed());
        node = new SimNode(clock, seeds, "n1");
        plan = seeds.stream("plan");
        serverCrashes = plan.nextBoolean();
        serverPauses = plan.nextBoolean();
        wallJumps = plan.nextBoolean();
        diskFails = plan.nextInt(4) == 0;
        peerRepeats = plan.nextBoolean();
        int services = 1 + plan.nextInt(4);
        int instances = 1 + plan.nextInt(plan.nextInt(3) == 0 ? 60 : 10);
        observer = new Observer(clock, instances);
        for (int i = 0; i < instances; i++) {
            Key key = Key.ephemeral("service-" + plan.nextInt(services), "10.0.0." + i + "#8080");
            Lease lease = LEASES.get(plan.nextInt(4) == 0 ? plan.nextInt(LEASES.size()) : 0);
            clients.add(new Client(this, clock, seeds.stream("client-" + i), key, lease));
            livingSinceNanos.add(null);
        }
    }

    Result run() {
        startServer();
        clients.forEach(client -> clock.after(Duration.ofMillis(plan.nextLong(10_000)), client::start));
        scheduleFault();
        scheduleProbe();
        letPass(CHAOS);
        calmDown();
        letPass(CALM);
        endsWell();
        clock.trace().add(node.disk().hash());
        clock.trace().add(observer.eventCount());
        return new Result(clock.trace().value(), observer.eventCount(), crashes, coverage);
    }

    // What clients do; nothing here is told to a client that its server did not answer.

    void register(Client client, String value) {
        if (server == null || !server.ready()) {
            return;
        }
        ServerProcess asked = server;
        openCalls++;
        asked.register(client.key(), value, client.lease()).whenComplete((results, error) -> {
            if (asked == server) {
                openCalls--;
                requireWritable(error);
                if (error == null) {
                    remember(results.get(0).orElseThrow(), client.lease());
                }
            }
        });
        accepted(client);
    }

    void deregister(Client client) {
        if (server == null || !server.ready()) {
            return;
        }
        ServerProcess asked = server;
        openCalls++;
        asked.deregister(client.key()).whenComplete((results, error) -> {
            if (asked == server) {
                openCalls--;
                requireWritable(error);
                observer.deregistrationAcknowledged(client.key());
            }
        });
    }

    Renewal beat(Client client) {
        if (server == null || !server.ready()) {
            return Renewal.RENEWED;
        }
        Renewal answer = server.beat(client.key());
        if (answer == Renewal.RENEWED) {
            accepted(client);
        }
        return answer;
    }

    Renewal beatInFlight(Client client) {
        boolean beforeRestart = !observer.acceptedInThisLife(client.key());
        if (server == null || !server.ready() || beforeRestart) {
            return Renewal.RENEWED;
        }
        Renewal answer = server.beat(client.key());
        if (answer == Renewal.JUST_REMOVED) {
            coverage.add("beat in flight");
        } else if (answer == Renewal.RENEWED) {
            // Its client came back and died meanwhile; the server cannot tell whose beat this is.
            observer.accepted(client.key(), client.lease());
        }
        return answer;
    }

    void registerByBeatInFlight(Client client) {
        if (server != null && server.ready()) {
            server.register(client.key(), "from a beat in flight", client.lease());
        }
    }

    private void accepted(Client client) {
        observer.accepted(client.key(), client.lease());
        int place = clients.indexOf(client);
        if (livingSinceNanos.get(place) == null) {
            livingSinceNanos.set(place, clock.monoNanos());
        }
    }

    /** ID12: a live server takes every write, alone. */
    private void requireWritable(@Nullable Throwable error) {
        if (error != null) {
            Throwable cause =
                    error instanceof ConsistencyException || error.getCause() == null ? error : error.getCause();
            violation = new Violation("ID12", "a write failed: " + cause);
        }
    }

    private void remember(Datum<String> datum, Lease lease) {
        if (gossip.size() < 500) {
            gossip.add(new Held<>(datum, lease));
        }
    }

    // What happens to the server

    private void startServer() {
        observer.serverStarted();
        gossip.clear();
        openCalls = 0;
        server = new ServerProcess(node, bug, observer::events);
    }

    private void crash() {
        if (server == null) {
            return;
        }
        crashes++;
        server = null;
        if (plan.nextBoolean()) {
            node.crash();
        } else {
            node.losePower();
        }
        clock.after(Duration.ofMillis(plan.nextLong(4_000)), this::startServer);
    }

    private void scheduleFault() {
        clock.after(Duration.ofMillis(200 + plan.nextLong(3_000)), () -> {
            if (chaos) {
                fault();
                scheduleFault();
            }
        });
    }

    private void fault() {
        Client client = clients.get(plan.nextInt(clients.size()));
        switch (plan.nextInt(14)) {
            case 0 -> client.die();
            case 1, 2 -> client.leave();
            case 3, 4, 5 -> clients.forEach(Client::start);
            case 6 -> client.changeMetadata();
            case 7 -> massDeath();
            case 8 -> jumpWall();
            case 9 -> pause();
            case 10 -> diskFault();
            case 11, 12 -> repeatGossip();
            default -> {
                if (serverCrashes && plan.nextInt(3) == 0) {
                    crash();
                }
            }
        }
    }

    private void massDeath() {
        if (plan.nextInt(3) == 0) {
            clients.forEach(client -> {
                if (plan.nextInt(3) > 0) {
                    client.die();
                }
            });
        }
    }

    private void jumpWall() {
        if (wallJumps) {
            long millis = (long) Math.pow(10, 3 + plan.nextInt(9));
            clock.jumpWall(Duration.ofMillis(plan.nextBoolean() ? millis : -millis));
        }
    }

    /** SIGSTOP: below a second it counts as being busy, and clients have that much grace anyway. */
    private void pause() {
        if (serverPauses) {
            long millis = 1_100 + plan.nextLong(plan.nextInt(3) == 0 ? 90_000 : 6_000);
            observer.serverStoodStill(millis);
            for (int i = 0; i < livingSinceNanos.size(); i++) {
                Long since = livingSinceNanos.get(i);
                livingSinceNanos.set(
                        i,
                        since == null ? null : since + Duration.ofMillis(millis).toNanos());
            }
            clock.standStill(Duration.ofMillis(millis));
        }
    }

    private void diskFault() {
        if (!diskFails) {
            return;
        }
        switch (plan.nextInt(4)) {
            case 0 -> node.disk().failWrite(file -> true);
            case 1 -> node.disk().failSync(file -> true);
            case 2 -> node.disk().latency(Duration.ofMillis(plan.nextLong(5_000)));
            default -> node.disk().heal();
        }
    }

    /** A peer that was cut off sends what it got long ago. */
    private void repeatGossip() {
        if (peerRepeats && server != null && server.ready() && !gossip.isEmpty()) {
            List<DistroRecord<String>> repeated = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                repeated.add(gossip.get(plan.nextInt(gossip.size())));
            }
            server.syncedFromPeer(repeated);
        }
    }

    // Looking on

    private void scheduleProbe() {
        clock.after(PROBE, () -> {
            probe();
            scheduleProbe();
        });
    }

    private void probe() {
        if (violation != null) {
            throw violation;
        }
        if (server == null || !server.ready()) {
            return;
        }
        observer.probe(server);
        coverage.addAll(server.coverage());
        if (!server.warmingUp() && !diskFails) {
            observer.requireListed(living(), server);
        }
    }

    /** Clients that have been alive, and known to a server, for longer than a beat and a restart of the client's patience take. */
    private List<Key> living() {
        List<Key> living = new ArrayList<>();
        for (int i = 0; i < clients.size(); i++) {
            Client client = clients.get(i);
            if (!client.alive()) {
                livingSinceNanos.set(i, null);
                continue;
            }
            Long since = livingSinceNanos.get(i);
            boolean shortLease = client.lease().removeAfterMillis() < 2 * Client.BEAT_MILLIS + LIVING_SINCE_MILLIS;
            if (since != null
                    && !shortLease
                    && clock.monoNanos() - since
                            > Duration.ofMillis(LIVING_SINCE_MILLIS).toNanos()) {
                living.add(client.key());
            }
        }
        return living;
    }

    private void letPass(Duration duration) {
        clock.advance(duration);
        observer.rethrow();
    }

    private void calmDown() {
        chaos = false;
        node.disk().heal();
        if (server == null) {
            letPass(Duration.ofSeconds(5));
        }
    }

    /** Everybody alive is listed and healthy, nobody else is, and no call is left without an answer. */
    private void endsWell() {
        ServerProcess last = server;
        if (last == null || !last.ready() || last.warmingUp() || last.removalsHeld()) {
            throw new Violation("ID12", "the server does not serve after two calm minutes");
        }
        observer.probe(last);
        List<Key> alive =
                clients.stream().filter(Client::alive).map(Client::key).sorted().toList();
        List<Key> listed = last.list().stream().map(Datum::key).sorted().toList();
        if (!listed.containsAll(alive)) {
            throw new Violation("ID2", "alive " + alive + ", listed " + listed);
        }
        if (!alive.containsAll(listed)) {
            throw new Violation("ID3", "alive " + alive + ", listed " + listed);
        }
        if (openCalls != 0) {
            throw new Violation("ID12", openCalls + " calls were never answered");
        }
    }
}
