package io.muster.naming.model;

/** How the server checks the persistent instances of a cluster (R72). */
public sealed interface HealthChecker {

    /** The word for it in Nacos' JSON. */
    Type type();

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
    }

    /**
     * A GET that must answer.
     *
     * @param headers {@code name:value}, several joined by '|'
     */
    record Http(String path, String headers, int expectedResponseCode) implements HealthChecker {
        public Http {
            Limits.text("health checker path", path, Limits.TEXT_CHARS_MAX);
            Limits.text("health checker headers", headers, Limits.TEXT_CHARS_MAX);
        }

        @Override
        public Type type() {
            return Type.HTTP;
        }
    }

    /** A command that a MySQL server must carry out. */
    record Mysql(String user, String password, String command) implements HealthChecker {
        public Mysql {
            Limits.text("health checker user", user, Limits.TEXT_CHARS_MAX);
            Limits.text("health checker pwd", password, Limits.TEXT_CHARS_MAX);
            Limits.text("health checker cmd", command, Limits.TEXT_CHARS_MAX);
        }

        @Override
        public Type type() {
            return Type.MYSQL;
        }

        /** Without the password. */
        @Override
        public String toString() {
            return "Mysql[user=" + user + ", command=" + command + "]";
        }
    }

    /** Health is what an admin says. */
    record None() implements HealthChecker {
        @Override
        public Type type() {
            return Type.NONE;
        }
    }
}
