package io.muster.server.config;

import io.muster.member.MemberAddress;
import io.muster.member.lookup.LookupMode;
import io.muster.naming.check.CheckConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The configuration of one server: complete, checked, immutable.
 *
 * @param clusterSecret what members prove to each other; empty where none is configured
 * @param formatMax the newest format that this node reads and announces (R32)
 */
public record ServerConfig(
        Listen listen,
        Data data,
        LookupChoice lookup,
        Optional<Secret> clusterSecret,
        int formatMax,
        Probing probing,
        Raft raft,
        Distro distro,
        Naming naming,
        Log log) {

    /**
     * Where clients reach the server.
     *
     * @param host address to listen on
     * @param port 0 for any free one
     * @param peerPort for members; empty for port - 1000, 0 for any free one
     * @param advertise this node's member name as configured; empty for host:port of the listener
     */
    public record Listen(String host, int port, Optional<Integer> peerPort, Optional<MemberAddress> advertise) {

        /** Whether only processes of this machine reach the server. Names that do not resolve count as not loopback: the stricter answer. */
        public boolean onLoopback() {
            try {
                return InetAddress.getByName(host).isLoopbackAddress();
            } catch (UnknownHostException e) {
                return false;
            }
        }
    }

    /**
     * @param directory log, snapshots, lock
     * @param bytesMax bound on its size (X20)
     */
    public record Data(Path directory, long bytesMax) {}

    /**
     * How members find out which of them are alive.
     *
     * @param interval between two probes of a member
     * @param suspiciousAfter missed probes until it is SUSPICIOUS
     * @param downAfter missed probes until it is DOWN
     */
    public record Probing(Duration interval, int suspiciousAfter, int downAfter) {}

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
            boolean pushToClientIp,
            Cleaning cleaning,
            Checks checks) {}

    /**
     * What the leader clears away.
     *
     * @param emptyServices whether what is left of services that nobody declares
     * @param overlayMaxAge how long what operators said of an instance is kept after it went; 0 for ever
     */
    public record Cleaning(boolean emptyServices, Duration overlayMaxAge) {}

    /**
     * Health checks of persistent instances.
     *
     * @param perSecondMax that one node starts
     * @param timeout of a TCP check, from which the others' follow
     * @param deleteAfter how long an instance may be unhealthy; 0 for ever
     */
    public record Checks(int perSecondMax, Duration timeout, Duration deleteAfter) {}

    /** Form and level of the log. */
    public record Log(LogFormat format, LogLevel level) {}

    /**
     * @throws ConfigException if anything is wrong, naming all of it
     */
    public static ServerConfig of(ResolvedSettings settings) {
        return of(settings, LookupChoice::of);
    }

    /**
     * The same with the lookup mode that an operator asks for by name.
     *
     * @throws ConfigException if anything is wrong, naming all of it
     */
    static ServerConfig of(ResolvedSettings settings, LookupMode asked) {
        return of(settings, given -> LookupChoice.asked(given, asked));
    }

    private static ServerConfig of(ResolvedSettings settings, Function<ResolvedSettings, LookupChoice> choice) {
        if (!settings.problems().isEmpty()) {
            throw new ConfigException(settings.problems());
        }
        List<String> problems = new ArrayList<>();
        checkRelations(settings, problems);
        Listen listen = new Listen(
                settings.get(Settings.HOST),
                settings.get(Settings.PORT),
                settings.find(Settings.PEER_PORT),
                settings.find(Settings.ADVERTISE));
        LookupChoice lookup = choice.apply(settings);
        if (lookup.clustered()) {
            checkClustered(settings, listen, lookup, problems);
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return new ServerConfig(
                listen,
                new Data(settings.path(Settings.DATA_DIR), settings.get(Settings.DATA_DIR_MAX_BYTES)),
                lookup,
                settings.find(Settings.CLUSTER_SECRET).map(Secret::new),
                settings.get(Settings.FORMAT_MAX),
                new Probing(
                        settings.get(Settings.PROBE_INTERVAL),
                        settings.get(Settings.SUSPICIOUS_AFTER),
                        settings.get(Settings.DOWN_AFTER)),
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
                        settings.get(Settings.PUSH_TO_CLIENT_IP),
                        new Cleaning(
                                settings.get(Settings.EMPTY_SERVICE_AUTO_CLEAN),
                                settings.get(Settings.OVERLAY_MAX_AGE)),
                        new Checks(
                                settings.get(Settings.HEALTH_CHECKS_PER_SECOND),
                                settings.get(Settings.HEALTH_CHECK_TIMEOUT),
                                settings.get(Settings.HEALTH_DELETE_AFTER))),
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
        if (settings.get(Settings.DOWN_AFTER) <= settings.get(Settings.SUSPICIOUS_AFTER)) {
            problems.add(relation(settings, Settings.DOWN_AFTER, Settings.SUSPICIOUS_AFTER)
                    + "must be more: a member is SUSPICIOUS, and others are asked, before it is DOWN");
        }
        Duration deleteAfter = settings.get(Settings.HEALTH_DELETE_AFTER);
        if (!deleteAfter.isZero() && deleteAfter.toMillis() < CheckConfig.DELETE_AFTER_MILLIS_MIN) {
            problems.add(Settings.HEALTH_DELETE_AFTER.name() + " = " + deleteAfter.toMillis() + " ("
                    + settings.origin(Settings.HEALTH_DELETE_AFTER) + "): takes 0 for never, or at least "
                    + CheckConfig.DELETE_AFTER_MILLIS_MIN + ", or a restart would delete what it makes unhealthy");
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

    private static void checkClustered(
            ResolvedSettings settings, Listen listen, LookupChoice lookup, List<String> problems) {
        if (settings.find(Settings.CLUSTER_SECRET).isEmpty() && !listen.onLoopback()) {
            problems.add(Settings.CLUSTER_SECRET.name() + " is not set, and " + Settings.HOST.name() + " = "
                    + listen.host() + " (" + settings.origin(Settings.HOST)
                    + ") is not a loopback address: anybody there could pose as a member. Set the same secret on all members, by "
                    + Settings.CLUSTER_SECRET.environmentName() + " or in the configuration file");
        }
        problems.addAll(lookup.problems());
        checkPeerPort(settings, listen, problems);
    }

    private static void checkPeerPort(ResolvedSettings settings, Listen listen, List<String> problems) {
        int port = listen.port();
        if (listen.peerPort().isEmpty() && port > 0 && port + MemberAddress.PEER_PORT_OFFSET < 1) {
            problems.add(Settings.PORT.name() + " = " + port + " (" + settings.origin(Settings.PORT)
                    + ") leaves no port for members at port - " + -MemberAddress.PEER_PORT_OFFSET + ": set "
                    + Settings.PEER_PORT.name());
        }
        if (port > 0 && listen.peerPort().filter(peerPort -> peerPort == port).isPresent()) {
            problems.add(relation(settings, Settings.PEER_PORT, Settings.PORT)
                    + "must differ: clients and members have a port each");
        }
    }
}
