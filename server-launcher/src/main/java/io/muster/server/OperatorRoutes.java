package io.muster.server;

import io.muster.consistency.Mode;
import io.muster.member.DataDirectory;
import io.muster.naming.api.Route;
import io.muster.server.config.LookupChoice;
import io.muster.server.config.ProductVersion;
import io.muster.server.http.ClusterRoutes;
import io.muster.server.http.DistroRoutes;
import io.muster.server.http.LogRoutes;
import io.muster.server.http.RaftOperations;
import io.muster.server.http.RaftRoutes;
import io.muster.server.log.ProcessLog;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.stream.Stream;

/** What the process adds to the client API for operators: the state of engines and members, and log levels. */
record OperatorRoutes(
        Engines engines, DataDirectory directory, LookupChoice lookup, ProductVersion version, IntSupplier services) {

    List<Route> routes() {
        RaftRoutes raft = new RaftRoutes(
                engines.raft()::status,
                () -> engines.raft().readiness(Mode.PERSISTENT),
                engines.roster().view().self().address().name(),
                services);
        return Stream.of(
                        raft.routes(),
                        new RaftOperations(engines.raft()::snapshot).routes(),
                        new DistroRoutes(engines.distro()::status).routes(),
                        new ClusterRoutes(engines.roster()::view, this::aboutSelf).routes(),
                        new LogRoutes(ProcessLog::level).routes())
                .flatMap(List::stream)
                .toList();
    }

    private Map<String, String> aboutSelf() {
        Map<String, String> about = new LinkedHashMap<>();
        about.put("version", version.text());
        about.put("lookup", lookup.mode().configName() + ": " + lookup.reason());
        about.put("runId", HexFormat.of().toHexDigits(directory.identity().runId()));
        engines.raft().status().clusterId().ifPresent(id -> about.put("clusterId", id.toString()));
        return about;
    }
}
