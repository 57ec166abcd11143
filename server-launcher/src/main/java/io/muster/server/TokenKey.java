package io.muster.server;

import io.muster.server.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;

/**
 * The key that signs access tokens: drawn when a data directory is first used and kept in it, so that tokens outlive a restart and no key is ever
 * shipped (X24). Only the owner may read the file.
 */
final class TokenKey {

    private static final String NAME = "token.key";
    private static final String NEW_NAME = "token.key.new";
    private static final int BYTES = 32;

    private TokenKey() {}

    /**
     * @param directory locked by this process
     * @throws ServerFailure if the file holds anything else than a key
     */
    static byte[] in(Path directory) throws IOException {
        Path file = directory.resolve(NAME);
        byte[] key;
        try {
            key = Files.readAllBytes(file);
        } catch (NoSuchFileException absent) {
            return draw(directory, file);
        }
        if (key.length != BYTES) {
            throw new ServerFailure(
                    ExitCode.DATA_DAMAGED,
                    "stored data is damaged: " + file + " has " + key.length + " bytes and not " + BYTES
                            + ". Delete it to have a new key drawn; users then log in anew");
        }
        return key;
    }

    private static byte[] draw(Path directory, Path file) throws IOException {
        byte[] key = new byte[BYTES];
        new SecureRandom().nextBytes(key);
        Path fresh = directory.resolve(NEW_NAME);
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(fresh, key);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        return key;
    }
}
