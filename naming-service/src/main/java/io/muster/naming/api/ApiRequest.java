package io.muster.naming.api;

import io.muster.naming.model.ClientAgent;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.util.Optional;

/**
 * A request as endpoints see it: typed parameters of query and body, and who sent it. Belongs to its event loop.
 *
 * <p>A parameter is looked for in the query, then in the body, under its name and then under its aliases; the first
 * value that is not blank counts, trimmed (nacos-v1-http.md §1.1).
 */
public final class ApiRequest {

    private static final CharSequence CLIENT_VERSION = HttpHeaders.createOptimized("Client-Version");

    private final HttpServerRequest request;
    private final Parameters query;
    private final ParameterSource body;
    private final String bodyText;

    /**
     * @throws Refusal if query or body can't be read
     */
    ApiRequest(HttpServerRequest request, RequestBody body) {
        this.request = request;
        String queryText = request.query();
        this.query = queryText == null ? Parameters.NONE : new Parameters(queryText);
        this.bodyText = body.text();
        this.body = body.parameters();
    }

    public <T> Optional<T> find(Param<T> param) {
        Optional<String> text = raw(param.name());
        for (int i = 0; text.isEmpty() && i < param.aliases().size(); i++) {
            text = raw(param.aliases().get(i));
        }
        return text.isEmpty() ? Optional.empty() : Optional.of(param.read(text.get()));
    }

    /** Whether the request has the parameter under its name, be it blank. */
    public boolean isGiven(Param<?> param) {
        return query.contains(param.name()) || body.contains(param.name());
    }

    private Optional<String> raw(String name) {
        Optional<String> found = query.find(name);
        return found.isPresent() ? found : body.find(name);
    }

    /**
     * The value of a parameter that is required.
     *
     * @throws Refusal if it is absent
     */
    public <T> T get(Param<T> param) {
        Optional<T> found = find(param);
        if (found.isEmpty()) {
            throw Refusal.badRequest(
                    param.isRequired() ? param.missing() : param.required().missing());
        }
        return found.get();
    }

    public <T> T get(Param<T> param, T fallback) {
        Optional<T> found = find(param);
        return found.isPresent() ? found.get() : fallback;
    }

    /** The body as text, however it is encoded; empty if there is none. */
    public String bodyText() {
        return bodyText;
    }

    /** The client software; by the header {@code Client-Version} where {@code User-Agent} is empty. */
    public ClientAgent agent() {
        String agent = request.getHeader(HttpHeaders.USER_AGENT);
        if (agent == null || agent.isBlank()) {
            agent = request.getHeader(CLIENT_VERSION);
        }
        return agent == null ? ClientAgent.UNKNOWN : ClientAgent.of(agent.trim());
    }

    public String method() {
        return request.method().name();
    }

    /** Path and query, as they were sent. */
    public String uri() {
        return request.uri();
    }

    public Optional<String> header(CharSequence name) {
        return Optional.ofNullable(request.getHeader(name));
    }

    /** The address at the other end of the connection; a proxy's, if there is one. */
    public String remoteHost() {
        // Of the connection: the router's own view of it looks at forwarding headers first, at each request.
        SocketAddress remote = request.connection().remoteAddress();
        String host = remote == null ? null : remote.hostAddress();
        return host == null ? "" : host;
    }

    /** The method's name and the path, for messages. */
    @Override
    public String toString() {
        return request.method() + " " + request.path();
    }
}
