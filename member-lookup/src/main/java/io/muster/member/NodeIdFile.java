package io.muster.member;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The file that keeps a node's id: two lines of text, {@code node <32 hex digits>} and {@code crc32c <8 hex digits>}, the latter over the
 * first line with its line end. It is written once in the life of a node; another node's replaces it where nothing else of this one is left.
 */
final class NodeIdFile {

    private static final String NAME = DataDirectory.NODE_ID_FILE;
    private static final String NEW_NAME = "node.id.new";
    private static final String ID_LABEL = "node ";
    private static final String CHECKSUM_LABEL = "crc32c ";

    private final Path directory;
    private final Path file;

    NodeIdFile(Path directory) {
        this.directory = directory;
        this.file = directory.resolve(NAME);
    }

    /** @return empty if the file was never written */
    Optional<NodeId> read() throws IOException, DataDirectoryException.Damaged {
        byte[] stored;
        try {
            stored = Files.readAllBytes(file);
        } catch (NoSuchFileException fresh) {
            return Optional.empty();
        }
        return Optional.of(parse(new String(stored, StandardCharsets.ISO_8859_1)));
    }

    /** Durable when it returns; a crash before leaves no file of this name. */
    void write(NodeId nodeId) throws IOException {
        Path newFile = directory.resolve(NEW_NAME);
        try (FileChannel channel = FileChannel.open(
                newFile, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(format(nodeId).getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(newFile, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    private NodeId parse(String stored) throws DataDirectoryException.Damaged {
        int lineEnd = stored.indexOf('\n');
        if (lineEnd < 0 || !stored.startsWith(ID_LABEL)) {
            throw new DataDirectoryException.Damaged(
                    file, "it has " + stored.length() + " bytes and does not begin with a line '" + ID_LABEL + "<id>'");
        }
        String idLine = stored.substring(0, lineEnd + 1);
        String expected = checksumLine(idLine);
        String found = stored.substring(lineEnd + 1);
        if (!found.equals(expected)) {
            throw new DataDirectoryException.Damaged(
                    file, "its checksum line is '" + found.strip() + "' and should be '" + expected.strip() + "'");
        }
        try {
            return NodeId.parse(idLine.substring(ID_LABEL.length(), lineEnd));
        } catch (IllegalArgumentException notAnId) {
            throw new DataDirectoryException.Damaged(file, "its checksum is right, and it holds no node id");
        }
    }

    private static String format(NodeId nodeId) {
        String idLine = ID_LABEL + nodeId + "\n";
        return idLine + checksumLine(idLine);
    }

    private static String checksumLine(String idLine) {
        CRC32C checksum = new CRC32C();
        checksum.update(idLine.getBytes(StandardCharsets.ISO_8859_1));
        return CHECKSUM_LABEL + HexFormat.of().toHexDigits((int) checksum.getValue()) + "\n";
    }
}
