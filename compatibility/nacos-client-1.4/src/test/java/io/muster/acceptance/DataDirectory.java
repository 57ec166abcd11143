package io.muster.acceptance;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** A server's data directory, seen as files of bytes. */
record DataDirectory(Path root) {

    /** A place in a file. */
    record Spot(Path file, long offset) {

        void flipBit(int bit) throws IOException {
            try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
                bytes.seek(offset);
                int was = bytes.read();
                bytes.seek(offset);
                bytes.write(was ^ (1 << bit));
            }
        }
    }

    /**
     * Where one file, named relative to the directory, differs from a later copy: bytes {@code from} until {@code to}.
     */
    record Growth(Path file, int from, int to) {

        int length() {
            return to - from;
        }
    }

    DataDirectory copyTo(Path target) throws IOException {
        for (Path file : files()) {
            Path copy = target.resolve(root.relativize(file));
            Files.createDirectories(copy.getParent());
            Files.copy(file, copy);
        }
        return new DataDirectory(target);
    }

    List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** Where this text stands. */
    List<Spot> find(String text) throws IOException {
        List<Spot> spots = new ArrayList<>();
        for (Path file : files()) {
            // One byte, one character: offsets in the text are offsets in the file.
            String content = Files.readString(file, StandardCharsets.ISO_8859_1);
            for (int at = content.indexOf(text); at >= 0; at = content.indexOf(text, at + 1)) {
                spots.add(new Spot(file, at));
            }
        }
        return spots;
    }

    /**
     * The files in which a later copy of this directory differs, each with the range that differs.
     *
     * @param ignoredHead so many bytes at each file's beginning are not looked at
     */
    List<Growth> growthTo(DataDirectory later, int ignoredHead) throws IOException {
        List<Growth> growth = new ArrayList<>();
        for (Path file : files()) {
            byte[] before = Files.readAllBytes(file);
            byte[] after = Files.readAllBytes(later.root.resolve(root.relativize(file)));
            int head = Math.min(ignoredHead, Math.min(before.length, after.length));
            int mismatch = Arrays.mismatch(before, head, before.length, after, head, after.length);
            if (mismatch >= 0) {
                int from = head + mismatch;
                int to = after.length;
                while (to > from && to <= before.length && after[to - 1] == before[to - 1]) {
                    to--;
                }
                growth.add(new Growth(root.relativize(file), from, to));
            }
        }
        return growth;
    }
}
