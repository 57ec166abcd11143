package io.muster.distro.wire;

import io.muster.distro.core.Message;

/**
 * One message on its way.
 *
 * @param clock the sender's hybrid clock when it sent this
 */
public record Frame<V>(long clock, Message<V> message) {}
