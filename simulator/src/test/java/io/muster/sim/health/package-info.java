/** Member health of whole clusters, simulated: the real driver, core and codec over faulty links, clocks and processes. */
@NullMarked
package io.muster.sim.health;

import org.jspecify.annotations.NullMarked;
