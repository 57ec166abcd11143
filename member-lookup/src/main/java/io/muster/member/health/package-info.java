/**
 * Member health at work: {@link io.muster.member.health.HealthDriver} feeds the pure core with link events, frames and time, and carries out what
 * it decides; the codec of its messages stands beside it. Knows ports and members, no engine. One thread, that of its {@link
 * io.muster.member.port.Time}, which should be no client's. The split follows etcd's raft library.
 */
@NullMarked
package io.muster.member.health;

import org.jspecify.annotations.NullMarked;
