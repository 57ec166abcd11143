/**
 * The process: {@link io.muster.server.MusterServer} builds one whole server out of the modules, and is the only place that knows them
 * all; {@link io.muster.server.Main} is what the shell starts.
 *
 * <p>Wiring is by constructors. No static state: two servers can live in one JVM. The engines run on event loops of their own, so that client
 * load never delays a heartbeat or an election.
 */
@NullMarked
package io.muster.server;

import org.jspecify.annotations.NullMarked;
