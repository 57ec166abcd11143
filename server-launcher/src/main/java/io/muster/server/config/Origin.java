package io.muster.server.config;

/**
 * Where a value came from.
 *
 * @param rank a value of a higher rank overrides one of a lower
 * @param where for people, e.g. {@code environment variable MUSTER_SERVER_PORT}
 */
public record Origin(Rank rank, String where) {

    /** Lowest first. */
    public enum Rank {
        DEFAULT,
        FILE,
        ENVIRONMENT,
        /** {@code -D} of the JVM; only the Nacos names, since Nacos is configured so. */
        JVM,
        COMMAND_LINE
    }

    static final Origin DEFAULT = new Origin(Rank.DEFAULT, "default");

    static Origin file(String file) {
        return new Origin(Rank.FILE, "file " + file);
    }

    static Origin environment(String variable) {
        return new Origin(Rank.ENVIRONMENT, "environment variable " + variable);
    }

    static Origin jvm(String property) {
        return new Origin(Rank.JVM, "JVM property -D" + property);
    }

    static Origin option(String option) {
        return new Origin(Rank.COMMAND_LINE, "option " + option);
    }

    @Override
    public String toString() {
        return where;
    }
}
