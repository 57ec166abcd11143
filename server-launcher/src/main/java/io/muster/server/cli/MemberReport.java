package io.muster.server.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What every member says of itself, asked one after the other, and how that fits together: who is ready, who lags, whose data differ. Digests of data
 * that changes differ for moments; those of persistent data are compared between members that have applied as much.
 */
final class MemberReport {

    private static final String UNREACHABLE = "unreachable";

    /**
     * One member.
     *
     * @param state as the asked server sees it
     * @param ready {@code yes}, {@code no} or that it could not be asked
     * @param raft what its Raft engine says; empty where it could not be asked
     * @param distro what its Distro engine says; empty where it could not be asked
     */
    private record Line(String address, String state, String ready, JsonObject raft, JsonObject distro) {}

    private final List<Line> lines = new ArrayList<>();

    private MemberReport() {}

    /**
     * Asks all that the server lists.
     *
     * @param asked the server that the command was given
     * @param self its own member name
     * @param to reaches another member by its name
     */
    static MemberReport of(AdminApi asked, String self, Function<String, AdminApi> to) {
        MemberReport report = new MemberReport();
        JsonArray members =
                ((JsonObject) asked.get("/v1/core/cluster/nodes", Map.of()).json()).getJsonArray("data");
        for (int i = 0; i < members.size(); i++) {
            JsonObject member = members.getJsonObject(i);
            String address = member.getString("address");
            report.lines.add(ask(address, member.getString("state"), address.equals(self) ? asked : to.apply(address)));
        }
        return report;
    }

    private static Line ask(String address, String state, AdminApi api) {
        try {
            String ready = api.get("/readyz", Map.of()).ok() ? "yes" : "no";
            JsonObject raft =
                    (JsonObject) api.get("/v1/ns/raft/state", Map.of()).json();
            JsonObject distro =
                    (JsonObject) api.get("/v1/ns/distro/status", Map.of()).json();
            return new Line(address, state, ready, raft, distro);
        } catch (AdminException e) {
            return new Line(address, state, UNREACHABLE, new JsonObject(), new JsonObject());
        }
    }

    Table table() {
        Table table = new Table(
                "MEMBER",
                "STATE",
                "READY",
                "ROLE",
                "TERM",
                "APPLIED",
                "LAG",
                "RAFT DIGEST",
                "RECORDS",
                "DISTRO DIGEST");
        for (Line line : lines) {
            table.row(
                    line.address(),
                    line.state(),
                    line.ready(),
                    shown(line.raft(), "role"),
                    shown(line.raft(), "term"),
                    shown(line.raft(), "appliedIndex"),
                    lag(line).map(String::valueOf).orElse(""),
                    raftDigest(line),
                    shown(line.distro(), "records"),
                    distroDigest(line));
        }
        return table;
    }

    JsonArray json() {
        JsonArray members = new JsonArray();
        for (Line line : lines) {
            members.add(new JsonObject()
                    .put("address", line.address())
                    .put("state", line.state())
                    .put("ready", line.ready())
                    .put("role", line.raft().getValue("role"))
                    .put("term", line.raft().getValue("term"))
                    .put("appliedIndex", line.raft().getValue("appliedIndex"))
                    .put("lag", lag(line).orElse(null))
                    .put("raftDigest", raftDigest(line))
                    .put("records", line.distro().getValue("records"))
                    .put("distroDigest", distroDigest(line)));
        }
        return members;
    }

    /** Members that are not ready, for a message. */
    List<String> unready() {
        return lines.stream()
                .filter(line -> !line.ready().equals("yes"))
                .map(line ->
                        line.address() + (line.ready().equals(UNREACHABLE) ? " can't be reached" : " is not ready"))
                .toList();
    }

    int count() {
        return lines.size();
    }

    private static String shown(JsonObject object, String field) {
        Object value = object.getValue(field);
        return value == null ? "" : value.toString();
    }

    /** Entries that somebody knows to be committed and this one has not applied. */
    private Optional<Long> lag(Line line) {
        Long applied = line.raft().getLong("appliedIndex");
        if (applied == null) {
            return Optional.empty();
        }
        long committed = lines.stream()
                .map(other -> other.raft().getLong("commitIndex"))
                .filter(Objects::nonNull)
                .mapToLong(Long::longValue)
                .max()
                .orElse(applied);
        return Optional.of(Math.max(0, committed - applied));
    }

    private String raftDigest(Line line) {
        Long applied = line.raft().getLong("appliedIndex");
        return compared(
                line.raft().getString("digest"),
                lines.stream()
                        .filter(other -> Objects.equals(other.raft().getLong("appliedIndex"), applied))
                        .map(other -> other.raft().getString("digest"))
                        .toList());
    }

    private String distroDigest(Line line) {
        return compared(
                line.distro().getString("digest"),
                lines.stream().map(other -> other.distro().getString("digest")).toList());
    }

    private static String compared(@Nullable String own, List<@Nullable String> all) {
        if (own == null) {
            return "";
        }
        return all.stream().filter(Objects::nonNull).allMatch(own::equals) ? "equal" : "differs";
    }
}
