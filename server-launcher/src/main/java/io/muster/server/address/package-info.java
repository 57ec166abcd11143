/**
 * A small address server: the member list of a file, over HTTP, for development and tests. A process of its own; knows the file, and nothing of the
 * registry. Runs on Vert.x event loops.
 */
@NullMarked
package io.muster.server.address;

import org.jspecify.annotations.NullMarked;
