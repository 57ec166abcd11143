package io.muster.server.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.Map;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code muster raft join}. Members of different clusters do not talk to each other, so the command asks them which one they belong to. */
@Command(name = "join", description = "Has the asked server go to the cluster that the other listed members belong to.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class RaftJoinCommand extends RaftSteering {

    @Option(
            names = "--cluster",
            paramLabel = "ID",
            defaultValue = "",
            description = "the cluster, where the listed members can't be asked")
    private String cluster;

    @Option(
            names = "--of",
            paramLabel = "HOST:PORT",
            defaultValue = "",
            description = "the member whose cluster it is, where the listed members belong to different ones")
    private String member;

    @Option(
            names = {"--discard-local", "--confirm-discard-local"},
            description = "throw away the persistent data that this server holds as a member of another cluster")
    private boolean discardLocal;

    @Override
    void run(AdminApi api, PrintWriter out) {
        tell(api, out, "join", wanted(api), discardLocal);
    }

    private String wanted(AdminApi api) {
        if (member.isEmpty()) {
            return cluster.isEmpty() ? clusterOfOthers(api) : cluster;
        }
        if (!cluster.isEmpty()) {
            throw AdminException.usage("--of and --cluster say the same thing: give one of them");
        }
        String of = clusterOf(api.at("http://" + member));
        if (of.isEmpty()) {
            throw AdminException.refused(member + " does not answer, or belongs to no cluster yet");
        }
        return of;
    }

    /** Empty where nobody told: the server may know more. */
    private static String clusterOfOthers(AdminApi api) {
        JsonObject own = (JsonObject) api.get("/v1/ns/raft/state", Map.of()).json();
        JsonArray members =
                ((JsonObject) api.get("/v1/core/cluster/nodes", Map.of()).json()).getJsonArray("data");
        TreeSet<String> others = new TreeSet<>();
        for (int i = 0; i < members.size(); i++) {
            String id = clusterOf(api.at("http://" + members.getJsonObject(i).getString("address")));
            if (!id.isEmpty() && !id.equals(own.getString("clusterId"))) {
                others.add(id);
            }
        }
        if (others.size() > 1) {
            throw AdminException.refused(
                    "the listed members belong to different clusters: " + others + "; choose one by --of or --cluster");
        }
        return others.isEmpty() ? "" : others.first();
    }

    private static String clusterOf(AdminApi member) {
        try {
            String id = ((JsonObject) member.get("/v1/ns/raft/state", Map.of()).json()).getString("clusterId");
            return id == null ? "" : id;
        } catch (AdminException unreachable) {
            return "";
        }
    }
}
