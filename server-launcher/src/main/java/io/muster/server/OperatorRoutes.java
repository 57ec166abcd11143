package io.muster.server;

import io.muster.consistency.Mode;
import io.muster.member.DataDirectory;
import io.muster.member.NodeId;
import io.muster.naming.api.EventStreams;
import io.muster.naming.api.Route;
import io.muster.naming.api.v1.ServiceEventsApi;
import io.muster.naming.events.ServiceEvents;
import io.muster.naming.registry.AuditLog;
import io.muster.naming.wire.RegistryRecordCodec;
import io.muster.server.config.LookupChoice;
import io.muster.server.config.ProductVersion;
import io.muster.server.config.ServerConfig;
import io.muster.server.events.ClusterEvents;
import io.muster.server.http.ClusterRoutes;
import io.muster.server.http.CoreOperations;
import io.muster.server.http.DatumReload;
import io.muster.server.http.DatumTexts;
import io.muster.server.http.DistroDataRoutes;
import io.muster.server.http.DistroMemberRoutes;
import io.muster.server.http.DistroRoutes;
import io.muster.server.http.EventRoutes;
import io.muster.server.http.LogRoutes;
import io.muster.server.http.LookupRoutes;
import io.muster.server.http.MemberHttp;
import io.muster.server.http.MemberNames;
import io.muster.server.http.MemberProof;
import io.muster.server.http.RaftDatumRoutes;
import io.muster.server.http.RaftMemberRoutes;
import io.muster.server.http.RaftOperations;
import io.muster.server.http.RaftRoutes;
import io.muster.server.log.ProcessLog;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.stream.Stream;

/** What the process adds to the client API for operators: the state of engines and members, and log levels. */
record OperatorRoutes(
        Engines engines,
        DataDirectory directory,
        ServerConfig config,
        ProductVersion version,
        IntSupplier services,
        LookupControl lookup,
        ClusterEvents events,
        ServiceEvents serviceEvents,
        Optional<MemberProof> proof) {

    List<Route> routes() {
        MemberNames names = new MemberNames(engines.membership()::view);
        DatumTexts texts = new DatumTexts(new RegistryRecordCodec());
        AuditLog audit = new AuditLog();
        EventStreams streams = new EventStreams(directory.identity().runId());
        RaftRoutes raft = new RaftRoutes(
                engines.raft()::status,
                new RaftServes(() -> engines.raft().readiness(Mode.PERSISTENT), engines.raft()::status),
                names,
                services);
        return Stream.of(
                        raft.routes(),
                        new RaftDatumRoutes(engines.raft(), texts, audit).routes(),
                        new DatumReload(
                                        new LeaderCopies(
                                                engines.raft(), texts, names, new MemberHttp(engines.vertx(), proof)),
                                        audit)
                                .routes(),
                        new RaftMemberRoutes(engines.raft(), texts).routes(),
                        new RaftOperations(engines.raft(), names, audit).routes(),
                        new DistroRoutes(engines.distro()::status, names).routes(),
                        new DistroDataRoutes(engines.distro(), names).routes(),
                        new DistroMemberRoutes(engines.distro()).routes(),
                        new ClusterRoutes(engines.membership()::view, engines.membership()::figures, this::aboutSelf)
                                .routes(),
                        new LookupRoutes(engines.vertx(), lookup, audit).routes(),
                        new EventRoutes(events, streams).routes(),
                        new ServiceEventsApi(
                                        serviceEvents,
                                        streams,
                                        () -> engines.membership()
                                                .view()
                                                .self()
                                                .address()
                                                .name(),
                                        id -> names.nameOf(NodeId.parse(id)).orElse(id))
                                .routes(),
                        new LogRoutes(ProcessLog::exists, ProcessLog::level, ProcessLog::level, audit).routes(),
                        CoreOperations.routes())
                .flatMap(List::stream)
                .toList();
    }

    private Map<String, String> aboutSelf() {
        Map<String, String> about = new LinkedHashMap<>();
        about.put("version", version.text());
        LookupChoice choice = engines.membership().choice();
        about.put("lookup", choice.mode().configName() + ": " + choice.reason());
        if (choice.clustered()) {
            about.put(
                    "trust",
                    config.clusterSecret().isPresent()
                            ? "members prove the cluster secret"
                            : "no cluster secret is set: every local process is trusted");
        }
        about.put("runId", HexFormat.of().toHexDigits(directory.identity().runId()));
        engines.raft().status().clusterId().ifPresent(id -> about.put("clusterId", id.toString()));
        return about;
    }
}
