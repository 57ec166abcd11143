package io.muster.compatibility;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A relay before a server that notes every request line: what a client asked over HTTP, and when. Pushes go past it by
 * UDP, so that what a client learns without a request on the tap it learned by push.
 */
final class Tap implements AutoCloseable {

    /** One request line, with the {@link System#nanoTime()} at which it came by. */
    record Request(String method, String target, long atNanos) {}

    /** Found rather than matched: after a form body the next request line follows without a line break. */
    private static final Pattern REQUEST_LINE = Pattern.compile("(GET|PUT|POST|DELETE) (/\\S+) HTTP/1\\.1$");

    private final ServerSocket listener;
    private final int serverPort;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    private Tap(ServerSocket listener, int serverPort) {
        this.listener = listener;
        this.serverPort = serverPort;
    }

    static Tap before(int serverPort) throws IOException {
        Tap tap = new Tap(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), serverPort);
        daemon(tap::accept);
        return tap;
    }

    String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /** What passed so far of this method and path, oldest first. */
    List<Request> requests(String method, String path) {
        return requests.stream()
                .filter(request -> request.method().equals(method))
                .filter(request ->
                        request.target().equals(path) || request.target().startsWith(path + "?"))
                .toList();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                open.add(client);
                Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                open.add(server);
                daemon(() -> relay(client, server, true));
                daemon(() -> relay(server, client, false));
            } catch (IOException e) {
                // Closed with the test, or a server that is down: the client sees its connection end.
            }
        }
    }

    private void relay(Socket from, Socket to, boolean noted) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            StringBuilder line = new StringBuilder();
            byte[] buffer = new byte[8192];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                for (int i = 0; noted && i < read; i++) {
                    note(line, (char) (buffer[i] & 0xff));
                }
                out.write(buffer, 0, read);
            }
        } catch (IOException e) {
            // One side hung up; both are closed now.
        }
    }

    private void note(StringBuilder line, char next) {
        if (next != '\n') {
            line.append(next);
            return;
        }
        Matcher matcher = REQUEST_LINE.matcher(line.toString().stripTrailing());
        if (matcher.find()) {
            requests.add(new Request(matcher.group(1), matcher.group(2), System.nanoTime()));
        }
        line.setLength(0);
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "tap");
        thread.setDaemon(true);
        thread.start();
    }
}
