package io.muster.server.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts requests and how long their answers took, by operation and class of status.
 *
 * <p>Each event loop counts in numbers of its own, so that a request costs two readings of the clock and two plain additions; a scrape adds
 * the loops up. Served as one Prometheus histogram, {@value #NAME}.
 */
public final class HttpMetrics implements Collector {

    static final String NAME = "muster_http_request_duration_seconds";

    private static final String HELP =
            "From a request's head to the end of its answer, by operation and class of status.";

    private static final double[] UPPER_BOUNDS_SECONDS = {
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
    };

    private static final long[] UPPER_BOUNDS_NANOS = nanos(UPPER_BOUNDS_SECONDS);

    private static final HttpOperation[] OPERATIONS = HttpOperation.values();

    /** 1xx to 5xx. */
    private static final int STATUS_CLASSES = 5;

    /** One past the last bound is for what took longer; then the sum. */
    private static final int CELLS_PER_SERIES = UPPER_BOUNDS_NANOS.length + 2;

    private static final int SUM_CELL = CELLS_PER_SERIES - 1;

    private final List<Loop> loops = new CopyOnWriteArrayList<>();

    private static long[] nanos(double[] seconds) {
        long[] nanos = new long[seconds.length];
        for (int i = 0; i < seconds.length; i++) {
            nanos[i] = Math.round(seconds[i] * TimeUnit.SECONDS.toNanos(1));
        }
        return nanos;
    }

    /**
     * Counts around a handler.
     *
     * @return a handler for one event loop alone
     */
    public Handler<HttpServerRequest> around(Handler<HttpServerRequest> handler) {
        Loop loop = new Loop();
        loops.add(loop);
        return request -> {
            long startNanos = System.nanoTime();
            request.response().endHandler(ended -> loop.count(request, System.nanoTime() - startNanos));
            handler.handle(request);
        };
    }

    /** The numbers of one event loop: written on it alone, read by scrapes. */
    private static final class Loop {

        private final AtomicLongArray cells =
                new AtomicLongArray(OPERATIONS.length * STATUS_CLASSES * CELLS_PER_SERIES);

        void count(HttpServerRequest request, long nanos) {
            HttpOperation operation = HttpOperation.of(request.method(), request.path());
            int statusClass = request.response().getStatusCode() / 100;
            int series = series(operation, Math.min(Math.max(statusClass, 1), STATUS_CLASSES));
            int bucket = 0;
            while (bucket < UPPER_BOUNDS_NANOS.length && nanos > UPPER_BOUNDS_NANOS[bucket]) {
                bucket++;
            }
            add(series + bucket, 1);
            add(series + SUM_CELL, nanos);
        }

        private void add(int cell, long amount) {
            cells.lazySet(cell, cells.getPlain(cell) + amount);
        }
    }

    private static int series(HttpOperation operation, int statusClass) {
        return (operation.place() * STATUS_CLASSES + statusClass - 1) * CELLS_PER_SERIES;
    }

    /** All series that were ever counted on. */
    @Override
    public MetricSnapshot collect() {
        HistogramSnapshot.Builder snapshot =
                HistogramSnapshot.builder().name(NAME).help(HELP);
        for (HttpOperation operation : OPERATIONS) {
            for (int statusClass = 1; statusClass <= STATUS_CLASSES; statusClass++) {
                long[] sums = sums(series(operation, statusClass));
                if (requests(sums) > 0) {
                    snapshot.dataPoint(point(operation, statusClass, sums));
                }
            }
        }
        return snapshot.build();
    }

    /** Requests so far whose answers had a status of this class, 1 to 5. */
    public long requests(int statusClass) {
        long requests = 0;
        for (HttpOperation operation : OPERATIONS) {
            requests += requests(sums(series(operation, statusClass)));
        }
        return requests;
    }

    private long[] sums(int series) {
        long[] sums = new long[CELLS_PER_SERIES];
        for (Loop loop : loops) {
            for (int i = 0; i < CELLS_PER_SERIES; i++) {
                sums[i] += loop.cells.get(series + i);
            }
        }
        return sums;
    }

    private static long requests(long[] sums) {
        long requests = 0;
        for (int i = 0; i < SUM_CELL; i++) {
            requests += sums[i];
        }
        return requests;
    }

    private static HistogramSnapshot.HistogramDataPointSnapshot point(
            HttpOperation operation, int statusClass, long[] sums) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        for (int i = 0; i < UPPER_BOUNDS_SECONDS.length; i++) {
            buckets.bucket(UPPER_BOUNDS_SECONDS[i], sums[i]);
        }
        buckets.bucket(Double.POSITIVE_INFINITY, sums[UPPER_BOUNDS_SECONDS.length]);
        return HistogramSnapshot.HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(buckets.build())
                .sum((double) sums[SUM_CELL] / TimeUnit.SECONDS.toNanos(1))
                .labels(Labels.of("operation", operation.label(), "status", statusClass + "xx"))
                .build();
    }
}
