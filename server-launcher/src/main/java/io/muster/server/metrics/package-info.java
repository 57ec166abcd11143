/**
 * The server's metrics: what the engines and the HTTP listener tell, under names that begin with {@code muster_} and are documented in {@code
 * docs/metrics.md}.
 *
 * <p>What is counted on a hot path is a plain number of one event loop; the rest is read from statuses when somebody scrapes.
 */
@NullMarked
package io.muster.server.metrics;

import org.jspecify.annotations.NullMarked;
