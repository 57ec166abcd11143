/**
 * Makes the group's members follow what the lookup lists (design §4, "Wish and configuration"). A pure policy: the leader's driver asks it from time to time,
 * with everything it knows, and carries out the one step that it names.
 */
@NullMarked
package io.muster.raft.core.wish;

import org.jspecify.annotations.NullMarked;
