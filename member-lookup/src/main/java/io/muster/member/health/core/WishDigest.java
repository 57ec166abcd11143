package io.muster.member.health.core;

import io.muster.member.NodeId;
import io.muster.member.Wish;

/** Numbers that stand for a wish, its nodes or its names, so that members can tell whether they wish the same. */
final class WishDigest {

    /** An address leads to nobody yet, or there is no list. */
    static final long UNRESOLVED = 0;

    private static final long NAME_END = 1L << Character.SIZE;
    private static final long START = 0x9e3779b97f4a7c15L;

    private WishDigest() {}

    static long of(Wish wish) {
        if (!wish.resolved()) {
            return UNRESOLVED;
        }
        long digest = START;
        for (NodeId id : wish.nodeIds()) {
            digest = mix(mix(digest ^ id.high()) ^ id.low());
        }
        return digest == UNRESOLVED ? START : digest;
    }

    /** Of the names, found or not; {@link #UNRESOLVED} if there are none. */
    static long ofNames(Wish wish) {
        if (wish.entries().isEmpty()) {
            return UNRESOLVED;
        }
        long digest = START;
        for (String name : wish.names()) {
            for (int i = 0; i < name.length(); i++) {
                digest = mix(digest ^ name.charAt(i));
            }
            digest = mix(digest ^ NAME_END);
        }
        return digest == UNRESOLVED ? START : digest;
    }

    /** The finaliser of SplitMix64 (Steele, Lea and Flood, 2014). */
    private static long mix(long bits) {
        long z = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
