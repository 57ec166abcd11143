package io.muster.sim;

import io.muster.member.port.Rng;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * One node of the seed tree. Streams and children are found by name alone, so whoever draws more, less or not at all shifts nobody else's
 * draws: that is what lets a failing run be shrunk.
 *
 * <p>Streams are {@link Random}, whose algorithm is part of its specification: a seed means the same on every JDK. Seeds and names are mixed
 * first, since the first draws of {@code Random} are nearly the same for seeds that are near to one another.
 */
public final class SeededRng implements Rng {

    private final long seed;

    public SeededRng(long seed) {
        this.seed = seed;
    }

    /** The same name gives the same stream from its beginning, each time. */
    @Override
    public RandomGenerator stream(String name) {
        return new Random(derive("stream", name));
    }

    /** A sub-tree, e.g. for one node, or for one incarnation of it. */
    public SeededRng child(String name) {
        return new SeededRng(derive("child", name));
    }

    public long seed() {
        return seed;
    }

    private long derive(String kind, String name) {
        return TraceHash.mix(TraceHash.mix(seed ^ TraceHash.hashOf(kind)) ^ TraceHash.hashOf(name));
    }
}
