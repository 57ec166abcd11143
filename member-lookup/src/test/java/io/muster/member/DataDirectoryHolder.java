package io.muster.member;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;

/** A process that opens a data directory, says so, and holds it until its standard input ends. */
final class DataDirectoryHolder {

    private DataDirectoryHolder() {}

    public static void main(String[] args) throws IOException {
        try (DataDirectory directory = DataDirectory.open(Path.of(args[0]), new SecureRandom(), List.of())) {
            System.out.println("open " + directory.identity().nodeId());
            while (System.in.read() >= 0) {
                // Until the end.
            }
        } catch (DataDirectoryException refused) {
            System.out.println(refused.getClass().getSimpleName() + " " + refused.getMessage());
        }
    }
}
