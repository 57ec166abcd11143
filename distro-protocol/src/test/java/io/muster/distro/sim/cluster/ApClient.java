package io.muster.distro.sim.cluster;

import io.muster.consistency.Condition;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Renewal;
import io.muster.sim.VirtualTime;
import io.muster.sim.run.InvariantViolation;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * One instance of the workload: a Nacos 1.x client with a full heartbeat at an interval through any server, which registers again whenever a
 * server does not know it. Knows nothing of the servers but what answers tell.
 */
final class ApClient {

    /** Two writes through different servers in less time than frames take are ordered by chance. */
    private static final long CLOCKS_APART_NANOS = 500_000_000;

    /** Beats that are so far apart are not one life. */
    private static final long GAP_NANOS = 2_500_000_000L;

    private final ApRun run;
    private final VirtualTime clock;
    private final RandomGenerator random;
    final int number;
    final Key key;
    final Lease lease;
    private final long beatMillis;
    private int home;
    private int update;

    /** Raised with each birth and death, so that timers of an earlier life find that they are stale. */
    private int life;

    private long acceptedNanos = ApObserver.NEVER;
    private long livingSinceNanos = ApObserver.NEVER;
    private long lastWriteNanos = ApObserver.NEVER;

    boolean alive;

    /** Writes that have not been answered; a server may still carry them out. */
    int openWrites;

    /** Its deregistration was acknowledged while nothing else of it was under way, and it has done nothing since. */
    boolean gone;

    ApClient(ApRun run, VirtualTime clock, RandomGenerator random, int number, Key key, Lease lease, long beatMillis) {
        this.run = run;
        this.clock = clock;
        this.random = random;
        this.number = number;
        this.key = key;
        this.lease = lease;
        this.beatMillis = beatMillis;
    }

    void start(int server) {
        if (!alive) {
            alive = true;
            life++;
            home = server;
            register(Condition.ALWAYS);
            scheduleBeat(1 + random.nextLong(beatMillis));
        }
    }

    /** kill -9 of the client. */
    void die() {
        alive = false;
        life++;
    }

    /** Goes in good order; the next server hears of it if the first one does not answer. */
    void leave(int server) {
        if (alive) {
            die();
            run.observer().leaves(this);
            int ofLife = life;
            boolean sole = openWrites == 0 && clock.monoNanos() - lastWriteNanos > CLOCKS_APART_NANOS;
            run.server(server).ifPresent(asked -> {
                openWrites++;
                asked.remove(key).whenComplete((done, error) -> {
                    openWrites--;
                    if (error == null && ofLife == life && sole) {
                        gone = true;
                        run.observer().deregistered(this, asked.versionOf(key));
                        if (random.nextBoolean()) {
                            clock.after(Duration.ofMillis(random.nextLong(beatMillis)), () -> beatInFlight(asked));
                        }
                    }
                });
            });
        }
    }

    void change() {
        if (alive) {
            update++;
            register(Condition.ALWAYS);
        }
    }

    /** A server accepted a beat or a registration. */
    void accepted(long nowNanos) {
        if (nowNanos - acceptedNanos > GAP_NANOS) {
            livingSinceNanos = nowNanos;
        }
        acceptedNanos = nowNanos;
    }

    /** Whether its beats have been accepted for so long, one after the other. */
    boolean livesSince(long nowNanos, long nanos) {
        return alive && nowNanos - acceptedNanos <= GAP_NANOS && nowNanos - livingSinceNanos > nanos;
    }

    void moveTo(int server) {
        home = server;
    }

    /** A beat of before its deregistration arrives after it, at the same server: it may register nothing for two beat intervals (R44). */
    private void beatInFlight(SimServer asked) {
        if (gone && asked.serves()) {
            if (asked.renew(key) == Renewal.UNKNOWN) {
                asked.put(key, "from a beat in flight", lease, Condition.ABSENT);
            }
            run.mark("beat in flight");
        }
    }

    private void register(Condition condition) {
        String value = key.id() + " life " + life + " update " + update;
        int ofLife = life;
        run.server(home).ifPresent(asked -> {
            gone = false;
            openWrites++;
            run.observer().acted(this);
            run.writes().expectAnswer(asked, key);
            asked.put(key, value, lease, condition).whenComplete((done, error) -> {
                openWrites--;
                lastWriteNanos = clock.monoNanos();
                run.writes().answered(asked, key, condition, error);
                if (error == null && ofLife == life) {
                    run.observer().accepted(this, asked.process.index());
                }
            });
        });
    }

    private void scheduleBeat(long delayMillis) {
        int ofLife = life;
        clock.after(Duration.ofMillis(delayMillis), () -> {
            if (ofLife == life) {
                beat();
                scheduleBeat(beatMillis - 50 + random.nextLong(100));
            }
        });
    }

    private void beat() {
        if (random.nextInt(5) == 0) {
            home = random.nextInt(64);
        }
        run.server(home).ifPresent(asked -> {
            run.observer().acted(this);
            try {
                switch (asked.renew(key)) {
                    case RENEWED -> run.observer().accepted(this, asked.process.index());
                    case UNKNOWN -> register(Condition.ABSENT);
                    case JUST_REMOVED -> {}
                }
            } catch (ConsistencyException.Overloaded busy) {
                run.observer()
                        .broken(new InvariantViolation(
                                "IX5", asked.process.index(), "Shed: a beat of " + key + " was refused: " + busy));
            }
        });
    }
}
