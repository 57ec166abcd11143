package io.muster.server.config;

import io.muster.consistency.FormatInForce;
import io.muster.member.MemberAddress;
import io.muster.member.lookup.LookupMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Every property of a server, as the operator interface lists them. {@code docs/configuration.md} shows the same list; a test compares
 * the two.
 */
public final class Settings {

    /** The least that the Raft engine takes: below this its table of recent requests would leave little for the data (X20). */
    private static final long DATA_DIRECTORY_BYTES_MIN = 16L << 20;

    /** An hour. */
    private static final int ADDRESS_SERVER_INTERVAL_MILLIS_MAX = 3_600_000;

    /** A day. The Raft engine counts milliseconds in ints, and doubles some. */
    private static final int RAFT_MILLIS_MAX = 86_400_000;

    static final Setting<String> HOST = Setting.of("server.host", Kind.HOST, "address to listen on")
            .byDefault("127.0.0.1")
            .option("--host");
    static final Setting<Integer> PORT = Setting.of("server.port", Kind.PORT, "port for clients")
            .byDefault("8848")
            .option("--port");
    static final Setting<Integer> PEER_PORT = Setting.of(
                    "server.peer-port",
                    Kind.PORT,
                    "port for members, on the same address; port - 1000 unless set; not opened in standalone mode")
            .option("--peer-port");
    static final Setting<MemberAddress> ADVERTISE = Setting.of(
                    "server.advertise", Kind.ADDRESS, "this node's member name; host:port of the listener unless set")
            .option("--advertise");
    static final Setting<Path> DATA_DIR = Setting.of("server.data-dir", Kind.PATH, "log, snapshots, lock")
            .byDefault("data")
            .option("--data-dir");
    static final Setting<Long> DATA_DIR_MAX_BYTES = Setting.of(
                    "server.data-dir-max-bytes",
                    Kind.bytes(DATA_DIRECTORY_BYTES_MIN),
                    "bound on the size of the data directory")
            .byDefault("1073741824");

    static final Setting<LookupMode> LOOKUP_TYPE = Setting.of(
                    "member.lookup.type", Kind.oneOf("MODE", LookupMode.class), "how this node finds its members")
            .byDefault("auto")
            .option("--lookup")
            .alias("nacos.core.member.lookup.type");
    static final Setting<Boolean> NACOS_STANDALONE = Setting.of(
                    "nacos.standalone",
                    Kind.SWITCH,
                    "whether lookup 'auto' means standalone whatever else is configured")
            .byDefault("false");
    static final Setting<Path> CLUSTER_CONF = Setting.of(
                    "member.lookup.file.path", Kind.PATH, "the member list of lookup 'file', one member a line")
            .byDefault("conf/cluster.conf")
            .option("--cluster-conf");
    static final Setting<List<String>> MEMBER_LIST = Setting.of(
                    "member.list", Kind.LIST, "members, separated by commas; lookup 'auto' takes it as a fixed file")
            .option("--members")
            .alias("nacos.member.list");
    static final Setting<String> ADDRESS_SERVER_URL = Setting.of(
                    "member.lookup.address-server.url",
                    Kind.TEXT,
                    "full URL of the member list of lookup 'address-server'")
            .option("--address-server");
    static final Setting<String> ADDRESS_SERVER_DOMAIN = Setting.of(
                    "member.lookup.address-server.domain",
                    Kind.HOST,
                    "host of the address server, in place of the full URL")
            .alias("address.server.domain");
    static final Setting<Integer> ADDRESS_SERVER_PORT = Setting.of(
                    "member.lookup.address-server.port", Kind.PORT, "port of the address server")
            .byDefault("8080")
            .alias("address.server.port");
    static final Setting<String> ADDRESS_SERVER_PATH = Setting.of(
                    "member.lookup.address-server.path", Kind.TEXT, "path of the member list on the address server")
            .byDefault("/nacos/serverlist")
            .alias("address.server.url");
    static final Setting<Duration> ADDRESS_SERVER_INTERVAL = Setting.of(
                    "member.lookup.address-server.interval-ms",
                    Kind.millis(100, ADDRESS_SERVER_INTERVAL_MILLIS_MAX),
                    "pause between two questions to the address server")
            .byDefault("5000");
    static final Setting<Integer> ADDRESS_SERVER_ILL_AFTER = Setting.of(
                    "member.lookup.address-server.ill-after",
                    Kind.count(1, Integer.MAX_VALUE),
                    "failures in a row after which the address server is shown as ill; nothing else depends on it")
            .byDefault("12")
            .alias("maxHealthCheckFailCount");
    static final Setting<Integer> NACOS_ADDRESS_SERVER_RETRY = Setting.of(
                    "nacos.core.address-server.retry",
                    Kind.count(0, Integer.MAX_VALUE),
                    "taken since Nacos knows it, and means nothing here: a start waits 10 s for the address server, however often it asks")
            .byDefault("5");
    static final Setting<String> CLUSTER_SECRET = Setting.of(
                    "cluster.secret", Kind.TEXT, "shared secret of the members")
            .option("--cluster-secret")
            .masked();

    static final Setting<Integer> FORMAT_MAX = Setting.of(
                    "cluster.format-max",
                    Kind.count(FormatInForce.FIRST, FormatInForce.NEWEST),
                    "the newest format that this node reads and announces; a later one is put in force once all members announce it")
            .byDefault(String.valueOf(FormatInForce.NEWEST));

    static final Setting<Duration> RAFT_HEARTBEAT = Setting.of(
                    "raft.heartbeat-ms", Kind.millis(10, RAFT_MILLIS_MAX), "pause between a leader's heartbeats")
            .byDefault("100");
    static final Setting<Duration> RAFT_ELECTION_TIMEOUT = Setting.of(
                    "raft.election-timeout-ms",
                    Kind.millis(50, RAFT_MILLIS_MAX),
                    "an election waits 1 to 2 times that without a leader")
            .byDefault("1000")
            .alias("nacos.core.protocol.raft.data.election_timeout_ms");
    static final Setting<Duration> RAFT_WRITE_TIMEOUT = Setting.of(
                    "raft.write-timeout-ms",
                    Kind.millis(100, RAFT_MILLIS_MAX),
                    "after that a persistent write's outcome is 'unknown'")
            .byDefault("5000");
    static final Setting<Integer> RAFT_SNAPSHOT_EVERY = Setting.of(
                    "raft.snapshot-every-entries", Kind.count(100, Integer.MAX_VALUE), "log entries between snapshots")
            .byDefault("100000");

    static final Setting<Duration> DISTRO_SYNC_DELAY = Setting.of(
                    "distro.sync-delay-ms",
                    Kind.millis(0, 60_000),
                    "changes are collected that long before they go to a member")
            .byDefault("20")
            .alias("nacos.core.protocol.distro.data.sync_delay_ms");
    static final Setting<Duration> DISTRO_VERIFY_INTERVAL = Setting.of(
                    "distro.verify-interval-ms",
                    Kind.millis(100, 3_600_000),
                    "pause between two comparisons of digests")
            .byDefault("5000")
            .alias("nacos.core.protocol.distro.data.verify_interval_ms");
    static final Setting<Duration> DISTRO_LOAD_WAIT = Setting.of(
                    "distro.load-wait-ms",
                    Kind.millis(0, 3_600_000),
                    "a node that finds nobody loaded serves after this; while a loaded member is there and does not"
                            + " answer, after three times this")
            .byDefault("10000");
    static final Setting<Duration> DISTRO_COLD_START_HOLD = Setting.of(
                    "distro.cold-start-hold-ms",
                    Kind.millis(0, 600_000),
                    "after a cold start lists are answered 'warming up' that long, rather than empty")
            .byDefault("15000");
    static final Setting<Duration> DISTRO_PASS_ON_TIMEOUT = Setting.of(
                    "distro.pass-on-timeout-ms",
                    Kind.millis(50, 60_000),
                    "a write that the responsible member did not take within that is applied at hand")
            .byDefault("500");

    static final Setting<Duration> PROBE_INTERVAL = Setting.of(
                    "member.probe-interval-ms", Kind.millis(10, 60_000), "pause between two probes of a member")
            .byDefault("1000");
    static final Setting<Integer> SUSPICIOUS_AFTER = Setting.of(
                    "member.suspicious-after", Kind.count(1, 999), "missed probes until a member is SUSPICIOUS")
            .byDefault("2");
    static final Setting<Integer> DOWN_AFTER = Setting.of(
                    "member.down-after",
                    Kind.count(2, 1000),
                    "missed probes until a member is DOWN, if others do not reach it either")
            .byDefault("5");

    static final Setting<Double> EXPIRY_GUARD_SHARE = Setting.of(
                    "naming.expiry-guard-share",
                    Kind.SHARE,
                    "if more than this share of the instances would expire at once, expiry waits and asks the members")
            .byDefault("0.3");
    static final Setting<Duration> EXPIRY_GUARD_MAX = Setting.of(
                    "naming.expiry-guard-max-ms", Kind.millis(0, 3_600_000), "but no longer than that")
            .byDefault("60000");
    static final Setting<Duration> LEASE_MAX = Setting.of(
                    "naming.lease-max-ms",
                    Kind.millis(1000, 86_400_000),
                    "heartbeat timeouts that clients ask for are cut to this")
            .byDefault("3600000");
    static final Setting<Duration> UNHEALTHY_AFTER = Setting.of(
                    "naming.unhealthy-after-ms",
                    Kind.millis(1000),
                    "an instance without heartbeat is unhealthy after that, unless it says otherwise")
            .byDefault("15000");
    static final Setting<Duration> REMOVE_AFTER = Setting.of(
                    "naming.remove-after-ms",
                    Kind.millis(1000),
                    "an instance without heartbeat is removed after that, unless it says otherwise")
            .byDefault("30000");
    static final Setting<Duration> PUSH_DELAY = Setting.of(
                    "naming.push-delay-ms",
                    Kind.millis(1, 10_000),
                    "changes of a service are collected that long before a push")
            .byDefault("50");
    static final Setting<Boolean> PUSH_TO_CLIENT_IP = Setting.of(
                    "naming.push-to-client-ip",
                    Kind.SWITCH,
                    "push to the address that a client names rather than to the one that it calls from; only behind proxies")
            .byDefault("false");

    static final Setting<Boolean> EMPTY_SERVICE_AUTO_CLEAN = Setting.of(
                    "naming.empty-service.auto-clean",
                    Kind.SWITCH,
                    "the leader clears away what is left of services that nobody declares; declared ones stay in any case")
            .byDefault("true")
            .alias("nacos.naming.empty-service.auto-clean");
    static final Setting<Duration> OVERLAY_MAX_AGE = Setting.of(
                    "naming.overlay-max-age-ms",
                    Kind.millis(0),
                    "what an operator laid over an ephemeral instance is kept that long after the instance went; 0 for ever")
            .byDefault("604800000");

    static final Setting<Integer> HEALTH_CHECKS_PER_SECOND = Setting.of(
                    "naming.health-checks-per-second",
                    Kind.count(1, 100_000),
                    "health checks of persistent instances that this node starts in a second, at most")
            .byDefault("2000");
    static final Setting<Duration> HEALTH_CHECK_TIMEOUT = Setting.of(
                    "naming.health-check-timeout-ms",
                    Kind.millis(50, 10_000),
                    "a TCP health check has failed after that; HTTP gets twice, MySQL four times as long")
            .byDefault("500");
    static final Setting<Duration> HEALTH_DELETE_AFTER = Setting.of(
                    "naming.health-delete-after-ms",
                    Kind.millis(0),
                    "a persistent instance that has been unhealthy that long is deleted; at least 60000, or 0 for never")
            .byDefault("0");

    static final Setting<LogFormat> LOG_FORMAT = Setting.of(
                    "log.format", Kind.oneOf("FORMAT", LogFormat.class), "form of the log on standard error")
            .byDefault("text")
            .option("--log-format");
    static final Setting<LogLevel> LOG_LEVEL = Setting.of(
                    "log.level", Kind.oneOf("LEVEL", LogLevel.class), "what is logged; can be changed while running")
            .byDefault("info")
            .option("--log-level");

    /** In the order of the operator interface. */
    public static final List<Setting<?>> ALL = List.of(
            HOST,
            PORT,
            PEER_PORT,
            ADVERTISE,
            DATA_DIR,
            DATA_DIR_MAX_BYTES,
            LOOKUP_TYPE,
            NACOS_STANDALONE,
            CLUSTER_CONF,
            MEMBER_LIST,
            ADDRESS_SERVER_URL,
            ADDRESS_SERVER_DOMAIN,
            ADDRESS_SERVER_PORT,
            ADDRESS_SERVER_PATH,
            ADDRESS_SERVER_INTERVAL,
            ADDRESS_SERVER_ILL_AFTER,
            NACOS_ADDRESS_SERVER_RETRY,
            CLUSTER_SECRET,
            FORMAT_MAX,
            RAFT_HEARTBEAT,
            RAFT_ELECTION_TIMEOUT,
            RAFT_WRITE_TIMEOUT,
            RAFT_SNAPSHOT_EVERY,
            DISTRO_SYNC_DELAY,
            DISTRO_VERIFY_INTERVAL,
            DISTRO_LOAD_WAIT,
            DISTRO_COLD_START_HOLD,
            DISTRO_PASS_ON_TIMEOUT,
            PROBE_INTERVAL,
            SUSPICIOUS_AFTER,
            DOWN_AFTER,
            EXPIRY_GUARD_SHARE,
            EXPIRY_GUARD_MAX,
            LEASE_MAX,
            UNHEALTHY_AFTER,
            REMOVE_AFTER,
            PUSH_DELAY,
            PUSH_TO_CLIENT_IP,
            EMPTY_SERVICE_AUTO_CLEAN,
            OVERLAY_MAX_AGE,
            HEALTH_CHECKS_PER_SECOND,
            HEALTH_CHECK_TIMEOUT,
            HEALTH_DELETE_AFTER,
            LOG_FORMAT,
            LOG_LEVEL);

    /** Where the environment wins over JVM properties, as in Nacos. */
    static final List<Setting<?>> ENVIRONMENT_ABOVE_JVM =
            List.of(ADDRESS_SERVER_DOMAIN, ADDRESS_SERVER_PORT, ADDRESS_SERVER_PATH);

    private Settings() {}

    /** The setting of this name or alias. */
    static Optional<Setting<?>> named(String property) {
        for (Setting<?> setting : ALL) {
            if (setting.name().equals(property) || setting.aliases().contains(property)) {
                return Optional.of(setting);
            }
        }
        return Optional.empty();
    }

    /** The setting of this short form, e.g. {@code --port}. */
    static Optional<Setting<?>> withOption(String option) {
        for (Setting<?> setting : ALL) {
            if (setting.shortForm().filter(option::equals).isPresent()) {
                return Optional.of(setting);
            }
        }
        return Optional.empty();
    }
}
