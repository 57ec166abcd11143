package io.muster.member.channel;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The connections that have not proven the secret yet, by the host that they come from; pure. Beyond its bound the oldest of the host with the
 * most has to go, so that a flood from one host crowds itself out and nobody else.
 *
 * @param <C> a connection
 */
final class Strangers<C> {

    private final int max;

    /** No empty sets; each set oldest first. */
    private final Map<String, Set<C>> byHost = new LinkedHashMap<>();

    private int count;

    Strangers(int max) {
        this.max = max;
    }

    /**
     * Takes one in.
     *
     * @return the one that has to go for it; it is no longer counted
     */
    Optional<C> add(String host, C connection) {
        byHost.computeIfAbsent(host, first -> new LinkedHashSet<>()).add(connection);
        count++;
        if (count <= max) {
            return Optional.empty();
        }
        String crowded = host;
        int most = 0;
        for (Map.Entry<String, Set<C>> each : byHost.entrySet()) {
            if (each.getValue().size() > most) {
                crowded = each.getKey();
                most = each.getValue().size();
            }
        }
        C oldest = byHost.getOrDefault(crowded, Set.of()).iterator().next();
        remove(crowded, oldest);
        return Optional.of(oldest);
    }

    /** It is closed, or has proven itself; idempotent. */
    void remove(String host, C connection) {
        Set<C> ofHost = byHost.get(host);
        if (ofHost != null && ofHost.remove(connection)) {
            count--;
            if (ofHost.isEmpty()) {
                byHost.remove(host);
            }
        }
    }

    int count() {
        return count;
    }
}
