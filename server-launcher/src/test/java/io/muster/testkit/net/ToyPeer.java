package io.muster.testkit.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * A peer of the simplest kind: a listener on loopback, and sockets that a test reads and writes itself. Nothing it does
 * lasts longer than {@link #PATIENCE_MILLIS}.
 */
final class ToyPeer implements AutoCloseable {

    static final int PATIENCE_MILLIS = 10_000;

    private static final int BUFFER_BYTES = 64 * 1024;

    private final String name;
    private final ServerSocket listener;

    ToyPeer(String name, LinkProxies proxies) throws IOException {
        this.name = name;
        this.listener = new ServerSocket();
        listener.setReceiveBufferSize(BUFFER_BYTES);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        listener.setSoTimeout(PATIENCE_MILLIS);
        proxies.lives(name, endpoint());
    }

    String name() {
        return name;
    }

    InetSocketAddress endpoint() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    /** Dials the other through this peer's proxy. */
    Socket dial(ToyPeer other, LinkProxies proxies) throws IOException {
        Socket socket = new Socket();
        socket.setSendBufferSize(BUFFER_BYTES);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.connect(
                new InetSocketAddress(other.endpoint().getAddress(), proxies.port(name, other.endpoint())),
                PATIENCE_MILLIS);
        return socket;
    }

    /** The next connection that somebody dialled. */
    Socket accept() throws IOException {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
