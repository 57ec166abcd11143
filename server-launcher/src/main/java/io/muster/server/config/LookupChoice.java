package io.muster.server.config;

import io.muster.member.lookup.LookupMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The lookup mode that a configuration comes down to (R63).
 *
 * @param mode never {@link LookupMode#AUTO}
 * @param reason why, for people
 */
public record LookupChoice(LookupMode mode, String reason) {

    public LookupChoice {
        if (mode == LookupMode.AUTO) {
            throw new IllegalArgumentException("auto is a wish, not a choice");
        }
    }

    /** {@code auto}: the standalone flag, else a member list, else a file that names anyone, else an address server, else standalone. */
    static LookupChoice of(ResolvedSettings settings) {
        LookupMode wanted = settings.get(Settings.LOOKUP_TYPE);
        if (wanted != LookupMode.AUTO) {
            return new LookupChoice(wanted, Settings.LOOKUP_TYPE.name() + " says so");
        }
        if (settings.get(Settings.NACOS_STANDALONE)) {
            return new LookupChoice(LookupMode.STANDALONE, Settings.NACOS_STANDALONE.name() + " is true");
        }
        int listed = settings.find(Settings.MEMBER_LIST).map(List::size).orElse(0);
        if (listed > 0) {
            return new LookupChoice(LookupMode.FILE, Settings.MEMBER_LIST.name() + " names " + members(listed));
        }
        Path file = settings.path(Settings.CLUSTER_CONF);
        long inFile = membersIn(file);
        if (inFile > 0) {
            return new LookupChoice(LookupMode.FILE, file + " names " + members(inFile));
        }
        Optional<String> addressServer =
                settings.find(Settings.ADDRESS_SERVER_URL).or(() -> settings.find(Settings.ADDRESS_SERVER_DOMAIN));
        return addressServer
                .map(server ->
                        new LookupChoice(LookupMode.ADDRESS_SERVER, "an address server is configured: " + server))
                .orElseGet(() -> new LookupChoice(LookupMode.STANDALONE, "no members are configured"));
    }

    private static String members(long count) {
        return count + (count == 1 ? " member" : " members");
    }

    /** Lines that are neither blank nor comments. */
    private static long membersIn(Path file) {
        if (!Files.isRegularFile(file)) {
            return 0;
        }
        try (var lines = Files.lines(file)) {
            return lines.map(line -> line.replaceFirst("#.*", "").strip())
                    .filter(line -> !line.isEmpty())
                    .count();
        } catch (IOException | UncheckedIOException e) {
            throw new ConfigException(Settings.CLUSTER_CONF.name() + " = " + file + " can't be read: " + e);
        }
    }
}
