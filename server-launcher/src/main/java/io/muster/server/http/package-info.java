/**
 * What the process itself answers over HTTP: health, metrics, the state of engines and members. The registry's own API is mounted beside it and lives
 * in the naming service.
 *
 * <p>Handlers run on the client event loops, read immutable statuses that the engines publish, and never wait. Where only another member knows, {@link
 * io.muster.server.http.MemberHttp} asks it, as an operator would.
 */
@NullMarked
package io.muster.server.http;

import org.jspecify.annotations.NullMarked;
