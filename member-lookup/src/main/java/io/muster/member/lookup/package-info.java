/**
 * The ways to find out who should be a member (R60 to R63), one class for each {@link io.muster.member.lookup.LookupMode} behind {@link
 * io.muster.member.lookup.MemberLookup}. What they say is a wish, never Raft's configuration (X4); who is alive is not known here. A lookup
 * runs on the thread that starts it.
 */
@NullMarked
package io.muster.member.lookup;

import org.jspecify.annotations.NullMarked;
