package io.muster.testkit.load;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/** As many requests as the servers answer, for a while: clients that never rest. */
public final class HttpFlood {

    /** Enough to keep every core of a small machine busy. */
    private static final int UNDER_WAY = 64;

    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(5);

    /**
     * What came of it.
     *
     * @param answered whatever the status
     * @param failed without an answer
     */
    public record Report(long answered, long failed) {}

    private final List<URI> targets;
    private final long untilNanos;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final LongAdder answered = new LongAdder();
    private final LongAdder failed = new LongAdder();

    private HttpFlood(List<URI> targets, Duration length) {
        this.targets = targets;
        this.untilNanos = System.nanoTime() + length.toNanos();
    }

    /** Floods these servers with reads of one path, and returns when the time is over. */
    public static Report on(List<URI> servers, String path, Duration length) {
        List<URI> targets = servers.stream().map(server -> server.resolve(path)).toList();
        HttpFlood flood = new HttpFlood(targets, length);
        CompletableFuture<?>[] all =
                IntStream.range(0, UNDER_WAY).mapToObj(flood::oneAfterTheOther).toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(all).join();
        return new Report(flood.answered.sum(), flood.failed.sum());
    }

    private CompletableFuture<Void> oneAfterTheOther(int turn) {
        if (System.nanoTime() - untilNanos >= 0) {
            return CompletableFuture.completedFuture(null);
        }
        HttpRequest request = HttpRequest.newBuilder(targets.get(turn % targets.size()))
                .timeout(ANSWERS_WITHIN)
                .build();
        return client.sendAsync(request, HttpResponse.BodyHandlers.discarding())
                .handle((answer, cause) -> {
                    (cause == null ? answered : failed).increment();
                    return cause;
                })
                .thenComposeAsync(done -> oneAfterTheOther(turn + 1));
    }
}
