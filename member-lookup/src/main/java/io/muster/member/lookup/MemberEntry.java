package io.muster.member.lookup;

import io.muster.member.MemberAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One entry of a member list: {@code host[:port][?key=value[&key=value…]]}. The host is a name, an IPv4 address or an IPv6 address in brackets;
 * letters are taken in lower case, as names go by that. Nobody is asked whether a name resolves: that may change at any time.
 *
 * @param ignored parts that mean something to Nacos and nothing here
 */
record MemberEntry(MemberAddress address, List<String> ignored) {

    /** Nacos' port for clients, and ours. */
    private static final int PORT_DEFAULT = 8848;

    private static final int PORT_MAX = 65_535;
    private static final int HOST_CHARS_MAX = 253;
    private static final String PEER_PORT = "peer_port";

    /** The addressing of Nacos' own protocol, and hints for balancing of which nothing came. */
    private static final Set<String> NACOS_KEYS = Set.of("raft_port", "site", "adweight", "weight");

    /** RFC 1123, with the underscores that container names have. */
    private static final Pattern NAME =
            Pattern.compile("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\\.?");

    private static final Pattern LOOKS_LIKE_IPV4 = Pattern.compile("[0-9.]+");
    private static final Pattern IPV4 =
            Pattern.compile("(25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}");
    private static final Pattern IPV6_LETTERS = Pattern.compile("[0-9a-f:.]+(%[\\w.-]+)?");

    /**
     * @param entry without blanks around it
     * @throws IllegalArgumentException if it can't be read; the message says why
     */
    static MemberEntry parse(String entry) {
        int question = entry.indexOf('?');
        String place = question < 0 ? entry : entry.substring(0, question);
        String extras = question < 0 ? "" : entry.substring(question + 1);
        int hostEnd = hostEnd(place);
        String host = host(place.substring(0, hostEnd));
        int port = hostEnd == place.length() ? PORT_DEFAULT : port("port", place.substring(hostEnd + 1));
        int peerPort = 0;
        List<String> ignored = new ArrayList<>();
        for (String extra : extras.isEmpty() ? new String[0] : extras.split("&", -1)) {
            int equals = extra.indexOf('=');
            String key = (equals < 0 ? extra : extra.substring(0, equals)).toLowerCase(Locale.ROOT);
            if (key.equals(PEER_PORT) && equals > 0) {
                peerPort = port(PEER_PORT, extra.substring(equals + 1));
            } else if (NACOS_KEYS.contains(key)) {
                ignored.add(extra);
            } else {
                throw new IllegalArgumentException(
                        "'" + extra + "' is not known; behind '?' stands " + PEER_PORT + "=N");
            }
        }
        return new MemberEntry(new MemberAddress(host, port, peerPort == 0 ? peerPortOf(port) : peerPort), ignored);
    }

    private static int peerPortOf(int port) {
        int byDefault = port + MemberAddress.PEER_PORT_OFFSET;
        if (byDefault < 1) {
            throw new IllegalArgumentException("port " + port + " leaves no port for members at port - "
                    + -MemberAddress.PEER_PORT_OFFSET + "; name it by ?" + PEER_PORT + "=N");
        }
        return byDefault;
    }

    /** Where the host ends: at the end, or at the colon before the port. */
    private static int hostEnd(String place) {
        if (place.startsWith("[")) {
            int bracket = place.indexOf(']');
            if (bracket < 0 || (bracket + 1 < place.length() && place.charAt(bracket + 1) != ':')) {
                throw new IllegalArgumentException("an IPv6 address is written [address]:port");
            }
            return bracket + 1;
        }
        int colon = place.indexOf(':');
        if (colon != place.lastIndexOf(':')) {
            throw new IllegalArgumentException("has several colons; an IPv6 address is written [address]:port");
        }
        return colon < 0 ? place.length() : colon;
    }

    private static String host(String written) {
        String host = written.toLowerCase(Locale.ROOT);
        boolean ipv6 = host.startsWith("[");
        String bare = ipv6 ? host.substring(1, host.length() - 1) : host;
        boolean good = bare.length() <= HOST_CHARS_MAX
                && (ipv6
                        ? isIpv6(bare)
                        : LOOKS_LIKE_IPV4.matcher(bare).matches()
                                ? IPV4.matcher(bare).matches()
                                : NAME.matcher(bare).matches());
        if (!good) {
            throw new IllegalArgumentException("'" + written + "' is neither a host name nor an IP address");
        }
        if (bare.equals("0.0.0.0") || bare.equals("::")) {
            throw new IllegalArgumentException("'" + written + "' stands for every address, and can't be dialled");
        }
        return bare;
    }

    /** Asks the JDK, which resolves nothing that has a colon. */
    private static boolean isIpv6(String bare) {
        if (bare.indexOf(':') < 0 || !IPV6_LETTERS.matcher(bare).matches()) {
            return false;
        }
        int zone = bare.indexOf('%');
        try {
            return InetAddress.getByName("[" + (zone < 0 ? bare : bare.substring(0, zone)) + "]") != null;
        } catch (UnknownHostException notAnAddress) {
            return false;
        }
    }

    private static int port(String what, String text) {
        boolean digits = !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int port = digits ? Integer.parseInt(text) : 0;
        if (port < 1 || port > PORT_MAX) {
            throw new IllegalArgumentException(
                    "the " + what + " must be a number from 1 to " + PORT_MAX + ", not '" + text + "'");
        }
        return port;
    }
}
