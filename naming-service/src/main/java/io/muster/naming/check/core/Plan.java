package io.muster.naming.check.core;

import io.muster.naming.model.HealthChecker;

/**
 * How a target is checked.
 *
 * @param checker not {@link HealthChecker#NONE}
 * @param host dotted IPv4, IPv6 in brackets, or a host name
 * @param port 1 or more
 */
public record Plan(HealthChecker checker, String host, int port) {
    public Plan {
        if (checker.type() == HealthChecker.Type.NONE || port < 1) {
            throw new IllegalArgumentException("nothing to check: " + checker + " of " + host + ":" + port);
        }
    }

    /** The host in the form that sockets take: without brackets. */
    public String address() {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    /** Whether the host is a name, which has to be resolved before anything is checked. */
    public boolean isNamed() {
        return host.indexOf(':') < 0 && !host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
    }

    public HealthChecker.Type type() {
        return checker.type();
    }
}
