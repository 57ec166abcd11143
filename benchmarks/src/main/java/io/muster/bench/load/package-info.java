/**
 * Load over HTTP on one real server: many instances that register and keep beating, and persistent writes at rising concurrency.
 *
 * <p>The commands run on the main thread; the load client owns one Vert.x event loop and touches its state on that thread only.
 */
@NullMarked
package io.muster.bench.load;

import org.jspecify.annotations.NullMarked;
