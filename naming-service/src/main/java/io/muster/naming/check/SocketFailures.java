package io.muster.naming.check;

import io.muster.naming.check.core.Obstacle;
import io.muster.naming.check.core.Verdict;
import io.netty.handler.codec.DecoderException;
import io.vertx.core.VertxException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Tells what a failed connection says of its target, and what only of this machine: no more files or ports, no way out, a name server that does not
 * answer. Which is which stands in the operating system's words, since the classes of the exceptions do not tell.
 */
final class SocketFailures {

    /** strerror(3) of EMFILE, ENFILE, EADDRNOTAVAIL, EADDRINUSE, ENOBUFS, ENOMEM. */
    private static final List<String> SHORTAGES = List.of(
            "too many open files",
            "cannot assign requested address",
            "can't assign requested address",
            "address already in use",
            "no buffer space",
            "cannot allocate memory");

    /** Of ENETUNREACH and ENETDOWN: a router far away says the former, too. */
    private static final List<String> NO_ROUTES = List.of("network is unreachable", "network is down");

    /** Of EPERM and EACCES: what a packet filter here takes out. */
    private static final List<String> REFUSED_HERE = List.of("operation not permitted", "permission denied");

    private SocketFailures() {}

    /**
     * What is wrong with the target; empty if nothing is known of it. A name that does not resolve counts as the latter: a name
     * server that is down must not take the instances down whose names it knows.
     */
    static Optional<Verdict> verdict(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
            if (cause instanceof UnknownHostException
                    || says(cause, SHORTAGES)
                    || says(cause, NO_ROUTES)
                    || says(cause, REFUSED_HERE)) {
                return Optional.empty();
            }
            if (message.contains("connection refused")) {
                return Optional.of(Verdict.REFUSED);
            }
            if (message.contains("timed out") || message.contains("timeout")) {
                return Optional.of(Verdict.TIMEOUT);
            }
            if (message.contains("no route to host") || message.contains("host is unreachable")) {
                return Optional.of(Verdict.failed("no route to host"));
            }
            if (message.contains("reset") || message.contains("broken pipe")) {
                return Optional.of(Verdict.failed("connection reset"));
            }
            if (message.contains("closed")) {
                return Optional.of(Verdict.failed("connection closed"));
            }
            if (cause instanceof DecoderException || cause instanceof IllegalArgumentException) {
                return Optional.of(Verdict.failed("not understood: " + cause.getMessage()));
            }
        }
        return failure instanceof IOException || failure instanceof VertxException
                ? Optional.of(Verdict.failed(String.valueOf(failure.getMessage())))
                : Optional.empty();
    }

    /** Why nothing is known of the target. */
    static Obstacle obstacle(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (says(cause, SHORTAGES)) {
                return Obstacle.SHORTAGE;
            }
            if (says(cause, NO_ROUTES)) {
                return Obstacle.NO_ROUTE;
            }
        }
        return Obstacle.TARGETS_OWN;
    }

    private static boolean says(Throwable failure, List<String> words) {
        String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        return words.stream().anyMatch(message::contains);
    }
}
