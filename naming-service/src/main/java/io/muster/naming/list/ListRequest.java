package io.muster.naming.list;

import io.muster.naming.model.ServiceName;

/**
 * Which list is wanted.
 *
 * @param clusters names joined by commas, empty for all; echoed to the letter, since clients find their cache entry by
 *     it
 * @param healthyOnly without the unhealthy, unless protection shows all as healthy
 * @param pushed whether the client is pushed to, and so may rely on its list for longer
 * @param env echoed
 */
public record ListRequest(
        ServiceName service, String clusters, boolean healthyOnly, NameForm names, boolean pushed, String env) {}
