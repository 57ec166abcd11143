/**
 * The HTTP comparison of the design's figures: a real server beside a bare Vert.x handler, loaded in turn.
 *
 * <p>The bare handler takes the same requests through the same router class and sends back the bytes that the server was seen to send.
 * The ratio of their CPU times per request says what the registry adds to what Vert.x costs anyway, on any machine.
 */
@NullMarked
package io.muster.bench.http;

import org.jspecify.annotations.NullMarked;
