package io.muster.naming.check.core;

import java.util.concurrent.TimeUnit;

/** Which two machines answered last: by them a node tells that the network is there, and only a part of it out of reach. */
final class LastAnswers {

    /** Older answers say nothing of now: three rounds of checks by default. */
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(15);

    private String lastHost = "";
    private long lastNanos;
    private String otherHost = "";
    private long otherNanos;

    /** This machine itself answers always. */
    private static boolean isLoopback(String host) {
        return host.startsWith("127.") || host.equals("localhost") || host.equals("[::1]");
    }

    void heard(Plan plan, long nowNanos) {
        String host = plan.host();
        if (isLoopback(host)) {
            return;
        }
        if (!host.equals(lastHost)) {
            otherHost = lastHost;
            otherNanos = lastNanos;
            lastHost = host;
        }
        lastNanos = nowNanos;
    }

    /** Whether another machine than that of the plan has answered lately. */
    boolean cameFromElsewhere(Plan plan, long nowNanos) {
        return isFresh(plan, lastHost, lastNanos, nowNanos) || isFresh(plan, otherHost, otherNanos, nowNanos);
    }

    private static boolean isFresh(Plan plan, String host, long atNanos, long nowNanos) {
        return !host.isEmpty() && !host.equals(plan.host()) && nowNanos - atNanos <= FRESH_NANOS;
    }
}
