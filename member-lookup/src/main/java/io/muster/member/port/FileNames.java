package io.muster.member.port;

import java.util.List;

/** The form of the names that {@link Disk} takes: relative, {@code /} between parts, no part that is empty or climbs. */
public final class FileNames {

    private FileNames() {}

    /** @throws IllegalArgumentException if the name can't be that of a file in the tree */
    public static void requireFile(String name) {
        for (String part : name.split("/", -1)) {
            if (part.isEmpty()
                    || List.of(".", "..").contains(part)
                    || part.indexOf('\\') >= 0
                    || part.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("not a file name inside the tree: '" + name + "'");
            }
        }
    }

    /**
     * @param name empty for the root
     * @throws IllegalArgumentException if the name can't be that of a directory in the tree
     */
    public static void requireDirectory(String name) {
        if (!name.isEmpty()) {
            requireFile(name);
        }
    }
}
