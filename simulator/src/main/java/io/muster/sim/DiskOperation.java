package io.muster.sim;

/**
 * One operation as the disk carried it out.
 *
 * @param file what it was about: a file, or a directory for {@code LIST} and {@code SYNC_DIRECTORY}
 * @param target the new name for {@code RENAME}, else empty
 * @param offset where a read or write began, else 0
 * @param length of the bytes read or written, or the length allocated or cut to, else 0
 */
public record DiskOperation(Kind kind, String file, String target, long offset, long length) {

    /** The operations of {@link io.muster.member.port.Disk}. */
    public enum Kind {
        LIST("list"),
        SIZE("size"),
        READ("read"),
        ALLOCATE("allocate"),
        WRITE("write"),
        SYNC("sync"),
        TRUNCATE("truncate"),
        RENAME("rename"),
        DELETE("delete"),
        SYNC_DIRECTORY("syncDirectory");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        @Override
        public String toString() {
            return label;
        }
    }

    static DiskOperation of(Kind kind, String file) {
        return new DiskOperation(kind, file, "", 0, 0);
    }

    static DiskOperation of(Kind kind, String file, long offset, long length) {
        return new DiskOperation(kind, file, "", offset, length);
    }

    /** Short form for assertions on the order: {@code "write log/1"}, {@code "rename a -> b"}. */
    @Override
    public String toString() {
        return kind + " " + file + (target.isEmpty() ? "" : " -> " + target);
    }
}
