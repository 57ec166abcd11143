package io.muster.naming.model;

import io.muster.consistency.FormatInForce;

/** How the server checks the persistent instances of a cluster (R72). */
public sealed interface HealthChecker {

    /** The word for it in Nacos' JSON. */
    Type type();

    /** The format that all members must read before this is stored (R32). */
    int formatNeeded();

    /** The kinds, for dispatch. */
    enum Type {
        TCP,
        HTTP,
        MYSQL,
        NONE
    }

    HealthChecker TCP = new Tcp();
    HealthChecker NONE = new None();

    /** Connecting is enough. */
    record Tcp() implements HealthChecker {
        @Override
        public Type type() {
            return Type.TCP;
        }

        @Override
        public int formatNeeded() {
            return FormatInForce.FIRST;
        }
    }

    /**
     * A GET that must answer. What stands here may have been stored by any version: whoever checks reads it by {@link RequestHeaders} and {@link
     * ResponseCodes}, and copes with what they refuse.
     *
     * @param headers {@code name:value}, several joined by '|'
     * @param expectedResponseCode the one that is good, unless {@code expectedResponseCodes} says more
     * @param expectedResponseCodes codes and ranges, as {@code 200-299,401}; empty for the one
     */
    record Http(String path, String headers, int expectedResponseCode, String expectedResponseCodes)
            implements HealthChecker {
        public Http {
            Limits.text("health checker path", path, Limits.TEXT_CHARS_MAX);
            Limits.text("health checker headers", headers, Limits.TEXT_CHARS_MAX);
            Limits.text("health checker codes", expectedResponseCodes, Limits.TEXT_CHARS_MAX);
        }

        public Http(String path, String headers, int expectedResponseCode) {
            this(path, headers, expectedResponseCode, "");
        }

        @Override
        public Type type() {
            return Type.HTTP;
        }

        @Override
        public int formatNeeded() {
            return expectedResponseCodes.isEmpty() ? FormatInForce.FIRST : FormatInForce.SECOND;
        }

        /** Without the headers' values, which may be credentials. */
        @Override
        public String toString() {
            String codes =
                    expectedResponseCodes.isEmpty() ? Integer.toString(expectedResponseCode) : expectedResponseCodes;
            return "Http[path=" + path + ", headers=" + RequestHeaders.names(headers) + ", codes=" + codes + "]";
        }
    }

    /**
     * A command that a MySQL server must carry out.
     *
     * @param allowPublicKeyRetrieval whether a server that asks for the password itself gets it, sealed with whatever key it shows: who may register
     *     an instance can then read the password
     */
    record Mysql(String user, String password, String command, boolean allowPublicKeyRetrieval)
            implements HealthChecker {

        public Mysql(String user, String password, String command) {
            this(user, password, command, false);
        }

        public Mysql {
            Limits.text("health checker user", user, Limits.TEXT_CHARS_MAX);
            Limits.text("health checker pwd", password, Limits.TEXT_CHARS_MAX);
            Limits.text("health checker cmd", command, Limits.TEXT_CHARS_MAX);
        }

        @Override
        public Type type() {
            return Type.MYSQL;
        }

        @Override
        public int formatNeeded() {
            return allowPublicKeyRetrieval ? FormatInForce.SECOND : FormatInForce.FIRST;
        }

        /** Without the password. */
        @Override
        public String toString() {
            return "Mysql[user=" + user + ", command=" + command
                    + (allowPublicKeyRetrieval ? ", allowPublicKeyRetrieval" : "") + "]";
        }
    }

    /** Health is what an admin says. */
    record None() implements HealthChecker {
        @Override
        public Type type() {
            return Type.NONE;
        }

        @Override
        public int formatNeeded() {
            return FormatInForce.FIRST;
        }
    }
}
