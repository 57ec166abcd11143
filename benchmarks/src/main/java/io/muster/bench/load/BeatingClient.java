package io.muster.bench.load;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * All clients of many instances in one: registers each instance once, then sends its light heartbeat every interval.
 *
 * <p>Each request goes to the next of the servers in turn. One event loop, a bounded number of requests in flight. Heartbeats that are due go before registrations. A heartbeat's latency counts
 * from the moment it was due, so that a server (or this client) that falls behind shows it.
 */
public final class BeatingClient {

    private static final long PUMP_INTERVAL_MILLIS = 2;
    private static final int STOP_SECONDS_MAX = 30;
    private static final int KINDS_OF_FAILURE_MAX = 20;
    private static final Buffer BEAT_OK = Buffer.buffer("10200");

    private final Vertx vertx;
    private final Context context;
    private final HttpClient client;
    private final List<Integer> ports;
    private final Population population;
    private final int requestsInFlightMax;
    private final long beatIntervalNanos;
    private final CompletableFuture<Void> allRegistered = new CompletableFuture<>();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();

    /** Instances in the order in which their beats are due; a ring that holds each registered instance once. */
    private final int[] beatOrder;

    private final long[] beatDueNanos;
    private int ringHead;
    private int ringCount;
    private int nextToRegister;
    private int registeredCount;
    private int requestsInFlight;
    private int nextPort;
    private boolean stopping;

    public final LongAdder registrations = new LongAdder();
    public final LongAdder beats = new LongAdder();
    public final ConcurrentMap<String, LongAdder> failures = new ConcurrentHashMap<>();
    public final ConcurrentHistogram registrationMicros = new ConcurrentHistogram(TimeUnit.MINUTES.toMicros(1), 3);
    public final ConcurrentHistogram beatMicros = new ConcurrentHistogram(TimeUnit.MINUTES.toMicros(1), 3);

    /**
     * @param ports of the servers, at least one
     * @param connections to each of them, and requests in flight to all together
     */
    public BeatingClient(
            Vertx vertx, List<Integer> ports, Population population, int connections, long beatIntervalMillis) {
        this.vertx = vertx;
        this.ports = List.copyOf(ports);
        this.context = vertx.getOrCreateContext();
        this.population = population;
        this.requestsInFlightMax = connections;
        this.beatIntervalNanos = TimeUnit.MILLISECONDS.toNanos(beatIntervalMillis);
        this.beatOrder = new int[population.instances()];
        this.beatDueNanos = new long[population.instances()];
        this.client = vertx.httpClientBuilder()
                .with(new HttpClientOptions()
                        .setDefaultHost("127.0.0.1")
                        .setKeepAlive(true)
                        .setPipelining(false))
                .with(new PoolOptions().setHttp1MaxSize(connections).setMaxWaitQueueSize(connections))
                .build();
    }

    /** Begins; completes when each instance has been registered. Heartbeats go on until {@link #stop}. */
    public CompletableFuture<Void> start() {
        context.runOnContext(ignored -> vertx.setPeriodic(PUMP_INTERVAL_MILLIS, timer -> pump()));
        return allRegistered;
    }

    /** Sends nothing more, waits for the answers that are under way, and gives its thread and connections back. */
    public void stop() {
        context.runOnContext(ignored -> {
            stopping = true;
            endIfDrained();
        });
        drained.orTimeout(STOP_SECONDS_MAX, TimeUnit.SECONDS).join();
        vertx.close().await();
    }

    private void endIfDrained() {
        if (stopping && requestsInFlight == 0) {
            drained.complete(null);
        }
    }

    private void pump() {
        while (!stopping && requestsInFlight < requestsInFlightMax) {
            long now = System.nanoTime();
            if (ringCount > 0 && beatDueNanos[ringHead] <= now) {
                beatNext();
            } else if (nextToRegister < population.instances()) {
                register(nextToRegister++, now);
            } else {
                return;
            }
        }
    }

    private void beatNext() {
        int instance = beatOrder[ringHead];
        long due = beatDueNanos[ringHead];
        ringHead = (ringHead + 1) % beatOrder.length;
        ringCount--;
        beatLater(instance, due + beatIntervalNanos);
        send(HttpMethod.PUT, population.beat(instance)).onComplete(answer -> {
            if (answer.failed()) {
                failed("beat: " + answer.cause());
            } else if (!contains(answer.result(), BEAT_OK)) {
                failed("beat answered " + answer.result());
            } else {
                beats.increment();
                beatMicros.recordValue(microsSince(due));
            }
            ended();
        });
    }

    private void register(int instance, long startNanos) {
        send(HttpMethod.POST, population.registration(instance)).onComplete(answer -> {
            if (answer.failed()) {
                failed("registration: " + answer.cause());
                nextToRegister = population.instances();
                allRegistered.completeExceptionally(answer.cause());
            } else {
                registrations.increment();
                registrationMicros.recordValue(microsSince(startNanos));
                beatLater(instance, System.nanoTime() + beatIntervalNanos);
                registeredCount++;
                if (registeredCount == population.instances()) {
                    allRegistered.complete(null);
                }
            }
            ended();
        });
    }

    private void ended() {
        requestsInFlight--;
        pump();
        endIfDrained();
    }

    private Future<Buffer> send(HttpMethod method, String uri) {
        requestsInFlight++;
        nextPort = (nextPort + 1) % ports.size();
        return client.request(new RequestOptions()
                        .setMethod(method)
                        .setPort(ports.get(nextPort))
                        .setURI(uri))
                .compose(HttpClientRequest::send)
                .compose(response -> response.statusCode() == 200
                        ? response.body()
                        : response.body()
                                .compose(body -> Future.failedFuture(response.statusCode() + " " + body.toString())));
    }

    private void beatLater(int instance, long dueNanos) {
        int slot = (ringHead + ringCount) % beatOrder.length;
        beatOrder[slot] = instance;
        beatDueNanos[slot] = dueNanos;
        ringCount++;
    }

    private void failed(String what) {
        String kind = failures.size() < KINDS_OF_FAILURE_MAX || failures.containsKey(what) ? what : "others";
        failures.computeIfAbsent(kind, ignored -> new LongAdder()).increment();
    }

    private static long microsSince(long nanos) {
        return Math.max(0, TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - nanos));
    }

    private static boolean contains(Buffer text, Buffer part) {
        for (int from = 0; from + part.length() <= text.length(); from++) {
            int i = 0;
            while (i < part.length() && text.getByte(from + i) == part.getByte(i)) {
                i++;
            }
            if (i == part.length()) {
                return true;
            }
        }
        return false;
    }
}
