package io.muster.testkit.net;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The main class of a process that does nothing but listen: {@code Listeners HOST FIRST_PORT COUNT}. It accepts and hangs up. Says {@code ready} when all
 * listen; then takes {@code close PORT} and {@code open PORT} from its standard input and says {@code done} to each; ends with that input. Knows nothing
 * but the JDK, since it runs on the bare test classes.
 */
final class Listeners {

    private final String host;
    private final Selector selector;
    private final Map<Integer, ServerSocketChannel> open = new HashMap<>();
    private final ConcurrentLinkedQueue<String> orders = new ConcurrentLinkedQueue<>();
    private volatile boolean ended;

    private Listeners(String host) throws IOException {
        this.host = host;
        this.selector = Selector.open();
    }

    /** See the class. */
    public static void main(String[] arguments) throws IOException {
        Listeners listeners = new Listeners(arguments[0]);
        int first = Integer.parseInt(arguments[1]);
        for (int port = first; port < first + Integer.parseInt(arguments[2]); port++) {
            listeners.open(port);
        }
        System.out.println("ready");
        Thread reader = new Thread(listeners::readOrders, "orders");
        reader.setDaemon(true);
        reader.start();
        listeners.serve();
    }

    private void readOrders() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                orders.add(line);
                selector.wakeup();
            }
        } catch (IOException e) {
            System.err.println("no more orders: " + e);
        }
        ended = true;
        selector.wakeup();
    }

    private void serve() throws IOException {
        while (!ended) {
            selector.select();
            for (String order = orders.poll(); order != null; order = orders.poll()) {
                obey(order.split(" ", 2));
            }
            for (SelectionKey key : selector.selectedKeys()) {
                if (key.isValid() && key.channel() instanceof ServerSocketChannel listener) {
                    accept(listener);
                }
            }
            selector.selectedKeys().clear();
        }
    }

    private static void accept(ServerSocketChannel listener) throws IOException {
        for (SocketChannel accepted = listener.accept(); accepted != null; accepted = listener.accept()) {
            accepted.close();
        }
    }

    private void obey(String[] order) throws IOException {
        int port = Integer.parseInt(order[1]);
        if (order[0].equals("open")) {
            open(port);
        } else {
            ServerSocketChannel listener = open.remove(port);
            if (listener != null) {
                listener.close();
                // A closed channel goes with the next selection only.
                selector.selectNow();
            }
        }
        System.out.println("done");
    }

    private void open(int port) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        listener.bind(new InetSocketAddress(host, port), 1_024);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        open.put(port, listener);
    }
}
