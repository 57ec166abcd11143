package io.muster.naming.api.v1;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.util.LinkedHashMap;
import java.util.Map;

/** One HTTP request, built word by word. */
final class Call {

    private final Vertx vertx;
    private final HttpClient client;
    private final int port;
    private final String method;
    private final String path;
    private final StringBuilder query = new StringBuilder();
    private final StringBuilder form = new StringBuilder();
    private final Map<String, String> headers = new LinkedHashMap<>();
    private String body = "";

    Call(Vertx vertx, HttpClient client, int port, String method, String path) {
        this.vertx = vertx;
        this.client = client;
        this.port = port;
        this.method = method;
        this.path = path;
    }

    /** What came back. */
    record Response(int status, String body, MultiMap headers) {

        JsonNode json() {
            try {
                return new ObjectMapper().readTree(body);
            } catch (JsonProcessingException e) {
                throw new AssertionError("no JSON: " + body, e);
            }
        }

        String header(String name) {
            return String.valueOf(headers.get(name));
        }
    }

    /** A parameter in the query. */
    Call query(String name, Object value) {
        return rawQuery(TestServer.encoded(name) + '=' + TestServer.encoded(value.toString()));
    }

    /** Names and values in turn, in the query. */
    Call with(Object... namesAndValues) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            query(namesAndValues[i].toString(), namesAndValues[i + 1]);
        }
        return this;
    }

    /** Part of the query as it stands. */
    Call rawQuery(String part) {
        query.append(query.isEmpty() ? "" : "&").append(part);
        return this;
    }

    /** A parameter in the form body. */
    Call form(String name, Object value) {
        form.append(form.isEmpty() ? "" : "&")
                .append(TestServer.encoded(name))
                .append('=')
                .append(TestServer.encoded(value.toString()));
        return header("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8");
    }

    Call body(String contentType, String text) {
        body = text;
        return header("Content-Type", contentType);
    }

    Call header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    Call agent(String agent) {
        return header("User-Agent", agent);
    }

    Response send() {
        return start().await();
    }

    Future<Response> start() {
        RequestOptions options = new RequestOptions()
                .setHost("127.0.0.1")
                .setPort(port)
                .setMethod(HttpMethod.valueOf(method))
                .setURI(query.isEmpty() ? path : path + '?' + query);
        headers.forEach(options::putHeader);
        String sent = body.isEmpty() ? form.toString() : body;
        // On an event loop, or the body may have passed by when it is asked for.
        Promise<Response> done = Promise.promise();
        vertx.runOnContext(turn -> client.request(options)
                .compose(request -> sent.isEmpty() ? request.send() : request.send(sent))
                .compose(response -> response.body()
                        .map(bytes -> new Response(response.statusCode(), bytes.toString(), response.headers())))
                .onComplete(done));
        return done.future();
    }

    @Override
    public String toString() {
        String all = method + ' ' + path + '?' + query + (form.isEmpty() ? "" : " form " + form);
        return all.length() < 300 ? all : all.substring(0, 300) + "…";
    }
}
