package io.muster.member.lookup;

import io.muster.member.MemberAddress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * A file that names members ({@code cluster.conf}, R61), read once. The file is the operator's: it is never written. Blocks while it reads, so it is
 * not for an event loop.
 */
public final class MemberFile {

    /** Room for {@link MemberList#MEMBERS_MAX} members with long names and remarks; nobody's log file. */
    static final int FILE_BYTES_MAX = 1 << 20;

    private MemberFile() {}

    /**
     * What the file says now.
     *
     * @throws MemberListException if it can't be read at all
     */
    public static MemberList read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(FILE_BYTES_MAX + 1);
            if (bytes.length > FILE_BYTES_MAX) {
                throw unreadable(file, "it has more than " + FILE_BYTES_MAX + " bytes");
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            boolean marked = text.startsWith("\uFEFF"); // as editors on Windows begin a file
            return MemberList.ofText(marked ? text.substring(1) : text);
        } catch (NoSuchFileException e) {
            throw unreadable(file, "no such file");
        } catch (AccessDeniedException e) {
            throw unreadable(file, "no permission");
        } catch (CharacterCodingException e) {
            throw unreadable(file, "it is no UTF-8 text");
        } catch (IOException e) {
            throw unreadable(file, String.valueOf(e.getMessage()));
        }
    }

    private static MemberListException unreadable(Path file, String why) {
        return new MemberListException(List.of(source(file) + " can't be read: " + why));
    }

    static String source(Path file) {
        return "the member list " + file;
    }

    /** The file's members, if it is a good list. */
    public static List<MemberAddress> members(Path file) {
        return read(file).orThrow(source(file));
    }
}
