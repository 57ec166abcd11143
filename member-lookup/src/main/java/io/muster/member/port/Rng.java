package io.muster.member.port;

import java.util.random.RandomGenerator;

/** The source of chance, split by name so that one consumer's draws never shift another's. */
@FunctionalInterface
public interface Rng {

    /**
     * A stream of its own. In a simulation the same name under the same seed gives the same stream.
     *
     * @param name what the draws are for, e.g. {@code "election-timeout"}
     */
    RandomGenerator stream(String name);
}
