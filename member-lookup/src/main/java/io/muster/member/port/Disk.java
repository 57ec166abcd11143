package io.muster.member.port;

import java.util.List;
import java.util.function.Consumer;

/**
 * Files of one directory tree. File names are relative to it, with {@code /} between parts; the tree's root is the directory {@code ""}. A
 * name that is not of this form, or would leave the tree, is an {@link IllegalArgumentException} of the call ({@link FileNames}).
 *
 * <p>Operations are carried out one after another in the order of the calls, away from the driver's thread, and complete on the driver's
 * thread in that order, never inside the call. One that fails does not keep later ones from being tried. Written bytes are durable only
 * after a later {@link #sync} of the file has succeeded; a created, renamed or deleted name only after a later {@link #syncDirectory}. A
 * directory is durable as soon as an operation has created it.
 *
 * <p>Called on the driver's thread. At most {@link #OPERATIONS_MAX} operations may wait: one more is an {@link IllegalStateException}, since
 * the caller bounds what it has in flight, in bytes too.
 */
public interface Disk {

    /** How many operations may wait at once; far above what one driver has in flight. */
    int OPERATIONS_MAX = 16_384;

    /** Names of the plain files directly in the directory, sorted; empty if there is no such directory. */
    void list(String directory, Completion<List<String>> completion);

    /** Length of the file in bytes, or −1 if there is none. */
    void size(String file, Completion<Long> completion);

    /**
     * Reads up to {@code length} bytes from the offset; fewer only at the end of the file.
     *
     * @param length bounded by the caller
     */
    void read(String file, long offset, int length, Completion<byte[]> completion);

    /**
     * Creates the file (and its directories) if need be, and makes it at least so long, filled with zeros whose blocks are allocated. When it
     * fails the length is as before.
     */
    void allocate(String file, long length, Completion<Void> completion);

    /**
     * Writes the bytes at the offset, creating the file (and its directories) if need be. When it fails a part may have been written.
     *
     * @param bytes not to be changed afterwards
     */
    void write(String file, long offset, byte[] bytes, Completion<Void> completion);

    /** Makes what was written to the file durable, with its length (fdatasync). Once failed, the file's pages are in doubt: never retry. */
    void sync(String file, Completion<Void> completion);

    /** Cuts the file to the length; one that is not longer stays as it is. */
    void truncate(String file, long length, Completion<Void> completion);

    /** Renames within the tree, replacing the target in one step; the target's directory must be there. */
    void rename(String from, String to, Completion<Void> completion);

    /** Deletes the file if it is there. */
    void delete(String file, Completion<Void> completion);

    /** Makes the names in the directory durable. */
    void syncDirectory(String directory, Completion<Void> completion);

    /** How an operation ended. */
    interface Completion<T> {

        void done(T result);

        void failed(DiskException error);

        /** Both answers as lambdas. */
        static <T> Completion<T> of(Consumer<? super T> done, Consumer<DiskException> failed) {
            return new Completion<>() {
                @Override
                public void done(T result) {
                    done.accept(result);
                }

                @Override
                public void failed(DiskException error) {
                    failed.accept(error);
                }
            };
        }
    }
}
