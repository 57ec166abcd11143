/** How long a server takes from its command to its first writes. Runs on the main thread. */
@NullMarked
package io.muster.bench.start;

import org.jspecify.annotations.NullMarked;
