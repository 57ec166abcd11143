package io.muster.testkit.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Ports for servers and proxies that nobody else takes meanwhile: below the range from which the system draws ports of
 * outgoing connections, drawn at random, tried, and never given twice by this object. A rest of chance remains, with
 * other processes that do the same, so whoever binds tries again. Any thread may use it.
 */
public final class FreePorts {

    private static final int FIRST = 12_000;

    /** The range of outgoing connections begins at 32768 on Linux and higher elsewhere. */
    private static final int END = 32_000;

    private static final int ATTEMPTS_MAX = 100;

    /** What binds a port. */
    @FunctionalInterface
    public interface Binding<T> {
        T bind(int port) throws IOException;
    }

    private final RandomGenerator rng;

    /** Guarded by this. */
    private final Set<Integer> given = new HashSet<>();

    public FreePorts(RandomGenerator rng) {
        this.rng = rng;
    }

    private synchronized int draw() {
        int port = rng.nextInt(FIRST, END);
        return given.add(port) ? port : draw();
    }

    /** A port that was free on this host a moment ago. */
    public int next(InetAddress host) {
        return take(host, port -> {
            try (ServerSocket probe = new ServerSocket()) {
                probe.bind(new InetSocketAddress(host, port));
                return port;
            }
        });
    }

    /** Binds a free port, trying others when one is taken. */
    public <T> T take(InetAddress host, Binding<T> binding) {
        IOException last = new IOException("no attempt");
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            try {
                return binding.bind(draw());
            } catch (IOException e) {
                last = e;
            }
        }
        throw new UncheckedIOException("no free port on " + host + " in " + ATTEMPTS_MAX + " attempts", last);
    }
}
