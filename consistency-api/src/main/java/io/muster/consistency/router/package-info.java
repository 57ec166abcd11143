/** Picks the engine by the key's mode, and does nothing else (requirement R1). */
@NullMarked
package io.muster.consistency.router;

import org.jspecify.annotations.NullMarked;
