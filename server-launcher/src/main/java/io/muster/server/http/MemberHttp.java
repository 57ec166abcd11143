package io.muster.server.http;

import io.muster.consistency.ConsistencyException.Overloaded;
import io.muster.member.NodeId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Asks other members by HTTP what operators ask them, and proves to be a member; the cluster secret stays at home. For the rare question; what members tell each other all the time goes over the
 * peer channel. Time, size and number of questions are bounded. Any thread.
 */
public final class MemberHttp {

    /** All that members answer to operators is smaller by far. */
    static final int BODY_BYTES_MAX = 4 << 20;

    /** To all members together; a script that asks in a loop must not fill the memory with answers. */
    static final int UNDER_WAY_MAX = 64;

    private static final int CONNECT_MILLIS_MAX = 1_000;
    private static final int OK = 200;
    private static final String NO_BODY = "";

    private final Optional<MemberProof> proof;
    private final HttpClient client;
    private final AtomicInteger underWay = new AtomicInteger();

    /**
     * @param vertx asks; what it has open ends with it
     * @param proof goes with each question; empty where there is no secret, or nothing to prove
     */
    public MemberHttp(Vertx vertx, Optional<MemberProof> proof) {
        this.proof = proof;
        this.client = vertx.createHttpClient(
                new HttpClientOptions().setConnectTimeout(CONNECT_MILLIS_MAX).setKeepAlive(false),
                new PoolOptions().setMaxWaitQueueSize(UNDER_WAY_MAX));
    }

    /**
     * @param node who is meant
     * @param member {@code host:port} of it
     * @param uri path and query
     * @param millisMax for the whole of it, be the member as slow as it likes
     * @return the body of an answer 200; anything else is a failure that says what came. Fails with {@link Overloaded} if too many questions are under way
     */
    public Future<Buffer> get(NodeId node, String member, String uri, long millisMax) {
        if (underWay.incrementAndGet() > UNDER_WAY_MAX) {
            underWay.decrementAndGet();
            return Future.failedFuture(new Overloaded("more than " + UNDER_WAY_MAX + " questions to other members"));
        }
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setAbsoluteURI("http://" + member + uri)
                .setFollowRedirects(false)
                // For the wait behind others, too: who asked is gone by then, and the question must not be sent.
                .setConnectTimeout(CONNECT_MILLIS_MAX);
        proof.ifPresent(
                own -> options.putHeader(MemberProof.HEADER, own.of(node, HttpMethod.GET.name(), uri, NO_BODY)));
        return client.request(options)
                .compose(request -> answer(request, millisMax))
                .timeout(CONNECT_MILLIS_MAX + millisMax, TimeUnit.MILLISECONDS)
                .onComplete(done -> underWay.decrementAndGet());
    }

    private static Future<Buffer> answer(HttpClientRequest request, long millisMax) {
        return request.send()
                .compose(MemberHttp::body)
                .timeout(millisMax, TimeUnit.MILLISECONDS)
                .onFailure(failure -> request.reset());
    }

    private static Future<Buffer> body(HttpClientResponse response) {
        if (response.statusCode() != OK) {
            return Future.failedFuture(new IllegalStateException("status " + response.statusCode()));
        }
        Promise<Buffer> whole = Promise.promise();
        Buffer read = Buffer.buffer();
        response.exceptionHandler(whole::tryFail);
        response.endHandler(end -> whole.tryComplete(read));
        response.handler(part -> {
            if (read.length() + part.length() > BODY_BYTES_MAX) {
                whole.tryFail(new IllegalStateException("more than " + BODY_BYTES_MAX + " bytes"));
            } else {
                read.appendBuffer(part);
            }
        });
        return whole.future();
    }
}
