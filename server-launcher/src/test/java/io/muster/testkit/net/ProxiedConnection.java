package io.muster.testkit.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.random.RandomGenerator;

/**
 * One connection through a proxy: the near socket leads to the node that dialled, the far one to the node that it
 * wants. The far one is dialled only when bytes could go both ways, as a SYN and its answer must. Of the loop's thread.
 */
final class ProxiedConnection {

    private enum Stage {
        /** Dialled by the near side, not yet to the far side: the way is cut. */
        WAITING,
        CONNECTING,
        RELAYING,
        /** One socket is closed; what the other still writes is swallowed. */
        HALF_OPEN,
        CLOSED
    }

    /** Kernel buffers of each socket: small, so that back-pressure is felt soon. */
    static final int SOCKET_BUFFER_BYTES = 64 * 1024;

    private final SocketChannel near;
    private final SocketChannel far;
    private final InetSocketAddress target;
    private final SelectionKey nearKey;
    private final SelectionKey farKey;
    private final ProxiedStream up;
    private final ProxiedStream down;

    private Stage stage = Stage.WAITING;

    private ProxiedConnection(
            SelectionKey nearKey, SelectionKey farKey, InetSocketAddress target, ProxiedStream up, ProxiedStream down) {
        this.near = (SocketChannel) nearKey.channel();
        this.far = (SocketChannel) farKey.channel();
        this.nearKey = nearKey;
        this.farKey = farKey;
        this.target = target;
        this.up = up;
        this.down = down;
    }

    /** Takes over the near socket, which is closed if this fails. */
    static ProxiedConnection accepted(
            SocketChannel near, InetSocketAddress target, Link up, Link down, Selector selector, RandomGenerator rng)
            throws IOException {
        SocketChannel far = SocketChannel.open();
        try {
            far.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER_BYTES);
            for (SocketChannel socket : new SocketChannel[] {near, far}) {
                socket.configureBlocking(false);
                socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
                socket.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER_BYTES);
            }
            ProxiedConnection connection = new ProxiedConnection(
                    near.register(selector, 0),
                    far.register(selector, 0),
                    target,
                    new ProxiedStream(up, rng),
                    new ProxiedStream(down, rng));
            return connection;
        } catch (IOException | RuntimeException e) {
            near.close();
            far.close();
            throw e;
        }
    }

    boolean isClosed() {
        return stage == Stage.CLOSED;
    }

    boolean isBetween(String one, String other) {
        String dialler = up.link().from();
        String dialled = up.link().to();
        return (dialler.equals(one) && dialled.equals(other)) || (dialler.equals(other) && dialled.equals(one));
    }

    /** When there is something to do without an event, by {@link System#nanoTime}; {@link Long#MAX_VALUE} for never. */
    long dueNanos() {
        return stage == Stage.RELAYING ? Math.min(up.dueNanos(), down.dueNanos()) : Long.MAX_VALUE;
    }

    /** Does all that can be done now. */
    void advance(ByteBuffer buffer, long nowNanos) {
        try {
            if (up.link().condition().refusesConnections()) {
                reset();
            }
            switch (stage) {
                case WAITING -> dialIfPossible(buffer, nowNanos);
                case CONNECTING -> finishDialling();
                case RELAYING -> relay(buffer, nowNanos);
                case HALF_OPEN -> swallow(buffer);
                case CLOSED -> {}
            }
            if (stage != Stage.CLOSED) {
                wantEvents();
            }
        } catch (IOException e) {
            reset(); // an expected end of a connection
        }
    }

    private boolean isCutSomewhere() {
        return up.link().condition().isCut() || down.link().condition().isCut();
    }

    private void dialIfPossible(ByteBuffer buffer, long nowNanos) throws IOException {
        if (up.wantsRead(false)) {
            up.read(near, buffer, nowNanos);
        }
        if (isCutSomewhere()) {
            return;
        }
        if (up.isHoled() || up.breaks()) {
            reset();
        } else {
            stage = far.connect(target) ? Stage.RELAYING : Stage.CONNECTING;
        }
    }

    private void finishDialling() throws IOException {
        if (far.finishConnect()) {
            stage = Stage.RELAYING;
        }
    }

    private void relay(ByteBuffer buffer, long nowNanos) throws IOException {
        if (up.wantsRead(true)) {
            up.read(near, buffer, nowNanos);
        }
        if (down.wantsRead(true)) {
            down.read(far, buffer, nowNanos);
        }
        if (!up.write(far, nowNanos)) {
            up.sinkIsGone();
            down.sourceBroke();
        }
        if (!down.write(near, nowNanos)) {
            down.sinkIsGone();
            up.sourceBroke();
        }
        boolean canBreak = !isCutSomewhere() && (up.isHoled() || down.isHoled());
        if (canBreak || up.breaks() || down.breaks()) {
            reset();
        } else if (up.endDelivered() && down.endDelivered()) {
            close();
        }
    }

    private void swallow(ByteBuffer buffer) throws IOException {
        SocketChannel survivor = near.isOpen() ? near : far;
        Link link = near.isOpen() ? up.link() : down.link();
        int length = survivor.read(buffer.clear());
        if (length < 0) {
            close();
        } else {
            link.dropped(length);
        }
    }

    private void wantEvents() {
        if (stage == Stage.HALF_OPEN) {
            (near.isOpen() ? nearKey : farKey).interestOps(SelectionKey.OP_READ);
            return;
        }
        boolean relaying = stage == Stage.RELAYING;
        nearKey.interestOps(events(up.wantsRead(relaying), relaying && down.wantsWrite()));
        farKey.interestOps(
                stage == Stage.CONNECTING
                        ? SelectionKey.OP_CONNECT
                        : events(relaying && down.wantsRead(true), relaying && up.wantsWrite()));
    }

    private static int events(boolean read, boolean write) {
        return (read ? SelectionKey.OP_READ : 0) | (write ? SelectionKey.OP_WRITE : 0);
    }

    /** Closes the socket of the other side, and swallows what this side still writes. */
    void silence(String survivor) {
        boolean nearSurvives = up.link().from().equals(survivor);
        try {
            // The far node may have accepted what this loop has yet to see connected.
            boolean connected =
                    nearSurvives || stage == Stage.RELAYING || (stage == Stage.CONNECTING && far.finishConnect());
            if (connected) {
                (nearSurvives ? far : near).close();
                stage = Stage.HALF_OPEN;
                wantEvents();
            } else {
                reset();
            }
        } catch (IOException e) {
            reset();
        }
    }

    /** Ends the connection so that both sides see a reset. */
    void reset() {
        for (SocketChannel socket : new SocketChannel[] {near, far}) {
            try {
                socket.setOption(StandardSocketOptions.SO_LINGER, 0);
            } catch (IOException e) {
                // closed or not connected: there is nobody to see a reset
            }
        }
        close();
    }

    private void close() {
        stage = Stage.CLOSED;
        for (SocketChannel socket : new SocketChannel[] {near, far}) {
            try {
                socket.close();
            } catch (IOException e) {
                // its descriptor is given back nevertheless
            }
        }
    }
}
