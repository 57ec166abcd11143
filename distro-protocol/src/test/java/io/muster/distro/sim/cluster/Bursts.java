package io.muster.distro.sim.cluster;

import io.muster.consistency.Condition;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Version;
import io.muster.sim.VirtualTime;
import io.muster.sim.cluster.SimMachine;
import io.muster.sim.run.InvariantViolation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Registrations by the thousand at one server, wave after wave, more than it has room for, while its machine is short of CPU. These instances beat while the burst lasts, several times
 * at once, and go by themselves afterwards.
 *
 * <p>IX5 {@code Shed}: what finds no room is answered "busy" within a second, and nothing else is; what was acknowledged stands; beats are taken all the same. Those
 * of other instances are watched by {@link ApClient}, and what becomes of them by {@link ApObserver}.
 */
final class Bursts {

    /** Whose registrations come again and again; so many that a few seconds of them cost a build little. */
    static final int INSTANCES = 50;

    /** At once, in the first wave. */
    private static final int FIRST_WAVE = 1_000;

    private static final Duration BETWEEN_WAVES = Duration.ofMillis(100);

    /** In a wave, when nothing more is taken. */
    private static final int REFUSED_A_WAVE = 10;

    /** Of each instance, in a wave: clients that were not answered soon say it again. */
    private static final int BEATS_A_WAVE = 3;

    /** One wave in so many is followed by a walk over all that the server holds. */
    private static final int WAVES_A_HEAP = 6;

    /** Two milliseconds for each turn. */
    private static final int STARVED_FACTOR = 100;

    private static final long BUSY_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Sessions that never beat stand for longer, wherever the write was carried out. */
    private static final long STANDS_NANOS = TimeUnit.SECONDS.toNanos(4);

    /** Of whose consequences one hears so much later. */
    private static final long FELT_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** What a server acknowledged last of one instance. */
    private record Acknowledged(SimServer by, Version version, long atNanos) {}

    private final ApRun run;
    private final VirtualTime clock;
    private final BoundedMemory memory;
    private final long services;
    private final Lease lease;
    private final Map<Key, Acknowledged> acknowledged = new TreeMap<>();
    private long sent;
    private long lastNanos = ApObserver.NEVER;

    Bursts(ApRun run, VirtualTime clock, BoundedMemory memory, long services, Lease lease) {
        this.run = run;
        this.clock = clock;
        this.memory = memory;
        this.services = services;
        this.lease = lease;
    }

    /** Whether there was one of late. */
    boolean felt() {
        return clock.monoNanos() - lastNanos < FELT_NANOS;
    }

    /** Whether there ever was one. */
    boolean any() {
        return lastNanos != ApObserver.NEVER;
    }

    void at(SimServer server, SimMachine machine, long millis) {
        run.mark("burst");
        machine.slow(STARVED_FACTOR);
        clock.after(Duration.ofMillis(millis), () -> machine.slow(0));
        wave(server, 0, clock.monoNanos() + TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private void wave(SimServer server, int number, long endNanos) {
        if (!server.serves() || clock.monoNanos() >= endNanos) {
            return;
        }
        lastNanos = clock.monoNanos();
        int refused = 0;
        for (int i = 0; i < (number == 0 ? FIRST_WAVE : 0) || refused < REFUSED_A_WAVE; i++) {
            refused += server.isFull() ? 1 : 0;
            register(server);
        }
        acknowledged.forEach((key, one) -> {
            for (int i = 0; one.by() == server && i < BEATS_A_WAVE; i++) {
                beat(server, key);
            }
        });
        if (number % WAVES_A_HEAP == 1) {
            memory.heap(server, run.instances());
        }
        clock.after(BETWEEN_WAVES, () -> wave(server, number + 1, endNanos));
    }

    private void beat(SimServer server, Key key) {
        try {
            server.renew(key);
        } catch (ConsistencyException.Overloaded busy) {
            require(false, server, "a beat of " + key + " was refused: " + busy);
        }
    }

    private void register(SimServer server) {
        long number = sent++ % INSTANCES;
        Key key = Key.ephemeral("service-" + number % services, "10.9.0." + number + "#8080");
        long sinceNanos = clock.monoNanos();
        boolean room = !server.isFull();
        if (room) {
            run.writes().expectAnswer(server, key);
        }
        server.put(key, "burst " + sent, lease, Condition.ALWAYS).whenComplete((done, error) -> {
            if (room) {
                run.writes().answered(server, key, Condition.ALWAYS, error);
            }
            if (error == null) {
                acknowledged(server, key, done);
            } else if (error instanceof ConsistencyException.Overloaded) {
                run.mark("busy");
                require(
                        clock.monoNanos() - sinceNanos <= BUSY_NANOS,
                        server,
                        "busy is said after " + (clock.monoNanos() - sinceNanos) / 1_000_000 + " ms");
            }
        });
    }

    private void acknowledged(SimServer server, Key key, List<Optional<Datum<String>>> done) {
        Optional<Version> version =
                done.stream().flatMap(Optional::stream).map(Datum::version).findFirst();
        require(version.isPresent(), server, key + " is acknowledged, and nobody says what stands there");
        version.ifPresent(stands -> acknowledged.put(key, new Acknowledged(server, stands, clock.monoNanos())));
    }

    /**
     * What was acknowledged is there.
     *
     * @param readySinceNanos since when the server has been ready: one that had to load anew may have had to drop what nobody else confirmed
     */
    void look(SimServer server, long readySinceNanos) {
        acknowledged.values().removeIf(one -> clock.monoNanos() - one.atNanos() > STANDS_NANOS);
        acknowledged.forEach((key, one) -> {
            if (one.by() == server && readySinceNanos < one.atNanos()) {
                @Nullable Version stands = server.versionOf(key).orElse(null);
                require(
                        stands != null
                                && stands.compareTo(one.version()) >= 0
                                && server.get(key).isPresent(),
                        server,
                        key + " was acknowledged under " + one.version() + ", and what stands is " + stands);
            }
        });
    }

    private void require(boolean holds, SimServer server, String what) {
        if (!holds) {
            run.observer().broken(new InvariantViolation("IX5", server.process.index(), "Shed: " + what));
        }
    }
}
