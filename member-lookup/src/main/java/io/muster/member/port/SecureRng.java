package io.muster.member.port;

import java.security.SecureRandom;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Chance that nobody can foresee: each stream is seeded by the machine's secure source, whatever its name. A stream is fast and belongs to
 * one thread; it is for time-outs, ids and choices, not for secrets.
 */
public final class SecureRng implements Rng {

    private final SecureRandom source = new SecureRandom();

    @Override
    public RandomGenerator stream(String name) {
        return new SplittableRandom(source.nextLong());
    }
}
