/**
 * Benchmarks of what the Distro core keeps to itself; they share its package for that reason alone. JMH's threads run them.
 */
@NullMarked
package io.muster.distro.core;

import org.jspecify.annotations.NullMarked;
