package io.muster.naming.api;

/**
 * Who may call a route once authentication is on. A route that does not say is for admins (X24: closed unless it says
 * that it is open).
 */
public enum Access {
    /** Anyone: health, login, what tells a client that it is at the wrong door. */
    OPEN,
    /** Who may read the service or namespace in question. */
    READ,
    /** Who may write to it. */
    WRITE,
    ADMIN,
    /** Other members of the cluster, by proof of the cluster secret; never a person. */
    MEMBER
}
