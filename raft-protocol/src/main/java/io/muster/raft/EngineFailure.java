package io.muster.raft;

/**
 * Why an engine stopped itself. It serves nothing any more; the process should end with {@link Kind#exitCode}.
 *
 * @param message for people: what happened, in which file and at which offset where that is known, and what to do
 */
public record EngineFailure(Kind kind, String message) {

    /** What kind of failure. */
    public enum Kind {
        /** The disk failed; what is on it is in doubt. */
        STORAGE_FAILED(74),
        /** Stored data is damaged: what this node promised may be lost. */
        DAMAGED(75),
        /** Stored data is damaged, or the cluster goes on without it; it was set aside, as {@link DataSetAsideException} says: the next start is that of a new node. */
        SET_ASIDE(75),
        /** The data was thrown away to go to another cluster, as {@link DataGivenUpException} says: the next start is that of a new node. */
        GIVEN_UP(75),
        /** A safety invariant does not hold: a bug, or memory that lies. */
        INVARIANT_BROKEN(70);

        private final int exitCode;

        Kind(int exitCode) {
            this.exitCode = exitCode;
        }

        public int exitCode() {
            return exitCode;
        }
    }
}
