/**
 * What makes sure that nothing that a test started outlives the test's process, however that ends. Knows nothing else
 * of the kit.
 */
@NullMarked
package io.muster.testkit.lifeline;

import org.jspecify.annotations.NullMarked;
