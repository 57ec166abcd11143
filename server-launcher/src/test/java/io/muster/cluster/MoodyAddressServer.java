package io.muster.cluster;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** An address server that fails in every way that one may. It has a list for each node, at {@code /NODE}. */
final class MoodyAddressServer implements AutoCloseable {

    /** How it answers. */
    enum Mood {
        WELL,
        /** Nobody listens. */
        DEAD,
        ERROR_500,
        /** A proxy's page, with status 200. */
        HTML,
        EMPTY,
        /** Takes requests, and never answers. */
        SILENT,
        /** As one that has restarted, and has heard of one member so far. */
        ONE_NAME
    }

    private final Function<String, List<String>> lists;
    private final Queue<HttpExchange> unanswered = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "moody address server");
        thread.setDaemon(true);
        return thread;
    });
    private final int port;
    private HttpServer server;
    private volatile Mood mood = Mood.WELL;

    /** @param lists by the name of the node that asks */
    MoodyAddressServer(Function<String, List<String>> lists) {
        this.lists = lists;
        this.server = listening(0);
        this.port = server.getAddress().getPort();
    }

    private HttpServer listening(int at) {
        try {
            HttpServer listener = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), at), 0);
            listener.setExecutor(threads);
            listener.createContext("/", this::answer);
            listener.start();
            return listener;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url(String node) {
        return "http://127.0.0.1:" + port + "/" + node;
    }

    /** Whoever has waited for an answer in vain is told so by the end of the connection. */
    void becomes(Mood next) {
        if (mood == Mood.DEAD && next != Mood.DEAD) {
            server = listening(port);
        }
        if (next == Mood.DEAD) {
            server.stop(0);
        }
        mood = next;
        for (HttpExchange exchange = unanswered.poll(); exchange != null; exchange = unanswered.poll()) {
            exchange.close();
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        List<String> lines = lists.apply(exchange.getRequestURI().getPath().substring(1));
        switch (mood) {
            case SILENT -> unanswered.add(exchange);
            case ERROR_500 -> send(exchange, 500, "out of order");
            case HTML -> send(exchange, 200, "<html><body><h1>It works!</h1></body></html>");
            case EMPTY -> send(exchange, 200, "");
            case ONE_NAME -> send(exchange, 200, lines.get(0) + "\n");
            default -> send(exchange, 200, String.join("\n", lines) + "\n");
        }
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
