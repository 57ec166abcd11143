/**
 * When a format of what members store and send is put in force (R32): what nodes have announced, and what a leader makes of it. Pure; the leader's driver asks it
 * from time to time, with everything it knows.
 */
@NullMarked
package io.muster.raft.core.format;

import org.jspecify.annotations.NullMarked;
