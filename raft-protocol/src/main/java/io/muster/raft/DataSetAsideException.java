package io.muster.raft;

/**
 * The stored data of a member of a cluster was found damaged, or its cluster goes on without it (R23), and has been set aside, kept for inspection (design §4, "Storage"). What
 * this node promised may be lost with it, so it never votes under its old id again: its id is gone from the data directory, and the next process that opens the directory
 * is a new node, which joins the same cluster as a learner and takes the old one's place.
 */
public final class DataSetAsideException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String directory;

    /**
     * @param directory where the data is now, relative to the data directory
     * @param why what was found, with file and offset
     */
    public DataSetAsideException(String directory, String why) {
        super("the persistent data of this node was set aside in " + directory + ": " + why
                + ". Started again, the node comes back as a new one, and gets everything from the others");
        this.directory = directory;
    }

    /** Where the data is now, relative to the data directory. */
    public String directory() {
        return directory;
    }
}
