/**
 * The command line: admin commands that ask a running server over HTTP and show tables, or JSON for programs; and the help. Parsed by picocli.
 *
 * <p>{@code muster server} does not come through here, see {@link io.muster.server.Main}. Runs on the main thread of a short-lived process.
 */
@NullMarked
package io.muster.server.cli;

import org.jspecify.annotations.NullMarked;
