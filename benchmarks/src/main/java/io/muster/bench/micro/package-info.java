/**
 * JMH benchmarks of the hot inner paths, through the public faces of their modules. JMH's threads run them; no HTTP and no event loop takes
 * part.
 */
@NullMarked
package io.muster.bench.micro;

import org.jspecify.annotations.NullMarked;
