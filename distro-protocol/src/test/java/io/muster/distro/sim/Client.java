package io.muster.distro.sim;

import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Renewal;
import io.muster.sim.VirtualTime;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * One instance of the {@code ApInstances} workload: a Nacos 1.x client with a full heartbeat at an interval, which registers again whenever
 * the server does not know it. Knows nothing of the server but what answers tell.
 */
final class Client {

    static final long BEAT_MILLIS = 5_000;

    /** A request that the server takes up later than this has been given up by its client. */
    private static final long PATIENCE_MILLIS = 3_000;

    private final DistroRun run;
    private final VirtualTime clock;
    private final RandomGenerator random;
    private final Key key;
    private final Lease lease;
    private boolean alive;
    private int update;

    /** Raised with each birth and death, so that timers of an earlier life find that they are stale. */
    private int life;

    Client(DistroRun run, VirtualTime clock, RandomGenerator random, Key key, Lease lease) {
        this.run = run;
        this.clock = clock;
        this.random = random;
        this.key = key;
        this.lease = lease;
    }

    Key key() {
        return key;
    }

    Lease lease() {
        return lease;
    }

    boolean alive() {
        return alive;
    }

    void start() {
        if (!alive) {
            alive = true;
            life++;
            register();
            scheduleBeat(random.nextLong(BEAT_MILLIS));
        }
    }

    /** kill -9 of the client. */
    void die() {
        alive = false;
        life++;
    }

    /** Goes in good order; sometimes a beat of it is still in flight. */
    void leave() {
        if (alive) {
            die();
            run.deregister(this);
            if (random.nextBoolean()) {
                clock.after(Duration.ofMillis(random.nextLong(BEAT_MILLIS)), this::deliverBeatInFlight);
            }
        }
    }

    void changeMetadata() {
        if (alive) {
            update++;
            register();
        }
    }

    private void register() {
        run.register(this, key.id() + " life " + life + " update " + update);
    }

    private void scheduleBeat(long delayMillis) {
        int ofLife = life;
        long dueNanos = clock.monoNanos() + Duration.ofMillis(delayMillis).toNanos();
        clock.after(Duration.ofMillis(delayMillis), () -> {
            if (ofLife != life) {
                return;
            }
            if (clock.monoNanos() - dueNanos
                    < Duration.ofMillis(PATIENCE_MILLIS).toNanos()) {
                beat();
            }
            scheduleBeat(BEAT_MILLIS - 100 + random.nextLong(200));
        });
    }

    private void beat() {
        if (run.beat(this) == Renewal.UNKNOWN) {
            register();
        }
    }

    /** The server gets a full heartbeat that was sent before the deregistration: it does with it what it does with any. */
    private void deliverBeatInFlight() {
        if (!alive && run.beatInFlight(this) == Renewal.UNKNOWN) {
            run.registerByBeatInFlight(this);
        }
    }
}
