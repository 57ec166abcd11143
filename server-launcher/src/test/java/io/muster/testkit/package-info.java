/**
 * The process kit: real servers as processes of their own, one ({@link io.muster.testkit.ServerProcess}) or a cluster
 * of them ({@link io.muster.testkit.ServerCluster}), for tests of this and of other modules and for benchmarks. Needs
 * the built jar, and nothing of the server's classes.
 *
 * <p>A test drives it from its own thread and reads like a story; {@link io.muster.testkit.ClusterFixture} cleans up,
 * and shows the logs when the test fails.
 */
@NullMarked
package io.muster.testkit;

import org.jspecify.annotations.NullMarked;
