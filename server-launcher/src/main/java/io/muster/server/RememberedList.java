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
 * The list in force among several members, kept in the data directory, so that a node which starts while the address server is away knows whom to ask for
 * data, and one whose list has lost half of its members meanwhile notices. Blocks. A list that can't be kept or read is told and done without: nothing but the
 * start depends on it.
 */
final class RememberedList {

    private static final Logger LOG = LoggerFactory.getLogger(RememberedList.class);

    private static final String NAME = "members.list";
    private static final String NEW_NAME = "members.list.new";

    /** Where builds before kept the list of an address server. */
    private static final String OLD_NAME = "address-server.list";

    private final Path file;
    private final Path fresh;
    private final Path old;

    /** @param directory locked by this process */
    RememberedList(Path directory) {
        file = directory.resolve(NAME);
        fresh = directory.resolve(NEW_NAME);
        old = directory.resolve(OLD_NAME);
    }

    /** Empty if there is none that can be read. */
    Optional<List<MemberAddress>> read() {
        Path found = Files.exists(file) ? file : old;
        if (!Files.exists(found)) {
            return Optional.empty();
        }
        try {
            return Optional.of(MemberFile.members(found));
        } catch (MemberListException e) {
            LOG.warn("the remembered member list is of no use: {}", e.getMessage());
            return Optional.empty();
        }
    }

    synchronized void keep(List<MemberAddress> members) {
        String text = members.stream()
                .map(member -> member.name() + "?peer_port=" + member.peerPort())
                .collect(Collectors.joining(
                        "\n", "# The members that were in force last. Written by the server.\n", "\n"));
        try {
            if (Files.exists(file) && Files.readString(file).equals(text)) {
                return;
            }
            Files.writeString(fresh, text);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            // An earlier build that comes back would go by it.
            Files.deleteIfExists(old);
        } catch (IOException e) {
            LOG.warn("the member list can't be remembered for the next start: {}", e.toString());
        }
    }

    @Override
    public String toString() {
        return file.toString();
    }

    /** The node stands alone: what it went by among others says nothing any more. */
    synchronized void forget() {
        try {
            Files.deleteIfExists(file);
            Files.deleteIfExists(old);
        } catch (IOException e) {
            LOG.warn("the member list that was in force before can't be removed: {}", e.toString());
        }
    }
}
