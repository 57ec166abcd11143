package io.muster.member.port;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The files that {@link DiskFiles} keeps open, by name, at most {@link #OPEN_FILES_MAX}, the least recently used one leaving first. */
final class OpenFiles {

    /** A log's active segments, a snapshot being written, one being read: a handful; the rest is slack. */
    static final int OPEN_FILES_MAX = 32;

    /** A channel, and whether something was written since the last sync. */
    static final class OpenFile {

        private final FileChannel channel;
        private boolean unsynced;

        OpenFile(FileChannel channel) {
            this.channel = channel;
        }

        FileChannel channel() {
            return channel;
        }

        void markUnsynced() {
            unsynced = true;
        }

        /** fdatasync: the bytes and the length. */
        void force() throws IOException {
            channel.force(false);
            unsynced = false;
        }

        /** Forces what is unsynced first: a failed write-back is reported to those only who have the file open. */
        void leave() throws IOException {
            try (channel) {
                if (unsynced) {
                    force();
                }
            }
        }
    }

    private final LinkedHashMap<String, OpenFile> files = new LinkedHashMap<>(OPEN_FILES_MAX, 0.75f, true);

    @Nullable
    OpenFile find(String name) {
        return files.get(name);
    }

    OpenFile add(String name, FileChannel channel) throws IOException {
        OpenFile added = new OpenFile(channel);
        files.put(name, added);
        if (files.size() > OPEN_FILES_MAX) {
            Map.Entry<String, OpenFile> eldest = files.entrySet().iterator().next();
            files.remove(eldest.getKey());
            eldest.getValue().leave();
        }
        return added;
    }

    void renamed(String from, String to) throws IOException {
        forget(to);
        OpenFile moved = files.remove(from);
        if (moved != null) {
            files.put(to, moved);
        }
    }

    /** Closes a file that is gone; its bytes need no sync any more. */
    void forget(String name) throws IOException {
        OpenFile gone = files.remove(name);
        if (gone != null) {
            gone.channel.close();
        }
    }

    /** Closes all, as a dying process would: nothing is forced that nobody asked for. */
    void close() throws IOException {
        for (OpenFile file : files.values()) {
            file.channel.close();
        }
        files.clear();
    }
}
