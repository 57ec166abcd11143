package io.muster.consistency;

/**
 * What must hold of the stored datum for a change to happen. For persistent keys the check and the change are one step in the log,
 * so exactly one of two racing writers wins. For ephemeral keys the member that handles the write checks what it holds: a guard against
 * lost updates, not a lock, since two sides of a partition may both say yes.
 */
public sealed interface Condition {

    Condition ALWAYS = new Always();
    Condition ABSENT = new Absent();
    Condition PRESENT = new Present();

    static Condition versionIs(Version version) {
        return new VersionIs(version);
    }

    /** Whatever is stored. */
    record Always() implements Condition {}

    /**
     * Nothing is stored under the key. An expired ephemeral datum counts as absent; one removed on purpose within the last two beat intervals
     * does not yet, since a beat that registers what it finds absent was in flight then (R44).
     */
    record Absent() implements Condition {}

    /** Something is stored under the key. */
    record Present() implements Condition {}

    /** The stored datum bears exactly this version. */
    record VersionIs(Version version) implements Condition {}
}
