package io.muster.bench.ephemeral;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * Registers instances at a steady rate, each through the next node; of some of them, asks all other nodes for the list of the service again
 * and again until the instance is in it. An instance counts as visible when the last of the nodes has listed it, so the time of the asking is
 * part of what is measured.
 *
 * <p>Its state belongs to its event loop.
 */
final class VisibilityProbe {

    private static final long PUMP_MILLIS = 2;
    private static final int CONNECTIONS = 256;

    /** Answers are to be heard between the requests, also when this client is late. */
    private static final int IN_A_ROW_MAX = 32;

    /** Whoever is not listed after that counts as never seen. */
    private static final long SEEN_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long LOOK_AGAIN_MILLIS = 1;

    private final Vertx vertx;
    private final Context context;
    private final HttpClient client;
    private final List<Integer> ports;
    private final long intervalNanos;
    private final int measureEvery;
    private final int total;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    private long startNanos;
    private int sent;
    private int ended;

    final LongAdder failures = new LongAdder();
    final LongAdder looks = new LongAdder();

    /** From the moment the registration was due until it was acknowledged. */
    final ConcurrentHistogram acknowledgedMicros = histogram();

    /** From the moment the registration was due until the last node listed it. */
    final ConcurrentHistogram visibleMicros = histogram();

    /** From the acknowledgement until then; 0 where the list was faster than the acknowledgement. */
    final ConcurrentHistogram afterAcknowledgedMicros = histogram();

    /**
     * @param firstNumber of the instances, so that two probes on one cluster register different ones
     * @param measureEvery of so many registrations, one is looked for
     */
    VisibilityProbe(Vertx vertx, List<Integer> ports, int firstNumber, int total, int perSecond, int measureEvery) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.ports = ports;
        this.sent = firstNumber;
        this.ended = firstNumber;
        this.total = firstNumber + total;
        this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
        this.measureEvery = measureEvery;
        this.client = vertx.httpClientBuilder()
                .with(new HttpClientOptions().setDefaultHost("127.0.0.1").setKeepAlive(true))
                .with(new PoolOptions().setHttp1MaxSize(CONNECTIONS))
                .build();
    }

    private static ConcurrentHistogram histogram() {
        return new ConcurrentHistogram(TimeUnit.MINUTES.toMicros(1), 3);
    }

    /** Begins; completes when all are registered, and those looked for are listed or given up. */
    CompletableFuture<Void> run() {
        int first = sent;
        context.runOnContext(ignored -> {
            startNanos = System.nanoTime();
            vertx.setPeriodic(PUMP_MILLIS, timer -> {
                int room = IN_A_ROW_MAX;
                while (sent < total && room > 0 && System.nanoTime() - dueNanos(sent - first) >= 0) {
                    register(sent, dueNanos(sent - first));
                    sent++;
                    room--;
                }
                if (sent == total) {
                    vertx.cancelTimer(timer);
                }
            });
        });
        return done;
    }

    private long dueNanos(int number) {
        return startNanos + number * intervalNanos;
    }

    private void register(int number, long due) {
        int here = number % ports.size();
        boolean measured = number % measureEvery == 0;
        Sighting sighting = new Sighting(number, due, measured ? ports.size() : 1);
        send(HttpMethod.POST, ports.get(here), sighting.registration()).onComplete(answer -> {
            if (answer.failed()) {
                failures.increment();
            }
            sighting.acknowledged();
        });
        if (measured) {
            for (int node = 0; node < ports.size(); node++) {
                if (node != here) {
                    look(sighting, ports.get(node));
                }
            }
        }
    }

    private void look(Sighting sighting, int port) {
        looks.increment();
        send(HttpMethod.GET, port, sighting.list()).onComplete(answer -> {
            if (answer.succeeded() && answer.result().contains("\"ip\":\"" + sighting.ip() + "\"")) {
                sighting.seen();
            } else if (System.nanoTime() - sighting.dueNanos > SEEN_WITHIN_NANOS) {
                failures.increment();
                sighting.seen();
            } else {
                vertx.setTimer(LOOK_AGAIN_MILLIS, timer -> look(sighting, port));
            }
        });
    }

    private Future<String> send(HttpMethod method, int port, String uri) {
        return client.request(
                        new RequestOptions().setMethod(method).setPort(port).setURI(uri))
                .compose(HttpClientRequest::send)
                .compose(response -> response.body()
                        .compose(body -> response.statusCode() == 200
                                ? Future.succeededFuture(body.toString())
                                : Future.failedFuture(response.statusCode() + " " + body)));
    }

    /** One registration on its way to acknowledgement and, where it is looked for, to the other nodes' lists. */
    private final class Sighting {

        private final int number;
        private final long dueNanos;
        private final boolean measured;
        private int awaited;
        private long acknowledgedNanos;

        /**
         * @param awaited its acknowledgement, and the lists that it is looked for in
         */
        Sighting(int number, long dueNanos, int awaited) {
            this.number = number;
            this.dueNanos = dueNanos;
            this.measured = awaited > 1;
            this.awaited = awaited;
        }

        String ip() {
            return "10." + (number >>> 16) + "." + (number >>> 8 & 0xff) + "." + (number & 0xff);
        }

        private String service() {
            return "serviceName=seen-" + number;
        }

        String registration() {
            return "/nacos/v1/ns/instance?" + service() + "&ip=" + ip() + "&port=8080";
        }

        String list() {
            return "/nacos/v1/ns/instance/list?" + service();
        }

        void acknowledged() {
            acknowledgedNanos = System.nanoTime();
            acknowledgedMicros.recordValue(micros(acknowledgedNanos - dueNanos));
            seen();
        }

        void seen() {
            awaited--;
            if (awaited > 0) {
                return;
            }
            if (measured) {
                long now = System.nanoTime();
                visibleMicros.recordValue(micros(now - dueNanos));
                afterAcknowledgedMicros.recordValue(micros(now - acknowledgedNanos));
            }
            ended++;
            if (ended == total) {
                done.complete(null);
            }
        }
    }

    private static long micros(long nanos) {
        return Math.max(0, TimeUnit.NANOSECONDS.toMicros(nanos));
    }
}
