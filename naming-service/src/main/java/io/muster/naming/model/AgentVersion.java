package io.muster.naming.model;

import java.util.Comparator;
import java.util.Optional;

/** A version of client software, {@code x.y.z}. */
public record AgentVersion(int major, int minor, int patch) implements Comparable<AgentVersion> {

    private static final Comparator<AgentVersion> ORDER = Comparator.comparingInt(AgentVersion::major)
            .thenComparingInt(AgentVersion::minor)
            .thenComparingInt(AgentVersion::patch);

    /**
     * Three or fewer numbers joined by dots; what follows the last one (a qualifier) is ignored. Empty if there is no
     * number to begin with.
     */
    public static Optional<AgentVersion> parse(String text) {
        int[] numbers = new int[3];
        int at = 0;
        int found = 0;
        while (found < 3 && at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            int value = 0;
            while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9' && value < 100_000) {
                value = value * 10 + (text.charAt(at++) - '0');
            }
            numbers[found++] = value;
            if (at >= text.length() || text.charAt(at) != '.') {
                break;
            }
            at++;
        }
        return found == 0 ? Optional.empty() : Optional.of(new AgentVersion(numbers[0], numbers[1], numbers[2]));
    }

    /** Exactly three numbers joined by dots, as switches must be given; empty otherwise. */
    public static Optional<AgentVersion> parseExact(String text) {
        return parse(text).filter(version -> version.toString().equals(text));
    }

    @Override
    public int compareTo(AgentVersion other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
