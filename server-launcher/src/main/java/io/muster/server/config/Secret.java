package io.muster.server.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A value that must not show in any output: {@link #toString} masks it. */
public record Secret(String value) {

    static final String MASK = "********";

    /** Compares in a time that does not depend on where the two differ. */
    public boolean matches(String other) {
        return MessageDigest.isEqual(value.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return MASK;
    }
}
