/**
 * Processes under measurement: starting a real server or any other command, its CPU time as the kernel counts it, wrk as the load
 * generator, and one reading of a server's meters.
 *
 * <p>Linux only (it reads {@code /proc}). Knows nothing of the registry but its command line and its HTTP paths. Everything here is used
 * from one thread, the tool's main thread, and blocks it.
 */
@NullMarked
package io.muster.bench.process;

import org.jspecify.annotations.NullMarked;
