package io.muster.server.config;

import io.muster.member.lookup.LookupMode;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * The operator's configuration file, as far as the operator has this program write it ({@code lookup switch --persist}): one property is set, every
 * other line stays as it is, and readers see the old file or the new one. Blocks.
 */
public record PropertiesFile(Path path) {

    /** A line that sets the lookup mode, under whichever name. */
    private static final Pattern LOOKUP_TYPE_LINE = Pattern.compile("\\s*("
            + Pattern.quote(Settings.LOOKUP_TYPE.name())
            + "|"
            + String.join(
                    "|",
                    Settings.LOOKUP_TYPE.aliases().stream().map(Pattern::quote).toList())
            + ")\\s*([=:\\s].*)?");

    private static final Pattern CONTINUED = Pattern.compile(".*(?<!\\\\)(\\\\\\\\)*\\\\");

    /**
     * Has the file say that the lookup mode is this one.
     *
     * @throws ConfigException if it can't be written, or is written in a way that this does not understand; it is then as it was
     */
    public void persist(LookupMode mode) {
        try {
            Path target = path.toRealPath();
            String after = saying(mode, target);
            Path fresh = target.resolveSibling(target.getFileName() + ".new");
            writeDurably(fresh, after);
            PosixFileAttributeView attributes = Files.getFileAttributeView(target, PosixFileAttributeView.class);
            if (attributes != null) {
                Files.setPosixFilePermissions(fresh, attributes.readAttributes().permissions());
            }
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new ConfigException("the configuration file " + path + " can't be written: " + e);
        }
    }

    /** A loss of power must not leave an empty file under the operator's name. */
    private static void writeDurably(Path file, String text) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    /**
     * Changes nothing.
     *
     * @throws ConfigException if {@link #persist} would, so far as can be told beforehand
     */
    public void requireTakes(LookupMode mode) {
        try {
            Path target = path.toRealPath();
            saying(mode, target);
            if (!Files.isWritable(target.resolveSibling("."))) {
                throw new IOException("its directory is not writable");
            }
        } catch (IOException e) {
            throw new ConfigException("the configuration file " + path + " can't be written: " + e.getMessage());
        }
    }

    /** What the file is to say. */
    private String saying(LookupMode mode, Path target) throws IOException {
        String before = Files.readString(target, StandardCharsets.UTF_8);
        String after = with(before, Settings.LOOKUP_TYPE.name() + "=" + mode.configName());
        requireSameOtherwise(before, after, mode);
        return after;
    }

    private static String with(String text, String property) {
        List<String> lines = new ArrayList<>();
        boolean set = false;
        boolean dropping = false;
        boolean continued = false;
        for (String line : text.lines().toList()) {
            boolean sets = !continued && LOOKUP_TYPE_LINE.matcher(line).matches();
            dropping = sets || (continued && dropping);
            if (sets && !set) {
                lines.add(property);
                set = true;
            } else if (!dropping) {
                lines.add(line);
            }
            continued = !(line.stripLeading().startsWith("#") && !continued)
                    && CONTINUED.matcher(line).matches();
        }
        if (!set) {
            lines.add(property);
        }
        return String.join("\n", lines) + "\n";
    }

    private void requireSameOtherwise(String before, String after, LookupMode mode) throws IOException {
        Properties expected = new Properties();
        expected.load(new StringReader(before));
        Settings.LOOKUP_TYPE.aliases().forEach(expected::remove);
        expected.setProperty(Settings.LOOKUP_TYPE.name(), mode.configName());
        Properties written = new Properties();
        written.load(new StringReader(after));
        if (!written.equals(expected)) {
            throw new ConfigException(
                    "the configuration file " + path + " is written in a way that is not understood here; set "
                            + Settings.LOOKUP_TYPE.name() + "=" + mode.configName() + " in it by hand");
        }
    }
}
