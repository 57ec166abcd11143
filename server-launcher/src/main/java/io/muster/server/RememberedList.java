package io.muster.server;

import io.muster.member.MemberAddress;
import io.muster.member.lookup.MemberFile;
import io.muster.member.lookup.MemberListException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last list that an address server gave, kept in the data directory, so that a node which starts while the server is away knows whom to ask for
 * data. Blocks. A list that can't be kept or read is told and done without: nothing but the start depends on it.
 */
final class RememberedList {

    private static final Logger LOG = LoggerFactory.getLogger(RememberedList.class);

    private static final String NAME = "address-server.list";
    private static final String NEW_NAME = "address-server.list.new";

    private final Path file;
    private final Path fresh;

    /** @param directory locked by this process */
    RememberedList(Path directory) {
        file = directory.resolve(NAME);
        fresh = directory.resolve(NEW_NAME);
    }

    /** Empty if there is none that can be read. */
    Optional<List<MemberAddress>> read() {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(MemberFile.members(file));
        } catch (MemberListException e) {
            LOG.warn("the remembered member list is of no use: {}", e.getMessage());
            return Optional.empty();
        }
    }

    synchronized void keep(List<MemberAddress> members) {
        String text = members.stream()
                .map(member -> member.name() + "?peer_port=" + member.peerPort())
                .collect(Collectors.joining(
                        "\n", "# What the address server said last. Written by the server.\n", "\n"));
        try {
            Files.writeString(fresh, text);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.warn("the member list can't be remembered for the next start: {}", e.toString());
        }
    }
}
