/**
 * What several real server processes do together, under cuts, kills and moves: the acceptance tests of the cluster, driven by {@code
 * io.muster.testkit}. A short selection runs in every build; {@code -Dmuster.acceptance=full} runs all of it.
 */
@NullMarked
package io.muster.cluster;

import org.jspecify.annotations.NullMarked;
