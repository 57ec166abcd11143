package io.muster.server.address;

import io.muster.member.MemberAddress;
import io.muster.member.lookup.WatchedFileLookup;
import io.muster.member.port.VertxTime;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Serves the members that a file names at {@value #PATH}, one a line, as Nacos' address server does; follows the file as {@link WatchedFileLookup}
 * does. Members, which say so by a header, are told peer ports as well.
 *
 * <p>Life: {@link #start} once, {@link #stop} once.
 */
public final class AddressServer {

    public static final String PATH = "/nacos/serverlist";

    /** Some clients split at both; none minds the first. */
    private static final String END_OF_LINE = "\r\n";

    private static final String MEMBER_HEADER = "Muster-Member";
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;

    private final Vertx vertx;
    private final WatchedFileLookup file;
    private volatile List<MemberAddress> members = List.of();

    /** @param vertx whose event loops serve; the caller closes it after {@link #stop} */
    public AddressServer(Vertx vertx, Path clusterConf) {
        this.vertx = vertx;
        this.file = new WatchedFileLookup(clusterConf, new VertxTime(vertx.getOrCreateContext()));
    }

    /**
     * Reads the file, which blocks, and listens.
     *
     * @param port 0 for any free one
     * @return the port
     * @throws io.muster.member.lookup.MemberListException if the file is no good list to begin with
     */
    public Future<Integer> start(String host, int port) {
        file.start(listed -> members = listed);
        return vertx.createHttpServer()
                .requestHandler(this::answer)
                .listen(port, host)
                .map(HttpServer::actualPort);
    }

    private void answer(HttpServerRequest request) {
        if (!request.path().equals(PATH)) {
            answer(request, NOT_FOUND, "there is nothing but " + PATH + " here\n");
        } else if (!request.method().equals(HttpMethod.GET)) {
            answer(request, NOT_ALLOWED, "the list is changed in its file\n");
        } else {
            boolean forMember = request.getHeader(MEMBER_HEADER) != null;
            answer(
                    request,
                    200,
                    members.stream()
                            .map(member ->
                                    member.name() + (forMember ? "?peer_port=" + member.peerPort() : "") + END_OF_LINE)
                            .collect(Collectors.joining()));
        }
    }

    private static void answer(HttpServerRequest request, int status, String text) {
        request.response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain;charset=UTF-8")
                .end(text);
    }

    /** Stops following the file. */
    public void stop() {
        file.stop();
    }
}
