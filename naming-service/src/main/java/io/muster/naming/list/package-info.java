/**
 * Instance lists as bytes: the one place where the body that clients poll and are pushed is written (nacos-v1-http.md
 * §3.2). A list is encoded once for each change of its service, filter and form, and served as the same bytes until the
 * next change (design §7).
 *
 * <p>Knows the index and the switches; knows no HTTP. Called by any thread, mostly event loops: a hit costs two map
 * look-ups; a miss encodes in the calling thread while others who want the same list wait for it.
 */
@NullMarked
package io.muster.naming.list;

import org.jspecify.annotations.NullMarked;
