package io.muster.testkit.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The thread that moves all bytes of all proxies of one network. It never blocks but in its selector. */
final class ProxyLoop implements AutoCloseable {

    /** A call waits for one turn of the loop, which takes microseconds; a busy machine may take longer. */
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(10);

    private static final Duration RETRY_AFTER = Duration.ofMillis(20);

    /** What the loop asks its owner to do with doors. */
    interface Doorkeeper {
        /** Whether this door should be open now. */
        boolean lets(Door door);

        /** A connection came in; null when it was refused after all. */
        @Nullable
        ProxiedConnection admit(Door door, SocketChannel socket, Selector selector) throws IOException;
    }

    private final Selector selector;
    private final Doorkeeper doorkeeper;
    private final Thread thread;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final List<Door> doors = new ArrayList<>();
    private final List<ProxiedConnection> connections = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(ProxiedStream.CHUNK_BYTES);

    private volatile boolean closing;

    ProxyLoop(Doorkeeper doorkeeper) {
        try {
            this.selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.doorkeeper = doorkeeper;
        this.thread = new Thread(this::run, "link proxies");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Runs this on the loop, lets it take effect on all connections, and waits for that. */
    void call(Runnable change) {
        FutureTask<Void> turn = new FutureTask<>(
                () -> {
                    change.run();
                    advance();
                },
                null);
        tasks.add(turn);
        selector.wakeup();
        try {
            turn.get(ANSWERS_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while changing a link", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("the link proxies did not take up a change", e);
        }
    }

    void add(Door door) {
        doors.add(door);
    }

    Selector selector() {
        return selector;
    }

    List<Door> doors() {
        return doors;
    }

    /** Those that live; a copy. */
    List<ProxiedConnection> connectionsBetween(String one, String other) {
        return connections.stream()
                .filter(connection -> !connection.isClosed() && connection.isBetween(one, other))
                .toList();
    }

    private void run() {
        try (selector) {
            while (!closing) {
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
                long waitMillis = advance();
                selector.select(waitMillis);
                selector.selectedKeys().clear();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            closeAll();
        }
    }

    /**
     * Does all that can be done now.
     *
     * @return how long nothing is to be done without an event, in milliseconds; 0 for ever
     */
    private long advance() {
        long nowNanos = System.nanoTime();
        boolean doorsAreAsTheyShould = true;
        for (Door door : doors) {
            doorsAreAsTheyShould &= tend(door);
        }
        long dueNanos = Long.MAX_VALUE;
        for (ProxiedConnection connection : connections) {
            connection.advance(buffer, nowNanos);
            long due = connection.dueNanos();
            dueNanos = due == Long.MAX_VALUE ? dueNanos : Math.min(dueNanos, Math.max(due - nowNanos, 0));
        }
        connections.removeIf(ProxiedConnection::isClosed);
        if (!doorsAreAsTheyShould) {
            dueNanos = Math.min(dueNanos, RETRY_AFTER.toNanos());
        }
        return dueNanos == Long.MAX_VALUE ? 0 : 1 + TimeUnit.NANOSECONDS.toMillis(dueNanos);
    }

    /** Opens or closes a door as it should be and takes who waits there; false when it could not be opened for now. */
    private boolean tend(Door door) {
        try {
            if (!doorkeeper.lets(door)) {
                door.close();
                return true;
            }
            if (!door.isOpen()) {
                door.open(selector);
            }
            for (SocketChannel socket = door.accept(); socket != null; socket = door.accept()) {
                ProxiedConnection connection = doorkeeper.admit(door, socket, selector);
                if (connection != null) {
                    connections.add(connection);
                }
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void closeAll() {
        connections.forEach(ProxiedConnection::reset);
        Consumer<Door> quietly = door -> {
            try {
                door.close();
            } catch (IOException e) {
                // its descriptor is given back nevertheless
            }
        };
        doors.forEach(quietly);
    }

    /** Resets all connections, closes all ports, ends the thread. */
    @Override
    public void close() {
        closing = true;
        selector.wakeup();
        try {
            thread.join(ANSWERS_WITHIN.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            throw new AssertionError("the link proxies did not end");
        }
    }
}
