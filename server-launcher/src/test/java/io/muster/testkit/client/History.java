package io.muster.testkit.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Every attempt of chosen kinds that clients made, for a checker to judge later. Bounded: a test that makes more has
 * asked for the wrong history.
 */
public final class History {

    private static final int ATTEMPTS_MAX = 2_000_000;

    private final Set<Attempt.Kind> kinds;
    private final AtomicLong operations = new AtomicLong();

    /** Guarded by itself. */
    private final List<Attempt> attempts = new ArrayList<>();

    private History(Set<Attempt.Kind> kinds) {
        this.kinds = kinds;
    }

    /** Keeps what a registry's linearizability is judged by: writes, removals, reads. */
    public static History ofPersistent() {
        return new History(EnumSet.of(
                Attempt.Kind.WRITE, Attempt.Kind.REMOVE, Attempt.Kind.READ_LOCAL, Attempt.Kind.READ_LINEARIZABLE));
    }

    /** Keeps what those do whose instances live by their beats. */
    public static History ofEphemeral() {
        return new History(EnumSet.of(Attempt.Kind.REGISTER, Attempt.Kind.BEAT, Attempt.Kind.DEREGISTER));
    }

    public static History ofEverything() {
        return new History(EnumSet.allOf(Attempt.Kind.class));
    }

    public static History ofNothing() {
        return new History(EnumSet.noneOf(Attempt.Kind.class));
    }

    long nextOperation() {
        return operations.incrementAndGet();
    }

    void add(Attempt attempt) {
        if (!kinds.contains(attempt.kind())) {
            return;
        }
        synchronized (attempts) {
            if (attempts.size() == ATTEMPTS_MAX) {
                throw new IllegalStateException("the history is full: " + ATTEMPTS_MAX + " attempts");
            }
            attempts.add(attempt);
        }
    }

    /** All so far, by the time of their invocation. */
    public List<Attempt> attempts() {
        synchronized (attempts) {
            return attempts.stream()
                    .sorted(Comparator.comparingLong(Attempt::invokedNanos))
                    .toList();
        }
    }

    /** Writes it as text, one attempt a line, times in microseconds since the first. */
    public void save(Path file) {
        List<Attempt> all = attempts();
        long startNanos = all.isEmpty() ? 0 : all.get(0).invokedNanos();
        List<String> lines = all.stream()
                .map(attempt -> String.format(
                        Locale.ROOT,
                        "%d %d op %d %s %s %s '%s' at %s: %s (%s)",
                        (attempt.invokedNanos() - startNanos) / 1000,
                        (attempt.completedNanos() - startNanos) / 1000,
                        attempt.operation(),
                        attempt.client(),
                        attempt.kind(),
                        attempt.key(),
                        attempt.value(),
                        attempt.node(),
                        attempt.outcome(),
                        attempt.detail()))
                .toList();
        try {
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
