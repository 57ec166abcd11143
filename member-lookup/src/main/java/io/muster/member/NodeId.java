package io.muster.member;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * Who a node is: 128 random bits, drawn once and stored in its data directory (design §4, "Identity"). Addresses come and go; an
 * emptied directory is a new node.
 */
public record NodeId(long high, long low) implements Comparable<NodeId> {

    private static final int HEX_DIGITS = 32;

    public static NodeId draw(RandomGenerator random) {
        return new NodeId(random.nextLong(), random.nextLong());
    }

    /**
     * @param hex 32 hex digits, as {@link #toString} gives them
     * @throws IllegalArgumentException if they are not
     */
    public static NodeId parse(String hex) {
        if (hex.length() != HEX_DIGITS) {
            throw new IllegalArgumentException("a node id has " + HEX_DIGITS + " hex digits: '" + hex + "'");
        }
        return new NodeId(
                HexFormat.fromHexDigitsToLong(hex, 0, HEX_DIGITS / 2),
                HexFormat.fromHexDigitsToLong(hex, HEX_DIGITS / 2, HEX_DIGITS));
    }

    @Override
    public int compareTo(NodeId other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
}
