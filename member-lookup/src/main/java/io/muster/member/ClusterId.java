package io.muster.member;

import java.util.random.RandomGenerator;

/** Which cluster a node belongs to: 128 random bits, drawn by its founder and stored with the log (design §4, "Founding"). */
public record ClusterId(long high, long low) {

    public static ClusterId draw(RandomGenerator random) {
        return new ClusterId(random.nextLong(), random.nextLong());
    }

    /**
     * @param hex 32 hex digits, as {@link #toString} gives them
     * @throws IllegalArgumentException if they are not
     */
    public static ClusterId parse(String hex) {
        NodeId bits = NodeId.parse(hex);
        return new ClusterId(bits.high(), bits.low());
    }

    @Override
    public String toString() {
        return new NodeId(high, low).toString();
    }
}
