package io.muster.member.lookup;

import java.util.Arrays;
import java.util.stream.Collectors;

/** How members are found, as an operator names it ({@code member.lookup.type}). */
public enum LookupMode {
    /** Whichever of the others the rest of the configuration calls for. */
    AUTO("auto"),
    /** The node alone (R60). */
    STANDALONE("standalone"),
    /** A file with one member a line (R61). */
    FILE("file"),
    /** A list fetched by HTTP (R62). */
    ADDRESS_SERVER("address-server");

    private final String configName;

    LookupMode(String configName) {
        this.configName = configName;
    }

    /**
     * The mode of this name.
     *
     * @throws IllegalArgumentException for any other name; the message lists the known ones
     */
    public static LookupMode parse(String name) {
        return Arrays.stream(values())
                .filter(mode -> mode.configName.equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("unknown lookup mode '" + name + "'; known are " + knownNames()));
    }

    /** As it stands in configuration files and in status. */
    public String configName() {
        return configName;
    }

    private static String knownNames() {
        return Arrays.stream(values()).map(LookupMode::configName).collect(Collectors.joining(", "));
    }
}
