package io.muster.member.lookup;

import io.muster.member.port.Time;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The members that an address server names (R62), asked for at an interval. Whatever it answers that is not a good list (nothing, an error, garbage,
 * an empty list) is counted and leaves the last good list in force, for however long.
 *
 * <p>One thread, that of the driver.
 */
public final class AddressServerLookup implements MemberLookup {

    /**
     * When it asks, and what it bears; the defaults are those of Nacos.
     *
     * @param illAfter so many failures in a row and the server counts as ill: by default after a minute, or a minute and a half if it keeps the caller
     *     waiting
     */
    public record Times(Duration interval, Duration connectMax, Duration answerMax, int illAfter) {
        public static final Times DEFAULTS =
                new Times(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofMillis(2_500), 12);

        public Times with(Duration newInterval, int newIllAfter) {
            return new Times(newInterval, connectMax, answerMax, newIllAfter);
        }
    }

    /** Room for every member that a list may have. */
    static final int BODY_BYTES_MAX = 1 << 20;

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(1);
    private static final String TEXT_ENCODING = "UTF-8";
    private static final int STATUS_OK = 200;

    private static final Logger LOG = LoggerFactory.getLogger(AddressServerLookup.class);

    private final URI url;
    private final Time driver;
    private final Times times;
    private final HttpClient client;

    private final AnswerWatch watch;
    private final int illAfter;

    private boolean stopped;

    private volatile AddressServerStatus status;

    /**
     * @param url whole, such as {@code http://jmenv.tbsite.net:8080/nacos/serverlist}
     * @param vertx asks; answers are taken to the driver's thread
     */
    public AddressServerLookup(URI url, Vertx vertx, Time driver, Times times) {
        this.url = url;
        this.driver = driver;
        this.times = times;
        this.client = vertx.createHttpClient(new HttpClientOptions()
                .setConnectTimeout(Math.toIntExact(times.connectMax().toMillis()))
                .setReadIdleTimeout(Math.toIntExact(times.answerMax().toMillis()))
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setKeepAlive(false));
        this.watch = new AnswerWatch(source());
        this.illAfter = times.illAfter();
        this.status = new AddressServerStatus(url.toString(), 0, 0, watch.problem(), illAfter);
    }

    @Override
    public String mode() {
        return LookupMode.ADDRESS_SERVER.configName();
    }

    /** {@inheritDoc} Asks at once; the first list comes when the server gives a good one, be it after hours. */
    @Override
    public void start(ListListener listener) {
        driver.execute(() -> ask(listener));
    }

    @Override
    public void stop() {
        driver.execute(() -> {
            stopped = true;
            client.close();
        });
    }

    /** How the server does; any thread may ask. */
    public AddressServerStatus status() {
        return status;
    }

    @Override
    public LookupHealth health() {
        AddressServerStatus now = status;
        return new LookupHealth(source(), now.healthy(), now.failuresInARow(), now.problem());
    }

    private void ask(ListListener listener) {
        if (stopped) {
            return;
        }
        long askedNanos = driver.monoNanos();
        RequestOptions request = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setAbsoluteURI(url.toString())
                .putHeader("Muster-Member", "1")
                .setFollowRedirects(false)
                .setTimeout(times.connectMax().plus(times.answerMax()).toMillis());
        // What the client throws, and does not hand over as a failure, is one all the same.
        Future.succeededFuture(request)
                .compose(client::request)
                .compose(this::text)
                .onComplete(answer -> driver.execute(() -> {
                    if (stopped) {
                        return;
                    }
                    // First, so that nothing that a listener throws can end the asking.
                    driver.after(restOfInterval(askedNanos), () -> ask(listener));
                    judged(
                            answer.succeeded()
                                    ? watch.answered(answer.result())
                                    : watch.failed(String.valueOf(answer.cause().getMessage())),
                            listener);
                }));
    }

    /** A slow answer does not make the next one late; but two are never under way. */
    private Duration restOfInterval(long askedNanos) {
        Duration rest = times.interval().minusNanos(driver.monoNanos() - askedNanos);
        return rest.compareTo(SHORTEST_PAUSE) > 0 ? rest : SHORTEST_PAUSE;
    }

    /** The whole answer, in good time: one that comes in drops is cut off. */
    private Future<String> text(HttpClientRequest asked) {
        long withinMillis = times.answerMax().toMillis();
        return asked.send()
                .compose(AddressServerLookup::body)
                .timeout(withinMillis, TimeUnit.MILLISECONDS)
                .recover(failure -> {
                    asked.reset();
                    return Future.failedFuture(
                            failure instanceof TimeoutException
                                    ? new TimeoutException("no whole answer came within " + withinMillis + " ms")
                                    : failure);
                });
    }

    /** Gathers the body as far as it may go: a server that never stops talking is cut off. */
    private static Future<String> body(HttpClientResponse response) {
        // What breaks off is told by the future; without a handler the client would log it besides.
        response.exceptionHandler(told -> {});
        if (response.statusCode() != STATUS_OK) {
            return Future.failedFuture("it answered status " + response.statusCode());
        }
        Buffer body = Buffer.buffer();
        response.handler(part -> {
            body.appendBuffer(part);
            if (body.length() > BODY_BYTES_MAX) {
                response.request().reset();
            }
        });
        return response.end()
                .compose(end -> body.length() > BODY_BYTES_MAX
                        ? Future.failedFuture("it answered more than " + BODY_BYTES_MAX + " bytes")
                        : Future.succeededFuture(body.toString(TEXT_ENCODING)));
    }

    private void judged(AnswerWatch.Verdict verdict, ListListener listener) {
        status = new AddressServerStatus(
                url.toString(), watch.failuresInARow(), watch.answers(), watch.problem(), illAfter);
        if (verdict.recovered()) {
            LOG.info("{} gives a good list again", source());
        }
        verdict.taken().ifPresent(members -> {
            LOG.info("{} names these members: {}", source(), members);
            listener.listed(members);
        });
        verdict.warning().ifPresent(problem -> {
            LOG.warn("{}; {}", problem, watch.hasList() ? "the last good list stays in force" : "asking again");
            listener.refused(problem);
        });
    }

    private String source() {
        return "the address server " + url;
    }
}
