/**
 * {@code muster demo}: three servers on loopback, shown at work. Knows of the servers what any client does: how to start a process, and HTTP. Blocks;
 * for the main thread of a short-lived process.
 */
@NullMarked
package io.muster.server.demo;

import org.jspecify.annotations.NullMarked;
