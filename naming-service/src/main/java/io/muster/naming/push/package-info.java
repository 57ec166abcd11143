/**
 * Push of changed lists to 1.x clients by UDP (nacos-v1-http.md §6.3, R71): who wants what ({@link
 * io.muster.naming.push.Subscribers}), when ({@link io.muster.naming.push.PushScheduler}), and how ({@link
 * io.muster.naming.push.UdpPush}).
 *
 * <p>Push only shortens the wait: a client that gets none polls. So nothing here is ever worth blocking or growing for:
 * one slot a subscriber holds 'the newest', packets that do not fit are skipped and counted, silent subscribers cost a
 * constant (X17).
 *
 * <p>Threads: anybody may subscribe and read subscribers from any thread; all else runs on one event-loop context of
 * its own.
 */
@NullMarked
package io.muster.naming.push;

import org.jspecify.annotations.NullMarked;
