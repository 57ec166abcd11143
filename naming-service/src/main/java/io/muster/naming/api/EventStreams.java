package io.muster.naming.api;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * Answers with events as they happen, as server-sent events (X26), where a request says {@code Accept:
 * text/event-stream}. One for a process; its streams together are bounded, and a share of them is kept for operators.
 *
 * <p>A reader that does not keep up is cut off; it comes back with the header {@code Last-Event-ID} and misses nothing
 * that is kept. What was forgotten is told as an event {@code MISSED} with their number. An id names the run of the
 * server, too: after a restart all counts anew.
 */
public final class EventStreams {

    /** Operators and dashboards; everybody else asks now and then. */
    public static final int STREAMS_MAX = 100;

    /** What anybody may read takes no more than these: the rest is kept for operators (X23). */
    public static final int OPEN_STREAMS_MAX = 80;

    /** An id with the run in which it counts. */
    private static final Pattern NAMED_ID = Pattern.compile("[0-9a-f]{16}-[0-9]{1,19}");

    private static final int RUN_CHARS = 17;

    /** The parameter of the same events as a list: the id of the last one known, or {@code RUN-ID}. */
    public static final Param<String> SINCE = Param.text("since", 36, "17", EventStreams::checkedId);

    /** What a route says of its other form. */
    public static final String TYPE = "text/event-stream";

    /** Well below the time after which idle connections are closed. */
    private static final long SIGN_OF_LIFE_MILLIS = 30_000;

    private static final CharSequence STREAM = HttpHeaders.createOptimized(TYPE);
    private static final CharSequence LAST_EVENT_ID = HttpHeaders.createOptimized("Last-Event-ID");
    private static final int TOO_MANY = 429;

    private final String run;
    private final AtomicInteger all = new AtomicInteger();
    private final AtomicInteger ofAnybody = new AtomicInteger();

    /** @param runId of this process */
    public EventStreams(long runId) {
        this.run = HexFormat.of().toHexDigits(runId) + "-";
    }

    private static String checkedId(String text) {
        try {
            String id = NAMED_ID.matcher(text).matches() ? text.substring(RUN_CHARS) : text;
            if (Long.parseLong(id) >= 0) {
                return text;
            }
        } catch (NumberFormatException notOne) {
            // Told below.
        }
        throw new IllegalArgumentException("since must be the id of an event");
    }

    /** The run of this process, as {@link #since} knows it again. */
    public String run() {
        return run.substring(0, run.length() - 1);
    }

    /** After which event the list is to begin; 0 if the request names none, or one of another run. */
    public long since(ApiRequest request) {
        String since = request.get(SINCE, "0");
        return NAMED_ID.matcher(since).matches() ? ofThisRun(since) : Long.parseLong(since);
    }

    /** Whether a stream is asked for. */
    public boolean isWanted(ApiRequest request) {
        return request.header(HttpHeaders.ACCEPT)
                .filter(accept -> accept.contains(TYPE))
                .isPresent();
    }

    /**
     * The events of a source from the one on that the request knows, without end; 429 if there are too many streams.
     *
     * @param access of the route
     */
    public Answer answer(ApiRequest request, Access access, EventSource source) {
        long since = request.header(LAST_EVENT_ID).map(this::ofThisRun).orElseGet(() -> since(request));
        boolean anybody = access != Access.ADMIN && access != Access.MEMBER;
        return Answer.stream(STREAM, response -> {
            if (take(anybody)) {
                begin(response, source, since, () -> giveBack(anybody));
            } else {
                refuse(response, anybody);
            }
        });
    }

    private boolean take(boolean anybody) {
        if (anybody && ofAnybody.incrementAndGet() > OPEN_STREAMS_MAX) {
            ofAnybody.decrementAndGet();
            return false;
        }
        if (all.incrementAndGet() > STREAMS_MAX) {
            giveBack(anybody);
            return false;
        }
        return true;
    }

    private void giveBack(boolean anybody) {
        all.decrementAndGet();
        if (anybody) {
            ofAnybody.decrementAndGet();
        }
    }

    private static void refuse(HttpServerResponse response, boolean anybody) {
        response.setStatusCode(TOO_MANY)
                .putHeader(HttpHeaders.CONTENT_TYPE, Answer.TEXT)
                .end("at most " + (anybody ? OPEN_STREAMS_MAX : STREAMS_MAX) + " streams of events at a time");
    }

    private long ofThisRun(String id) {
        try {
            return id.startsWith(run) ? Long.parseLong(id.substring(run.length())) : 0;
        } catch (NumberFormatException notOurs) {
            return 0;
        }
    }

    private void begin(HttpServerResponse response, EventSource source, long since, Runnable ended) {
        Context loop = Vertx.currentContext();
        response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store").setChunked(true);
        Reader reader = new Reader(response, source, since);
        Runnable ending = source.listen(() -> reader.wake(loop));
        long signs = loop.owner().setPeriodic(SIGN_OF_LIFE_MILLIS, id -> reader.signOfLife());
        response.closeHandler(closed -> {
            ending.run();
            loop.owner().cancelTimer(signs);
            ended.run();
        });
        // Sends the headers: the client is to know at once that the stream is open, be there events or not.
        reader.signOfLife();
        reader.catchUp();
    }

    /** One stream; on its connection's event loop, but for {@link #wake}. */
    private final class Reader {

        private final HttpServerResponse response;
        private final EventSource source;

        /** Many events in a row are one turn of the loop. */
        private final AtomicBoolean woken = new AtomicBoolean();

        private long last;

        Reader(HttpServerResponse response, EventSource source, long last) {
            this.response = response;
            this.source = source;
            this.last = last;
        }

        void wake(Context loop) {
            if (woken.compareAndSet(false, true)) {
                loop.runOnContext(turn -> {
                    woken.set(false);
                    catchUp();
                });
            }
        }

        void catchUp() {
            if (writable()) {
                EventSource.Page page = source.after(last);
                if (page.missed() > 0) {
                    write(List.of("event: MISSED", "data: {\"missed\":" + page.missed() + '}'));
                }
                page.items().forEach(this::write);
                last = page.lastId();
            }
        }

        void signOfLife() {
            if (writable()) {
                response.write(": here\n\n");
            }
        }

        private boolean writable() {
            if (response.ended() || response.closed()) {
                return false;
            }
            if (response.writeQueueFull()) {
                response.reset();
                return false;
            }
            return true;
        }

        private void write(EventSource.Item item) {
            write(List.of("id: " + run + item.id(), "event: " + item.kind(), "data: " + item.data()));
        }

        private void write(List<String> lines) {
            response.write(Buffer.buffer(String.join("\n", lines) + "\n\n"));
        }
    }
}
