/**
 * The HTTP API of Nacos 1.x, one class a resource. Each class parses, calls the registry and encodes; what operations
 * mean is decided there. {@link io.muster.naming.api.v1.V1Api} is the one entry point:
 *
 * <pre>
 * V1Api api = new V1Api(registry, lists, subscribers, pushStats, environment, routesOfTheLauncher);
 * api.mount(router);
 * vertx.createHttpServer(Listening.options(host, port)).requestHandler(router).listen();
 * </pre>
 *
 * <p>Paths, parameters, JSON forms and texts are those of Nacos 1.4.8, from the sources named at each class (spec
 * nacos-v1-http.md); where Nacos answers a client's mistake with 500, or takes what harms it, this answers 400 or 404
 * and says why. {@code /v1/cs} gets a clear no.
 *
 * <p>Knows {@code io.muster.naming.api}, the registry, lists and push; knows no engine. Runs on event loops and never
 * blocks.
 */
@NullMarked
package io.muster.naming.api.v1;

import org.jspecify.annotations.NullMarked;
