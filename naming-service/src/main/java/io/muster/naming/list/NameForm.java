package io.muster.naming.list;

/** How a list names its service in {@code dom} and in each host; {@code name} is always grouped. */
public enum NameForm {
    /** {@code group@@name}: Java clients from 1.0.0 on. */
    GROUPED,
    /** {@code name}: all other clients. */
    BARE
}
