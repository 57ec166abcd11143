package io.muster.member.channel;

import io.muster.member.ClusterId;
import io.muster.member.NodeIdentity;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Optional;
import java.util.Queue;

/** The other end of a connection, played by the test byte by byte over a blocking socket. */
final class RawPeer implements Closeable {

    /** A miss of this bound is a hang. */
    private static final int READ_MILLIS_MAX = 20_000;

    private final Socket socket;
    private final InputStream in;
    private final Compression compression = new Compression();
    private final Queue<WireFrame> frames = new ArrayDeque<>();
    private Seal outbound;
    private FrameEncoder encoder;
    private FrameDecoder decoder;

    private RawPeer(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(READ_MILLIS_MAX);
        socket.setTcpNoDelay(true);
        in = socket.getInputStream();
    }

    static RawPeer dial(int port) {
        return dial(port, 0);
    }

    /** From another address of this machine. */
    static RawPeer dialFrom(String host, int port) {
        try {
            Socket socket = new Socket();
            socket.bind(new InetSocketAddress(host, 0));
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), READ_MILLIS_MAX);
            return new RawPeer(socket);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** @param receiveBufferBytes the kernel's buffer for what is not read; 0 for its default */
    static RawPeer dial(int port, int receiveBufferBytes) {
        try {
            Socket socket = new Socket();
            if (receiveBufferBytes > 0) {
                socket.setReceiveBufferSize(receiveBufferBytes);
            }
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), READ_MILLIS_MAX);
            return new RawPeer(socket);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static RawPeer accept(ServerSocket listener) {
        try {
            listener.setSoTimeout(READ_MILLIS_MAX);
            return new RawPeer(listener.accept());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static ServerSocket listener() {
        try {
            return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Writes; what the other end has closed takes nothing, which is no fault here. */
    RawPeer write(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (SocketException closed) {
            // The test looks at the closing itself.
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return this;
    }

    byte[] read(int count) {
        try {
            byte[] bytes = new byte[count];
            new DataInputStream(in).readFully(bytes);
            return bytes;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Goes through the handshake as the dialer. */
    RawPeer proveAsDialer(ClusterSecret secret) {
        return prove(Handshake.dialing(secret, nonce()));
    }

    /** Goes through the handshake as the acceptor. */
    RawPeer proveAsAcceptor(ClusterSecret secret) {
        return prove(Handshake.accepting(secret, nonce()));
    }

    private RawPeer prove(Handshake handshake) {
        write(handshake.opening());
        feed(handshake, read(Handshake.HELLO_BYTES));
        feed(handshake, read(Handshake.PROOF_BYTES));
        outbound = handshake.outbound();
        encoder = new FrameEncoder(outbound, compression, 1024);
        decoder = new FrameDecoder(handshake.inbound(), compression);
        return this;
    }

    private void feed(Handshake handshake, byte[] bytes) {
        handshake.feed(ByteBuffer.wrap(bytes), this::write).ifPresent(refusal -> {
            throw new AssertionError("the handshake was refused here: " + refusal);
        });
    }

    /** Says who it is, and hears the same from the other end. */
    RawPeer identify(NodeIdentity identity, Optional<ClusterId> cluster) {
        tellIdentity(identity, cluster);
        while (receive().kind() != WireFrame.Kind.IDENTITY) {
            // Others may be on their way.
        }
        return this;
    }

    RawPeer tellIdentity(NodeIdentity identity, Optional<ClusterId> cluster) {
        return send(
                WireFrame.Kind.IDENTITY,
                cluster,
                IdentityCodec.encode(identity, cluster, ChannelNode.addressOf(socket.getLocalPort()), 1));
    }

    RawPeer send(WireFrame.Kind kind, Optional<ClusterId> cluster, byte[] payload) {
        return write(frame(kind, cluster, payload));
    }

    /** The bytes of the next frame of this connection. */
    byte[] frame(WireFrame.Kind kind, Optional<ClusterId> cluster, byte[] payload) {
        ByteBuffer out = ByteBuffer.allocate(WireFrame.PAYLOAD_BYTES_MAX + WireFrame.OVERHEAD_BYTES_MAX);
        encoder.encode(kind, cluster, payload, out);
        return Arrays.copyOf(out.array(), out.position());
    }

    /** A message of zeros in as many compressed fragments as it takes. */
    byte[] zeros(WireFrame.Kind kind, int length) {
        ByteBuffer out = ByteBuffer.allocate(length + WireFrame.OVERHEAD_BYTES_MAX);
        byte[] message = new byte[length];
        for (int from = 0; from < length; from += WireFrame.PAYLOAD_BYTES_MAX) {
            int to = Math.min(length, from + WireFrame.PAYLOAD_BYTES_MAX);
            encoder.encodeFragment(kind, Optional.empty(), message, from, to, true, out);
        }
        return Arrays.copyOf(out.array(), out.position());
    }

    /** Sends whatever this is behind a length, with the right seal. */
    RawPeer sendSealed(byte[] rest) {
        byte[] frame = ByteBuffer.allocate(WireFrame.LENGTH_BYTES + rest.length + Seal.BYTES)
                .putInt(rest.length + Seal.BYTES)
                .put(rest)
                .array();
        outbound.set(frame, 0, frame.length - Seal.BYTES);
        return write(frame);
    }

    /** Says that nothing more comes, as a closing does, without a reset for what was not read here. */
    void end() {
        try {
            socket.shutdownOutput();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Whether the other end has closed the socket for good: it answers bytes with a reset. Nothing is read. */
    boolean isReset() {
        try {
            socket.getOutputStream().write(0);
            return false;
        } catch (SocketException reset) {
            return true;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    WireFrame receive() {
        try {
            byte[] bytes = new byte[8192];
            while (frames.isEmpty()) {
                int count = in.read(bytes);
                if (count < 0) {
                    throw new UncheckedIOException(new EOFException("the other end has closed"));
                }
                decoder.feed(bytes, 0, count, frames::add).ifPresent(refusal -> {
                    throw new AssertionError("a frame was refused here: " + refusal);
                });
            }
            return frames.remove();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Reads on until the other end closes; how many bytes came before. */
    int readUntilClosed() {
        int total = 0;
        try {
            byte[] bytes = new byte[8192];
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                total += count;
            }
        } catch (SocketException reset) {
            // Closed as well.
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return total;
    }

    @Override
    public void close() {
        compression.close();
        try {
            socket.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static byte[] nonce() {
        byte[] nonce = new byte[Handshake.NONCE_BYTES];
        new SecureRandom().nextBytes(nonce);
        return nonce;
    }
}
