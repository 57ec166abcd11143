package io.muster.naming.registry;

import io.muster.consistency.ConsistencyException;
import io.muster.consistency.Key;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.ServiceName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores later what operators said while the persistent engine took nothing (X12). The words travel with the records of
 * their instances, so every node knows them; the member responsible for the service writes them, whoever accepted them
 * and whether that one still lives. A word whose record has gone, or stands without it since another side of a cut wrote it later, travels no more: whoever knows
 * it writes it.
 *
 * <p>A round at a time, on the timer's threads: the first word alone, to learn whether the engine takes any, then the
 * rest by {@value #IN_FLIGHT_MAX}. A word younger than a round is left to the node that accepted it.
 */
final class PendingWords {

    static final long EVERY_MILLIS = 2_000;

    /** Enough to share group commits, too few to fill a queue. */
    static final int IN_FLIGHT_MAX = 64;

    /** Words of one round; the next one takes the rest. */
    static final int ROUND_MAX = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(PendingWords.class);

    private record Open(Key instance, Overlay word) {}

    private final ServiceIndex index;
    private final Overlays overlays;
    private final Duties duties;
    private final Timer timer;

    /** Numbers of the words that the last round saw. */
    private volatile Map<Key, Long> seen = Map.of();

    /** Numbers of the words that can't be laid on what is stored: they are tried once. */
    private final Map<Key, Long> refused = new ConcurrentHashMap<>();

    private final LongAdder stored = new LongAdder();

    private volatile boolean closed;

    PendingWords(ServiceIndex index, Overlays overlays, Duties duties, Timer timer) {
        this.index = index;
        this.overlays = overlays;
        this.duties = duties;
        this.timer = timer;
    }

    void start() {
        timer.after(EVERY_MILLIS, this::round);
    }

    /** No round begins any more; one that is under way ends with what it has in flight. */
    void close() {
        closed = true;
    }

    private void round() {
        if (closed) {
            return;
        }
        begin().whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.debug("operators' words stay pending", failure);
            }
            start();
        });
    }

    /** A throw ends this round alone: who never began another would leave words unstored until the process ends. */
    private CompletionStage<Void> begin() {
        try {
            long before = stored.sum();
            List<Open> due = due();
            return due.isEmpty()
                    ? CompletableFuture.completedFuture(null)
                    : write(due.subList(0, 1))
                            .thenCompose(first -> writeFrom(1, due))
                            .thenRun(() -> LOG.info(
                                    "stored {} of {} operators' words that were pending",
                                    stored.sum() - before,
                                    due.size()));
        } catch (RuntimeException e) {
            LOG.error("a round over operators' words broke off", e);
            return CompletableFuture.failedFuture(e);
        }
    }

    private List<Open> due() {
        Map<Key, Long> before = seen;
        Map<Key, Long> now = new TreeMap<>();
        List<Open> due = new ArrayList<>();
        int open = 0;
        for (ServiceName name : index.withWords()) {
            ServiceEntry entry = index.entry(name);
            if (entry == null) {
                continue;
            }
            boolean mine = duties.mine(entry.keyGroup());
            for (Map.Entry<String, Overlay> each : entry.words().entrySet()) {
                Key key = Key.ephemeral(entry.keyGroup(), each.getKey());
                Overlay word = each.getValue();
                if (!mine && entry.travels(key, word)) {
                    continue;
                }
                Long number = word.said().number();
                now.put(key, number);
                if (number.equals(refused.get(key))) {
                    // Tried once. It must not take the place of one that can be stored.
                    continue;
                }
                open++;
                if (number.equals(before.get(key))) {
                    due.add(new Open(key, word));
                }
            }
            if (open >= ROUND_MAX) {
                break;
            }
        }
        seen = now;
        refused.keySet().retainAll(now.keySet());
        return due;
    }

    private CompletionStage<Void> writeFrom(int from, List<Open> due) {
        if (closed || from >= due.size()) {
            return CompletableFuture.completedFuture(null);
        }
        int to = Math.min(from + IN_FLIGHT_MAX, due.size());
        return write(due.subList(from, to)).thenCompose(done -> writeFrom(to, due));
    }

    /** Fails if the engine did not take any of them. */
    private CompletionStage<Void> write(List<Open> words) {
        return CompletableFuture.allOf(words.stream().map(this::write).toArray(CompletableFuture<?>[]::new));
    }

    private CompletableFuture<Void> write(Open open) {
        return overlays.write(open.instance(), open.word())
                .<CompletionStage<Void>>handle((done, failure) -> {
                    if (failure == null) {
                        stored.increment();
                        return CompletableFuture.completedFuture(null);
                    }
                    if (ConditionalWrites.isConflict(failure)) {
                        return CompletableFuture.completedFuture(null);
                    }
                    Throwable cause = ConditionalWrites.cause(failure);
                    if (cause instanceof ConsistencyException) {
                        return CompletableFuture.failedFuture(cause);
                    }
                    refused.put(open.instance(), open.word().said().number());
                    LOG.warn("{} can't be stored for {}: {}", open.word(), open.instance(), cause.getMessage());
                    return CompletableFuture.completedFuture(null);
                })
                .thenCompose(Function.identity())
                .toCompletableFuture();
    }
}
