package io.muster.naming.model;

import java.util.List;
import java.util.Optional;

/**
 * One switch of the cluster: how operators name it, what it is by default and which values it takes (nacos-v1-http.md
 * §5.1). Some are kept and shown for operators' scripts only: nothing here reads them, as nothing in Nacos does.
 */
public enum Switch {
    NAME("name", "", Type.FIXED_TEXT, "00-00---000-NACOS_SWITCH_DOMAIN-000---00-00"),
    MASTERS("masters", "masters", Type.LIST_OR_NULL, ""),
    AD_WEIGHT_MAP("adWeightMap", "", Type.FIXED_MAP, ""),
    /** How long a client that is pushed to may rely on its list. */
    PUSH_CACHE_MILLIS("defaultPushCacheMillis", "pushCacheMillis", Type.LONG, "10000", 10_000, Long.MAX_VALUE),
    /** The beat interval told to clients. Below the default time to UNHEALTHY, or they would flap. */
    CLIENT_BEAT_INTERVAL("clientBeatInterval", "clientBeatInterval", Type.LONG, "5000", 1_000, 14_999),
    /** How long a client that only polls may rely on its list. */
    CACHE_MILLIS("defaultCacheMillis", "defaultCacheMillis", Type.LONG, "3000", 1_000, Long.MAX_VALUE),
    DISTRO_THRESHOLD("distroThreshold", "distroThreshold", Type.POSITIVE_DOUBLE, "0.7"),
    /** Whether persistent instances are checked; nothing here stops the expiry of sessions. */
    HEALTH_CHECK("healthCheckEnabled", "check", Type.BOOLEAN, "true"),
    AUTO_CHANGE_HEALTH_CHECK("autoChangeHealthCheckEnabled", "autoChangeHealthCheckEnabled", Type.BOOLEAN, "true"),
    DISTRO("distroEnabled", "distro", Type.BOOLEAN, "true"),
    STANDALONE("enableStandalone", "enableStandalone", Type.BOOLEAN, "true"),
    /** UDP push on or off. */
    PUSH("pushEnabled", "pushEnabled", Type.BOOLEAN, "true"),
    /** As many of the last results flip the health of a persistent instance (decision 0033). */
    CHECK_TIMES("checkTimes", "healthCheckTimes", Type.LONG, "3", 1, 1_000),
    HTTP_HEALTH_PARAMS("httpHealthParams", "", Type.HEALTH_PARAMS, "5000,500,0.85"),
    TCP_HEALTH_PARAMS("tcpHealthParams", "", Type.HEALTH_PARAMS, "5000,1000,0.75"),
    MYSQL_HEALTH_PARAMS("mysqlHealthParams", "", Type.HEALTH_PARAMS, "3000,2000,0.65"),
    INCREMENTAL_LIST("incrementalList", "", Type.FIXED_LIST, ""),
    SERVER_STATUS_PERIOD_MILLIS(
            "serverStatusSynchronizationPeriodMillis",
            "serverStatusSynchronizationPeriodMillis",
            Type.LONG,
            "2000",
            1_000,
            Long.MAX_VALUE),
    SERVICE_STATUS_PERIOD_MILLIS(
            "serviceStatusSynchronizationPeriodMillis",
            "serviceStatusSynchronizationPeriodMillis",
            Type.LONG,
            "5000",
            5_000,
            Long.MAX_VALUE),
    DISABLE_ADD_IP("disableAddIP", "disableAddIP", Type.BOOLEAN, "false"),
    SEND_BEAT_ONLY("sendBeatOnly", "sendBeatOnly", Type.BOOLEAN, "false"),
    /** Whether clients may leave out what a beat repeats. */
    LIGHT_BEAT("lightBeatEnabled", "lightBeatEnabled", Type.BOOLEAN, "true"),
    /** URL prefixes that are answered with a fixed status. */
    LIMITED_URLS("limitedUrlMap", "limitedUrlMap", Type.CODES, ""),
    DISTRO_SERVER_EXPIRED_MILLIS(
            "distroServerExpiredMillis", "distroServerExpiredMillis", Type.LONG, "10000", 1, Long.MAX_VALUE),
    PUSH_GO_VERSION("pushGoVersion", "", Type.VERSION, "0.1.0"),
    PUSH_JAVA_VERSION("pushJavaVersion", "", Type.VERSION, "0.1.0"),
    PUSH_PYTHON_VERSION("pushPythonVersion", "", Type.VERSION, "0.4.3"),
    PUSH_C_VERSION("pushCVersion", "", Type.VERSION, "1.0.12"),
    PUSH_CSHARP_VERSION("pushCSharpVersion", "", Type.VERSION, "0.9.0"),
    AUTHENTICATION("enableAuthentication", "", Type.BOOLEAN, "false"),
    /** Stands in for the computed server status, so that an operator can take a node out or make it read-only. */
    SERVER_STATUS("overriddenServerStatus", "overriddenServerStatus", Type.STATUS_OR_NULL, ""),
    /** Which kind of instance a registration means that does not say. */
    DEFAULT_EPHEMERAL("defaultInstanceEphemeral", "defaultInstanceEphemeral", Type.BOOLEAN, "true"),
    /** Services that are checked even while {@link #HEALTH_CHECK} is off. */
    HEALTH_CHECK_WHITE_LIST("healthCheckWhiteList", "", Type.LIST, ""),
    CHECKSUM("checksum", "", Type.FIXED_NULL, "");

    /** What its values look like; {@link SwitchText} reads and shows each. */
    enum Type {
        FIXED_TEXT,
        FIXED_MAP,
        FIXED_LIST,
        FIXED_NULL,
        LIST,
        LIST_OR_NULL,
        LONG,
        POSITIVE_DOUBLE,
        BOOLEAN,
        VERSION,
        CODES,
        HEALTH_PARAMS,
        STATUS_OR_NULL
    }

    static final List<String> STATUSES = List.of("UP", "DOWN", "STARTING", "PAUSED", "WRITE_ONLY", "READ_ONLY");

    private final String field;
    private final String entry;
    private final Type type;
    private final String defaultText;
    private final long min;
    private final long max;

    Switch(String field, String entry, Type type, String defaultText) {
        this(field, entry, type, defaultText, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    Switch(String field, String entry, Type type, String defaultText, long min, long max) {
        this.field = field;
        this.entry = entry;
        this.type = type;
        this.defaultText = defaultText;
        this.min = min;
        this.max = max;
    }

    /** Its name where all switches are shown, and in a batch. */
    public String field() {
        return field;
    }

    Type type() {
        return type;
    }

    String defaultText() {
        return defaultText;
    }

    long min() {
        return min;
    }

    long max() {
        return max;
    }

    boolean isFixed() {
        return type == Type.FIXED_TEXT || type == Type.FIXED_MAP || type == Type.FIXED_LIST || type == Type.FIXED_NULL;
    }

    /** The switch that an operator's {@code entry} parameter means. */
    static Optional<Switch> ofEntry(String entry) {
        for (Switch one : values()) {
            if (!one.entry.isEmpty() && one.entry.equals(entry)) {
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }

    static Optional<Switch> ofField(String field) {
        for (Switch one : values()) {
            if (one.field.equals(field)) {
                return Optional.of(one);
            }
        }
        return Optional.empty();
    }
}
