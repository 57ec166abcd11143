package io.muster.naming.model;

/**
 * Which texts may stand as the address of an instance. Whatever consists of digits and dots must be a dotted IPv4
 * address (Nacos up to 1.4.0 checked that, later ones check nothing); IPv6 stands in brackets, since a port follows;
 * all else must be a host name.
 */
final class HostNames {

    private static final String REFUSAL = "instance format invalid: Your IP address is spelled incorrectly";

    private HostNames() {}

    static void require(String host) {
        if (host.isEmpty() || host.length() > Limits.HOST_CHARS_MAX || !legal(host)) {
            throw new IllegalArgumentException(REFUSAL);
        }
    }

    private static boolean legal(String host) {
        if (host.charAt(0) == '[') {
            return isBracketedIpv6(host);
        }
        boolean numeric = true;
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            boolean digitOrDot = (c >= '0' && c <= '9') || c == '.';
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
            if (!digitOrDot && !letter) {
                return false;
            }
            numeric &= digitOrDot;
        }
        return numeric ? isIpv4(host, 0, host.length()) : isDotted(host);
    }

    /** Host name labels are not empty; a trailing dot is not taken, or one host would have two spellings. */
    private static boolean isDotted(String host) {
        return host.charAt(0) != '.' && host.charAt(host.length() - 1) != '.' && !host.contains("..");
    }

    static boolean isIpv4(String text, int from, int to) {
        int octets = 0;
        int at = from;
        while (at < to) {
            int value = 0;
            int start = at;
            while (at < to && text.charAt(at) != '.') {
                char c = text.charAt(at++);
                if (c < '0' || c > '9') {
                    return false;
                }
                value = value * 10 + (c - '0');
                if (at - start > 3) {
                    return false;
                }
            }
            boolean leadingZero = at - start > 1 && text.charAt(start) == '0';
            if (at == start || value > 255 || leadingZero) {
                return false;
            }
            octets++;
            if (at < to && ++at == to) {
                return false;
            }
        }
        return octets == 4;
    }

    /** Eight groups of up to four hex digits, one run of zero groups as "::", the last two perhaps as dotted IPv4. */
    private static boolean isBracketedIpv6(String host) {
        int end = host.length() - 1;
        if (host.charAt(end) != ']' || end < 3) {
            return false;
        }
        int groups = 0;
        boolean compressed = false;
        int at = 1;
        if (host.charAt(1) == ':') {
            if (host.charAt(2) != ':') {
                return false;
            }
            compressed = true;
            at = 3;
        }
        while (at < end) {
            int start = at;
            while (at < end && Character.digit(host.charAt(at), 16) >= 0 && host.charAt(at) < 128) {
                at++;
            }
            if (at < end && host.charAt(at) == '.') {
                groups += 2;
                return isIpv4(host, start, end) && (compressed ? groups < 8 : groups == 8);
            }
            if (at == start || at - start > 4) {
                return false;
            }
            groups++;
            if (at == end) {
                break;
            }
            if (host.charAt(at++) != ':') {
                return false;
            }
            if (at < end && host.charAt(at) == ':') {
                if (compressed) {
                    return false;
                }
                compressed = true;
                at++;
            } else if (at == end) {
                return false;
            }
        }
        return compressed ? groups < 8 : groups == 8;
    }
}
