package io.muster.sim.run;

/**
 * Prints the trace hash of each seed, so that two JDKs can be compared: {@code TraceHashes SUBJECT_CLASS FIRST_SEED COUNT} (invariant IX1).
 */
public final class TraceHashes {

    private TraceHashes() {}

    /** The subject's class has a constructor without parameters. */
    @SuppressWarnings("SystemOut") // the hashes are this command's output
    public static void main(String[] arguments) throws ReflectiveOperationException {
        if (arguments.length != 3) {
            System.err.println("usage: TraceHashes SUBJECT_CLASS FIRST_SEED COUNT");
            System.exit(2);
        }
        Subject subject = Class.forName(arguments[0])
                .asSubclass(Subject.class)
                .getDeclaredConstructor()
                .newInstance();
        long first = Long.parseLong(arguments[1]);
        int count = Integer.parseInt(arguments[2]);
        System.out.print(of(subject, first, count));
    }

    /** One line a seed: the seed, and the hash in hex. */
    public static String of(Subject subject, long firstSeed, int count) {
        Simulations simulations = Simulations.of(subject);
        StringBuilder lines = new StringBuilder();
        for (long seed = firstSeed; seed < firstSeed + count; seed++) {
            lines.append(String.format("%d %016x%n", seed, simulations.run(seed).traceHash()));
        }
        return lines.toString();
    }
}
