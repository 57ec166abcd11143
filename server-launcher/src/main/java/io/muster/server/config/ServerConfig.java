package io.muster.server.config;

import io.muster.member.MemberAddress;
import io.muster.member.lookup.LookupMode;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The configuration of one server: complete, checked, immutable.
 *
 * @param clusterSecret what members prove to each other; empty where none is configured
 */
public record ServerConfig(
        Listen listen,
        Data data,
        LookupChoice lookup,
        Optional<Secret> clusterSecret,
        Raft raft,
        Distro distro,
        Naming naming,
        Log log) {

    /**
     * Where clients reach the server.
     *
     * @param host address to listen on
     * @param port 0 for any free one
     * @param advertise this node's member name as configured; empty for host:port of the listener
     */
    public record Listen(String host, int port, Optional<MemberAddress> advertise) {}

    /**
     * @param directory log, snapshots, lock
     * @param bytesMax bound on its size (X20)
     */
    public record Data(Path directory, long bytesMax) {}

    /** Timing and bounds of the Raft engine. */
    public record Raft(Duration heartbeat, Duration electionTimeout, Duration writeTimeout, int snapshotEveryEntries) {}

    /** Timing of the Distro engine, with the expiry guard, which that engine carries out. */
    public record Distro(
            Duration syncDelay,
            Duration verifyInterval,
            Duration loadWait,
            Duration coldStartHold,
            Duration passOnTimeout,
            double expiryGuardShare,
            Duration expiryGuardMax) {}

    /**
     * Server-side defaults and bounds of the registry (X18).
     *
     * @param pushToClientIp whether pushes go to the address that a client names, rather than to the one that it calls from
     */
    public record Naming(
            Duration leaseMax,
            Duration unhealthyAfter,
            Duration removeAfter,
            Duration pushDelay,
            boolean pushToClientIp) {}

    /** Form and level of the log. */
    public record Log(LogFormat format, LogLevel level) {}

    /**
     * @throws ConfigException if anything is wrong, naming all of it
     */
    public static ServerConfig of(ResolvedSettings settings) {
        if (!settings.problems().isEmpty()) {
            throw new ConfigException(settings.problems());
        }
        List<String> problems = new ArrayList<>();
        checkRelations(settings, problems);
        LookupChoice lookup = LookupChoice.of(settings);
        if (lookup.mode() != LookupMode.STANDALONE) {
            checkClustered(settings, lookup, problems);
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return new ServerConfig(
                new Listen(settings.get(Settings.HOST), settings.get(Settings.PORT), settings.find(Settings.ADVERTISE)),
                new Data(settings.path(Settings.DATA_DIR), settings.get(Settings.DATA_DIR_MAX_BYTES)),
                lookup,
                settings.find(Settings.CLUSTER_SECRET).map(Secret::new),
                new Raft(
                        settings.get(Settings.RAFT_HEARTBEAT),
                        settings.get(Settings.RAFT_ELECTION_TIMEOUT),
                        settings.get(Settings.RAFT_WRITE_TIMEOUT),
                        settings.get(Settings.RAFT_SNAPSHOT_EVERY)),
                new Distro(
                        settings.get(Settings.DISTRO_SYNC_DELAY),
                        settings.get(Settings.DISTRO_VERIFY_INTERVAL),
                        settings.get(Settings.DISTRO_LOAD_WAIT),
                        settings.get(Settings.DISTRO_COLD_START_HOLD),
                        settings.get(Settings.DISTRO_PASS_ON_TIMEOUT),
                        settings.get(Settings.EXPIRY_GUARD_SHARE),
                        settings.get(Settings.EXPIRY_GUARD_MAX)),
                new Naming(
                        settings.get(Settings.LEASE_MAX),
                        settings.get(Settings.UNHEALTHY_AFTER),
                        settings.get(Settings.REMOVE_AFTER),
                        settings.get(Settings.PUSH_DELAY),
                        settings.get(Settings.PUSH_TO_CLIENT_IP)),
                new Log(settings.get(Settings.LOG_FORMAT), settings.get(Settings.LOG_LEVEL)));
    }

    /** What must hold between two settings. */
    private static void checkRelations(ResolvedSettings settings, List<String> problems) {
        Duration heartbeat = settings.get(Settings.RAFT_HEARTBEAT);
        Duration election = settings.get(Settings.RAFT_ELECTION_TIMEOUT);
        if (election.compareTo(heartbeat.multipliedBy(2)) < 0) {
            problems.add(relation(settings, Settings.RAFT_ELECTION_TIMEOUT, Settings.RAFT_HEARTBEAT)
                    + "must be at least twice, or a single lost heartbeat starts an election");
        }
        if (settings.get(Settings.DOWN_AFTER) < settings.get(Settings.SUSPICIOUS_AFTER)) {
            problems.add(relation(settings, Settings.DOWN_AFTER, Settings.SUSPICIOUS_AFTER)
                    + "must not be less: a member is SUSPICIOUS before it is DOWN");
        }
        for (Setting<Duration> lease : List.of(Settings.UNHEALTHY_AFTER, Settings.REMOVE_AFTER)) {
            if (settings.get(lease).compareTo(settings.get(Settings.LEASE_MAX)) > 0) {
                problems.add(relation(settings, lease, Settings.LEASE_MAX) + "must not be more: that is the bound");
            }
        }
    }

    private static String relation(ResolvedSettings settings, Setting<?> one, Setting<?> other) {
        return one.name() + " (" + settings.origin(one) + ") beside " + other.name() + " (" + settings.origin(other)
                + "): ";
    }

    private static void checkClustered(ResolvedSettings settings, LookupChoice lookup, List<String> problems) {
        String host = settings.get(Settings.HOST);
        if (settings.find(Settings.CLUSTER_SECRET).isEmpty() && !isLoopback(host)) {
            problems.add(Settings.CLUSTER_SECRET.name() + " is not set, and " + Settings.HOST.name() + " = " + host
                    + " (" + settings.origin(Settings.HOST)
                    + ") is not a loopback address: anybody there could pose as a member. Set the same secret on all members, by "
                    + Settings.CLUSTER_SECRET.environmentName() + " or in the configuration file");
        }
        problems.add("lookup mode '" + lookup.mode().configName() + "' (" + lookup.reason()
                + "): clustered modes come with a later version, this one runs standalone. To run this node alone, start it with"
                + " --lookup standalone");
    }

    /** Names that do not resolve count as not loopback: the stricter answer. */
    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
