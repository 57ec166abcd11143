package io.muster.server.config;

import io.muster.member.lookup.AddressServerLookup;
import io.muster.member.lookup.LookupMode;
import io.muster.member.lookup.MemberFile;
import io.muster.member.lookup.MemberList;
import io.muster.member.lookup.MemberListException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The lookup mode that a configuration comes down to (R63), and where its list stands.
 *
 * @param mode never {@link LookupMode#AUTO}
 * @param reason why, for people
 * @param fixed the list, where the configuration itself holds it
 * @param file the list's file, where one does
 * @param addressServer URL of the list, where an address server has it; empty in that mode if none is configured well
 * @param asking how an address server is asked
 */
public record LookupChoice(
        LookupMode mode,
        String reason,
        Optional<MemberList> fixed,
        Optional<Path> file,
        Optional<URI> addressServer,
        AddressServerLookup.Times asking) {

    private static final AddressServerLookup.Times DEFAULT_ASKING = AddressServerLookup.Times.DEFAULTS;

    public LookupChoice {
        if (mode == LookupMode.AUTO) {
            throw new IllegalArgumentException("auto is a wish, not a choice");
        }
    }

    static LookupChoice of(ResolvedSettings settings) {
        return of(settings, settings.get(Settings.LOOKUP_TYPE), Settings.LOOKUP_TYPE.name() + " says so");
    }

    /** The mode that an operator asks for by name, with the rest of the configuration as it is. */
    static LookupChoice asked(ResolvedSettings settings, LookupMode wanted) {
        return of(settings, wanted, "an operator switched to it");
    }

    private static LookupChoice of(ResolvedSettings settings, LookupMode wanted, String reason) {
        return switch (wanted) {
            case AUTO -> automatic(settings);
            case STANDALONE -> standalone(reason);
            case FILE -> file(settings, reason);
            case ADDRESS_SERVER -> addressServer(settings, reason);
        };
    }

    /** The standalone flag, else a member list, else a file that names anyone, else an address server, else standalone. */
    private static LookupChoice automatic(ResolvedSettings settings) {
        if (settings.get(Settings.NACOS_STANDALONE)) {
            return standalone(Settings.NACOS_STANDALONE.name() + " is true");
        }
        Optional<MemberList> listed = settings.find(Settings.MEMBER_LIST).map(MemberList::ofEntries);
        if (listed.isPresent()) {
            return fixed(listed.get(), Settings.MEMBER_LIST.name() + " names " + members(listed.get()));
        }
        Path file = settings.path(Settings.CLUSTER_CONF);
        Optional<MemberList> inFile =
                Optional.of(file).filter(LookupChoice::isThere).map(LookupChoice::read);
        if (inFile.filter(MemberList::namesAnyone).isPresent()) {
            return inFile(file, file + " names " + members(inFile.get()));
        }
        if (settings.find(Settings.ADDRESS_SERVER_URL).isPresent()
                || settings.find(Settings.ADDRESS_SERVER_DOMAIN).isPresent()) {
            return addressServer(settings, "an address server is configured");
        }
        boolean ownFile = !settings.isDefault(Settings.CLUSTER_CONF);
        return standalone(
                ownFile
                        ? file + (inFile.isPresent() ? " names nobody" : " does not exist")
                        : "no members are configured");
    }

    /** The mode that was asked for: the file if it is there, else the list of the configuration, as in Nacos. */
    private static LookupChoice file(ResolvedSettings settings, String reason) {
        Path file = settings.path(Settings.CLUSTER_CONF);
        Optional<MemberList> listed = settings.find(Settings.MEMBER_LIST).map(MemberList::ofEntries);
        return listed.isPresent() && !Files.exists(file)
                ? fixed(listed.get(), reason + ", and " + file + " does not exist")
                : inFile(file, reason);
    }

    private static LookupChoice standalone(String reason) {
        return new LookupChoice(
                LookupMode.STANDALONE, reason, Optional.empty(), Optional.empty(), Optional.empty(), DEFAULT_ASKING);
    }

    private static LookupChoice fixed(MemberList list, String reason) {
        return new LookupChoice(
                LookupMode.FILE, reason, Optional.of(list), Optional.empty(), Optional.empty(), DEFAULT_ASKING);
    }

    private static LookupChoice inFile(Path file, String reason) {
        return new LookupChoice(
                LookupMode.FILE, reason, Optional.empty(), Optional.of(file), Optional.empty(), DEFAULT_ASKING);
    }

    private static LookupChoice addressServer(ResolvedSettings settings, String reason) {
        Optional<URI> url = settings.find(Settings.ADDRESS_SERVER_URL)
                .or(() -> settings.find(Settings.ADDRESS_SERVER_DOMAIN).map(domain -> url(settings, domain)))
                .flatMap(LookupChoice::httpUrl);
        AddressServerLookup.Times asking = DEFAULT_ASKING.with(
                settings.get(Settings.ADDRESS_SERVER_INTERVAL), settings.get(Settings.ADDRESS_SERVER_ILL_AFTER));
        return new LookupChoice(LookupMode.ADDRESS_SERVER, reason, Optional.empty(), Optional.empty(), url, asking);
    }

    private static String url(ResolvedSettings settings, String domain) {
        String path = settings.get(Settings.ADDRESS_SERVER_PATH);
        return "http://" + (domain.indexOf(':') < 0 ? domain : "[" + domain + "]") + ":"
                + settings.get(Settings.ADDRESS_SERVER_PORT) + (path.startsWith("/") ? "" : "/") + path;
    }

    /** Empty if the text is no URL that can be asked. */
    private static Optional<URI> httpUrl(String text) {
        try {
            URI url = new URI(text);
            String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
            boolean http = scheme.equals("http") || scheme.equals("https");
            return http && url.getHost() != null ? Optional.of(url) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** What can't be looked at is not taken for absent: that would make a standalone server of a member. */
    private static boolean isThere(Path file) {
        try {
            return !Files.readAttributes(file, BasicFileAttributes.class).isDirectory();
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new ConfigException("the member list " + file + " can't be looked at: " + e);
        }
    }

    private static MemberList read(Path file) {
        try {
            return MemberFile.read(file);
        } catch (MemberListException e) {
            throw new ConfigException(e.problems());
        }
    }

    private static String members(MemberList list) {
        int count = list.members().size();
        return count + (count == 1 ? " member" : " members");
    }

    /** Whether there may be other members. */
    public boolean clustered() {
        return mode != LookupMode.STANDALONE;
    }

    /** Whether it finds the members in the same way as the other, whatever called for it. */
    public boolean sameAs(LookupChoice other) {
        return mode == other.mode
                && fixed.equals(other.fixed)
                && file.equals(other.file)
                && addressServer.equals(other.addressServer)
                && asking.equals(other.asking);
    }

    /** What is wrong with the list, one line each; empty if it is good, or is yet to be asked for. */
    List<String> problems() {
        if (mode == LookupMode.ADDRESS_SERVER && addressServer.isEmpty()) {
            return List.of("lookup mode '" + mode.configName() + "' (" + reason + ") needs a URL like "
                    + "http://registry.example:8080/nacos/serverlist: set " + Settings.ADDRESS_SERVER_URL.name()
                    + " (--address-server), or " + Settings.ADDRESS_SERVER_DOMAIN.name()
                    + " with port and path beside it");
        }
        try {
            fixed.ifPresent(list -> list.orThrow(Settings.MEMBER_LIST.name()));
            file.ifPresent(MemberFile::members);
            return List.of();
        } catch (MemberListException e) {
            return e.problems();
        }
    }

    /** Where a list of the configuration stands, for messages. */
    public static String nameOfFixedList() {
        return Settings.MEMBER_LIST.name();
    }
}
