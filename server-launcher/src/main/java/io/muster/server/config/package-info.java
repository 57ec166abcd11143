/**
 * The configuration of a server: one typed reader over built-in defaults, properties file, environment and command line, and the record tree
 * that the wiring takes its values from.
 *
 * <p>Knows nothing of engines, Vert.x or logging, so that a wrong configuration is told within milliseconds. Used on the main thread at the
 * start. The names are those of the operator interface, with the Nacos names of the same settings as aliases.
 */
@NullMarked
package io.muster.server.config;

import org.jspecify.annotations.NullMarked;
