package io.muster.naming.registry;

/**
 * Who asks for a change, for the audit (X21).
 *
 * @param user the authenticated name; empty when authentication is off
 * @param address of the connection's other end
 */
public record Caller(String user, String address) {

    /** The server itself. */
    public static final Caller SERVER = new Caller("", "");
}
