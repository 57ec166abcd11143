package io.muster.sim.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which version of the code runs, for the line that a failure is reported with: the commit that is checked out above the working directory. */
final class CodeVersion {

    private static final String UNKNOWN = "unknown";
    private static final int SHORT_HASH = 12;

    private CodeVersion() {}

    static String current() {
        Path directory = Path.of("").toAbsolutePath();
        while (directory != null && !Files.isDirectory(directory.resolve(".git"))) {
            directory = directory.getParent();
        }
        return directory == null ? UNKNOWN : commit(directory.resolve(".git"));
    }

    private static String commit(Path git) {
        try {
            String head = Files.readString(git.resolve("HEAD")).strip();
            String hash = head.startsWith("ref: ")
                    ? Files.readString(git.resolve(head.substring("ref: ".length())))
                            .strip()
                    : head;
            return hash.substring(0, Math.min(SHORT_HASH, hash.length()));
        } catch (IOException packedOrUnreadable) {
            return UNKNOWN;
        }
    }
}
