package io.muster.testkit.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * The port behind which one node reaches one peer endpoint. While the way there refuses connections nothing listens on
 * it, and it opens again on the same number. Of the loop's thread.
 */
final class Door {

    private static final int BACKLOG = 64;

    private final String dialler;
    private final InetSocketAddress target;
    private final InetSocketAddress address;

    private @Nullable ServerSocketChannel listener;

    Door(String dialler, InetSocketAddress target, InetAddress host, int port, Selector selector) throws IOException {
        this.dialler = dialler;
        this.target = target;
        this.address = new InetSocketAddress(host, port);
        open(selector);
    }

    String dialler() {
        return dialler;
    }

    InetSocketAddress target() {
        return target;
    }

    int port() {
        return address.getPort();
    }

    boolean isOpen() {
        return listener != null;
    }

    void open(Selector selector) throws IOException {
        ServerSocketChannel opened = ServerSocketChannel.open();
        try {
            opened.configureBlocking(false);
            opened.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            opened.setOption(StandardSocketOptions.SO_RCVBUF, ProxiedConnection.SOCKET_BUFFER_BYTES);
            opened.bind(address, BACKLOG);
            opened.register(selector, SelectionKey.OP_ACCEPT);
            listener = opened;
        } catch (IOException e) {
            opened.close();
            throw e;
        }
    }

    void close() throws IOException {
        ServerSocketChannel open = listener;
        listener = null;
        if (open != null) {
            open.close();
        }
    }

    /** The next connection that waits, or null. */
    @Nullable
    SocketChannel accept() throws IOException {
        ServerSocketChannel open = listener;
        return open == null ? null : open.accept();
    }
}
