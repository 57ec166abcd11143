/**
 * The plumbing of the client HTTP API: a table of {@link io.muster.naming.api.Route}s with their typed {@link
 * io.muster.naming.api.Param}eters, and {@link io.muster.naming.api.HttpApi}, which serves such a table on a Vert.x
 * router. Whatever holds for all routes holds here, once: the prefix, where parameters are read from, bounds, who may
 * call, when the server does not serve, what failures look like on the wire.
 *
 * <p>Knows nothing of what the routes mean; those of Nacos 1.x are in {@code io.muster.naming.api.v1}. The launcher
 * adds routes of its own to the same table. An endpoint is a function from {@link io.muster.naming.api.ApiRequest} to
 * {@link io.muster.naming.api.Answer}; all of it runs on the request's event loop and nothing blocks.
 *
 * <p>The wire rules are those of Nacos 1.4 (WebUtils, ResponseExceptionHandler, DistroFilter, TrafficReviseFilter),
 * stricter where it was unsafe.
 */
@NullMarked
package io.muster.naming.api;

import org.jspecify.annotations.NullMarked;
