package io.muster.bench.ephemeral;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Instances that come and go at a steady rate: each registers, and deregisters a second later, through the next node. Its state belongs to its
 * event loop.
 */
final class Churn {

    private static final long TICK_MILLIS = 20;
    private static final int CONNECTIONS = 32;

    /** Answers are to be heard between the requests, also when this client is late. */
    private static final int IN_A_ROW_MAX = 32;

    private static final int SERVICES = 500;

    /** Addresses are used again after that many: long gone by then. */
    private static final int ADDRESSES = 1 << 20;

    private final Context context;
    private final HttpClient client;
    private final List<Integer> ports;
    private final int perSecond;
    private final long startNanos = System.nanoTime();
    private long sent;
    private boolean stopped;

    final LongAdder failures = new LongAdder();

    private Churn(Vertx vertx, List<Integer> ports, int perSecond) {
        this.context = vertx.getOrCreateContext();
        this.ports = ports;
        this.perSecond = perSecond;
        this.client = vertx.httpClientBuilder()
                .with(new HttpClientOptions().setDefaultHost("127.0.0.1").setKeepAlive(true))
                .with(new PoolOptions().setHttp1MaxSize(CONNECTIONS))
                .build();
    }

    /** So many registrations a second, and as many deregistrations. */
    static Churn start(Vertx vertx, List<Integer> ports, int perSecond) {
        Churn churn = new Churn(vertx, ports, perSecond);
        churn.context.runOnContext(ignored -> vertx.setPeriodic(TICK_MILLIS, timer -> {
            if (churn.stopped) {
                vertx.cancelTimer(timer);
            } else {
                churn.tick();
            }
        }));
        return churn;
    }

    /** Changes nothing more; those of the last second stay until they expire. */
    void stop() {
        context.runOnContext(ignored -> stopped = true);
    }

    private void tick() {
        long due = (System.nanoTime() - startNanos) / 1_000_000 * perSecond / 1_000;
        for (int room = IN_A_ROW_MAX; sent < due && room > 0; room--) {
            send(HttpMethod.POST, sent);
            if (sent >= perSecond) {
                send(HttpMethod.DELETE, sent - perSecond);
            }
            sent++;
        }
    }

    private void send(HttpMethod method, long number) {
        int address = (int) (number % ADDRESSES);
        String uri = "/nacos/v1/ns/instance?serviceName=churn-" + address % SERVICES + "&ip=11." + (address >>> 16)
                + "." + (address >>> 8 & 0xff) + "." + (address & 0xff) + "&port=8080";
        client.request(new RequestOptions()
                        .setMethod(method)
                        .setPort(ports.get((int) (number % ports.size())))
                        .setURI(uri))
                .compose(HttpClientRequest::send)
                .compose(response -> {
                    if (response.statusCode() != 200) {
                        failures.increment();
                    }
                    return response.end();
                })
                .onFailure(cause -> failures.increment());
    }
}
