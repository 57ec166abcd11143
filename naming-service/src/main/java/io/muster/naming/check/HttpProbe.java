package io.muster.naming.check;

import io.muster.naming.check.core.CheckCore;
import io.muster.naming.check.core.Obstacle;
import io.muster.naming.check.core.Plan;
import io.muster.naming.check.core.Verdict;
import io.muster.naming.model.HealthChecker;
import io.muster.naming.model.RequestHeaders;
import io.muster.naming.model.ResponseCodes;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A GET whose answer must come in full, with an expected code. Redirects are answers like any other. Connections are kept for the next check
 * while there are few targets; an answer longer than {@value #BODY_BYTES_MAX} bytes is not read to its end.
 */
final class HttpProbe implements Probe {

    static final int BODY_BYTES_MAX = 64 * 1024;

    private static final int HEADER_BYTES_MAX = 8 * 1024;

    /** With more targets than that each check connects anew: kept connections are files and memory, here and there. */
    static final int KEPT_MAX = 2_000;

    /** Twice the longest pause between two checks by default. */
    private static final int KEPT_SECONDS = 10;

    private static final int REQUEST_TIMEOUT = 408;

    private final HttpClient keeping;
    private final HttpClient fresh;
    private final IntSupplier targets;

    /**
     * @param targets how many there are, of any kind
     */
    HttpProbe(Vertx vertx, int connectTimeoutMillis, IntSupplier targets) {
        HttpClientOptions options = new HttpClientOptions()
                .setConnectTimeout(connectTimeoutMillis)
                .setMaxHeaderSize(HEADER_BYTES_MAX)
                .setMaxInitialLineLength(HEADER_BYTES_MAX)
                .setKeepAliveTimeout(KEPT_SECONDS);
        // All checks of a machine may ask one port. To wait for a connection would count as the target's time.
        PoolOptions pool = new PoolOptions().setHttp1MaxSize(CheckCore.HOST_IN_FLIGHT_MAX);
        this.keeping = client(vertx, new HttpClientOptions(options), pool);
        this.fresh = client(vertx, new HttpClientOptions(options).setKeepAlive(false), pool);
        this.targets = targets;
    }

    /** What a target does to a connection is its verdict; without a handler it would be an error in our log as well, at every check. */
    private static HttpClient client(Vertx vertx, HttpClientOptions options, PoolOptions pool) {
        return vertx.httpClientBuilder()
                .with(options)
                .with(pool)
                .withConnectHandler(connection -> connection.exceptionHandler(failure -> {}))
                .build();
    }

    @Override
    public Running begin(Plan plan, String address, long timeoutMillis, Ending ending) {
        HealthChecker.Http http = (HealthChecker.Http) plan.checker();
        RequestOptions request = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setServer(SocketAddress.inetSocketAddress(plan.port(), address))
                .setHost(plan.address())
                .setPort(plan.port())
                .setURI(http.path().isEmpty() ? "/" : http.path())
                .putHeader("User-Agent", "muster-health-check");
        ResponseCodes codes;
        try {
            List<RequestHeaders.Header> headers = RequestHeaders.parse(http.headers());
            headers.forEach(header -> request.putHeader(header.name(), header.value()));
            codes = ResponseCodes.of(http);
        } catch (IllegalArgumentException e) {
            // Stored before such things were refused. It says nothing of the target.
            ending.notMade(Obstacle.TARGETS_OWN, "the health checker " + e.getMessage());
            return () -> {};
        }
        Asking asking = new Asking(request, codes, ending);
        boolean keep = targets.getAsInt() <= KEPT_MAX;
        asking.ask(keep ? keeping : fresh, keep);
        return asking;
    }

    void close() {
        keeping.close();
        fresh.close();
    }

    private final class Asking implements Running {
        private final RequestOptions options;
        private final ResponseCodes codes;
        private final Ending ending;
        private @Nullable HttpClientRequest request;
        private boolean over;
        private int bodyBytes;

        Asking(RequestOptions options, ResponseCodes codes, Ending ending) {
            this.options = options;
            this.codes = codes;
            this.ending = ending;
        }

        /**
         * @param mayBeStale whether the connection may be a kept one that the other side has just closed
         */
        private void ask(HttpClient client, boolean mayBeStale) {
            client.request(options)
                    .compose(made -> {
                        request = made;
                        if (over) {
                            made.reset();
                        }
                        return made.send();
                    })
                    .onSuccess(this::answered)
                    .onFailure(failure -> {
                        if (!over && mayBeStale && failure instanceof HttpClosedException) {
                            ask(fresh, false);
                        } else {
                            failed(failure);
                        }
                    });
        }

        private void answered(HttpClientResponse response) {
            int code = response.statusCode();
            response.exceptionHandler(this::failed);
            response.handler(chunk -> {
                bodyBytes += chunk.length();
                if (bodyBytes > BODY_BYTES_MAX) {
                    judged(code);
                    drop();
                }
            });
            response.endHandler(end -> judged(code));
        }

        private void judged(int code) {
            if (!over) {
                over = true;
                ending.seen(codes.contain(code) ? Verdict.PASSED : refusal(code));
            }
        }

        /** "Request timeout" may be our own slowness. */
        private Verdict refusal(int code) {
            String reason = "HTTP " + code;
            return code == REQUEST_TIMEOUT ? Verdict.failed(reason) : Verdict.told(reason);
        }

        private void failed(Throwable failure) {
            if (!over) {
                over = true;
                ending.failed(failure);
            }
        }

        private void drop() {
            if (request != null) {
                request.reset();
            }
        }

        @Override
        public void cancel() {
            if (!over) {
                over = true;
                drop();
            }
        }
    }
}
