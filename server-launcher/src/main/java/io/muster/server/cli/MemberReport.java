package io.muster.server.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What every member says of itself, all asked at once, and how that fits together: who is ready, who lags, whose data differ, whose source of members is ill. Digests
 * of data that changes differ for moments; those of persistent data are compared between members that have applied as much.
 */
final class MemberReport {

    private static final String UNREACHABLE = "unreachable";

    /** Nobody else was there to compare with, or nobody at the same index. */
    private static final String NOT_COMPARED = "not compared";

    /** Members that are asked at the same time. */
    private static final int ASKED_AT_ONCE_MAX = 32;

    /**
     * One member.
     *
     * @param state as the asked server sees it
     * @param ready {@code yes}, {@code no} or that it could not be asked
     * @param raft what its Raft engine says; empty where it could not be asked
     * @param distro what its Distro engine says; empty where it could not be asked
     * @param lookup how its lookup does; empty where it could not be asked
     * @param notes what it refused to say
     */
    private record Line(
            String address,
            String state,
            String ready,
            JsonObject raft,
            JsonObject distro,
            JsonObject lookup,
            List<String> notes) {}

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
        ExecutorService askers = Executors.newFixedThreadPool(ASKED_AT_ONCE_MAX, MemberReport::asker);
        try {
            List<CompletableFuture<Line>> answers = new ArrayList<>();
            for (int i = 0; i < members.size(); i++) {
                JsonObject member = members.getJsonObject(i);
                String address = member.getString("address");
                AdminApi api = address.equals(self) ? asked : to.apply(address);
                answers.add(CompletableFuture.supplyAsync(() -> ask(address, member.getString("state"), api), askers));
            }
            answers.forEach(answer -> report.lines.add(answer.join()));
        } finally {
            askers.shutdown();
        }
        return report;
    }

    private static Thread asker(Runnable task) {
        Thread thread = new Thread(task, "muster-status");
        thread.setDaemon(true);
        return thread;
    }

    private static Line ask(String address, String state, AdminApi api) {
        try {
            String ready = api.get("/readyz", Map.of()).ok() ? "yes" : "no";
            List<String> notes = new ArrayList<>();
            JsonObject raft = asked(api, "/v1/ns/raft/state", notes);
            JsonObject distro = asked(api, "/v1/ns/distro/status", notes);
            JsonObject lookup = asked(api, "/v1/core/cluster/lookup", notes).getJsonObject("data", new JsonObject());
            return new Line(address, state, ready, raft, distro, lookup, notes);
        } catch (AdminException e) {
            return new Line(
                    address, state, UNREACHABLE, new JsonObject(), new JsonObject(), new JsonObject(), List.of());
        }
    }

    /** Empty if it answers but says something else; it is there, and what it does say counts. */
    private static JsonObject asked(AdminApi api, String path, List<String> notes) {
        try {
            return (JsonObject) api.get(path, Map.of()).json();
        } catch (AdminException | ClassCastException e) {
            notes.add(path + ": " + e.getMessage());
            return new JsonObject();
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
                "DISTRO DIGEST",
                "LOOKUP");
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
                    distroDigest(line),
                    lookup(line));
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
                    .put("distroDigest", distroDigest(line))
                    .put("lookup", line.lookup().getValue("running"))
                    .put("lookupConfigured", line.lookup().getValue("configured"))
                    .put("lookupHealthy", line.lookup().getValue("healthy"))
                    .put("lookupProblem", line.lookup().getValue("problem")));
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

    /** What is wrong with members that may well be ready, one line each. */
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        for (Line line : lines) {
            line.notes().forEach(note -> notes.add(line.address() + " answers, but not " + note));
            String problem = shown(line.lookup(), "problem");
            if (!problem.isEmpty()) {
                notes.add(line.address() + ", its list of members: " + problem);
            }
        }
        return notes;
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

    /** The mode in force, and whether its source does well. */
    private static String lookup(Line line) {
        Boolean healthy = line.lookup().getBoolean("healthy");
        if (healthy == null) {
            return "";
        }
        boolean sound = healthy && shown(line.lookup(), "problem").isEmpty();
        return shown(line.lookup(), "running") + (sound ? "" : ", see below");
    }

    private String raftDigest(Line line) {
        Long applied = line.raft().getLong("appliedIndex");
        return compared(
                line.raft().getString("digest"),
                lines.stream()
                        .filter(other -> !other.equals(line))
                        .filter(other -> Objects.equals(other.raft().getLong("appliedIndex"), applied))
                        .map(other -> other.raft().getString("digest"))
                        .toList());
    }

    private String distroDigest(Line line) {
        return compared(
                line.distro().getString("digest"),
                lines.stream()
                        .filter(other -> !other.equals(line))
                        .map(other -> other.distro().getString("digest"))
                        .toList());
    }

    private static String compared(@Nullable String own, List<@Nullable String> others) {
        if (own == null) {
            return "";
        }
        List<String> known = others.stream().filter(Objects::nonNull).toList();
        if (known.isEmpty()) {
            return NOT_COMPARED;
        }
        return known.stream().allMatch(own::equals) ? "equal" : "differs";
    }
}
