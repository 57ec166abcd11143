package io.muster.naming.api;

import io.muster.consistency.Readiness;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether the server serves naming requests (nacos-v1-http.md §2.1, §2.2). Until it is ready it refuses them with the
 * reason, so that clients go to another server (R49); an operator's switch can refuse reads, writes or both, and single
 * URL prefixes.
 *
 * <p>The words of the refusals are those of Nacos, with its missing blank and its {@code Optional[…]}: dashboards match
 * them.
 */
public final class ServingGate {

    /**
     * What an operator ordered.
     *
     * @param serverStatus replaces the computed status; empty if it stands
     * @param limitedUrls status codes by URL prefix
     */
    public record Orders(Optional<String> serverStatus, Map<String, Integer> limitedUrls) {}

    private final Supplier<Readiness> readiness;
    private final Supplier<Readiness> writeReadiness;
    private final Supplier<Orders> orders;

    /**
     * All are asked for every request, from any event loop: they must answer at once.
     *
     * @param readiness for reads, which show both kinds of data, and in what {@link #status} says
     * @param writeReadiness for the others: who registers or beats does not wait for persistent data (X10)
     */
    public ServingGate(Supplier<Readiness> readiness, Supplier<Readiness> writeReadiness, Supplier<Orders> orders) {
        this.readiness = readiness;
        this.writeReadiness = writeReadiness;
        this.orders = orders;
    }

    /** The status word that operators and clients know. */
    public String status() {
        return orders.get().serverStatus().orElseGet(() -> readiness.get().ready() ? "UP" : "STARTING");
    }

    /**
     * Empty if the request may pass.
     *
     * @param fromServer whether another server sends it: those pass whatever an operator ordered
     */
    Optional<Answer> refusal(Verb verb, String uri, boolean fromServer) {
        Orders ordered = orders.get();
        if (!ordered.limitedUrls().isEmpty()) {
            for (Map.Entry<String, Integer> limit : ordered.limitedUrls().entrySet()) {
                if (uri.startsWith(limit.getKey())) {
                    return Optional.of(Answer.text(limit.getValue(), ""));
                }
            }
        }
        Readiness ready = verb == Verb.GET ? readiness.get() : writeReadiness.get();
        if (!ready.ready()) {
            String status =
                    ordered.serverStatus().filter(word -> !word.equals("UP")).orElse("STARTING");
            return refused("server is " + status + "now, detailed error message: Optional[" + ready.reason() + "]");
        }
        if (ordered.serverStatus().isEmpty() || fromServer) {
            return Optional.empty();
        }
        String status = ordered.serverStatus().get();
        boolean passes = switch (status) {
            case "UP" -> true;
            case "WRITE_ONLY" -> verb != Verb.GET;
            case "READ_ONLY" -> verb == Verb.GET;
            default -> false;
        };
        return passes ? Optional.empty() : refused("server is " + status + "now, please try again later!");
    }

    private static Optional<Answer> refused(String text) {
        return Optional.of(Answer.text(503, text));
    }
}
