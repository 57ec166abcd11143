package io.muster.consistency;

/**
 * What a listener wants to hear of.
 *
 * @param mode keys of this mode only
 * @param groupPrefix groups that begin so; the empty string means all
 * @param exactGroup whether {@code groupPrefix} must be the whole group
 */
public record Interest(Mode mode, String groupPrefix, boolean exactGroup) {

    /** Every key of the mode. */
    public static Interest all(Mode mode) {
        return new Interest(mode, "", false);
    }

    /** The keys of one group. */
    public static Interest group(Mode mode, String group) {
        return new Interest(mode, group, true);
    }

    /** The keys of all groups that begin with the prefix. */
    public static Interest groupsWithPrefix(Mode mode, String prefix) {
        return new Interest(mode, prefix, false);
    }

    public boolean matches(Key key) {
        return key.mode() == mode
                && (exactGroup ? key.group().equals(groupPrefix) : key.group().startsWith(groupPrefix));
    }

    @Override
    public String toString() {
        return mode + ":" + groupPrefix + (exactGroup ? "" : "*");
    }
}
