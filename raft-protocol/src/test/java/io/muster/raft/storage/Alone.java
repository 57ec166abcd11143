package io.muster.raft.storage;

/** What a node remembers, without that others vote in its group. */
public final class Alone {

    private Alone() {}

    /** @param stored a record of where a node belongs, or something else: then it stays what it is */
    public static byte[] in(byte[] stored) {
        try {
            Belonging.Stored found = Belonging.Stored.decode(stored);
            return new Belonging.Stored(found.revision(), found.belonging().amongOthers(false)).encode();
        } catch (IllegalArgumentException noRecord) {
            return stored;
        }
    }
}
