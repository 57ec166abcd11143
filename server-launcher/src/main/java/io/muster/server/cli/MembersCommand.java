package io.muster.server.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code muster members}: who is a member, and what the asked server knows of each. */
@Command(name = "members", description = "Shows the members as this server sees them.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class MembersCommand extends AdminCommand {

    private static final double MICROS_PER_MILLI = 1_000;

    @Option(names = "--check", description = "end with exit code 1 if any member is not UP")
    private boolean check;

    @Override
    void run(AdminApi api, PrintWriter out) {
        JsonObject answer =
                (JsonObject) api.get("/v1/core/cluster/nodes", Map.of()).json();
        JsonArray members = answer.getJsonArray("data");
        if (json()) {
            out.println(members.encodePrettily());
        } else {
            out.print(table(members));
        }
        if (check) {
            requireAllUp(members);
        }
    }

    private static Table table(JsonArray members) {
        Table table = new Table(
                "MEMBER", "STATE", "SINCE", "LOADED", "LISTS US", "ROUND TRIP", "CLOCK SKEW", "NODE ID", "REASON");
        for (int i = 0; i < members.size(); i++) {
            JsonObject member = members.getJsonObject(i);
            JsonObject more = member.getJsonObject("extendInfo");
            table.row(
                    member.getValue("address"),
                    member.getValue("state"),
                    since(more.getLong("lastRefreshTime")),
                    yesOrNo(more.getBoolean("loaded")),
                    yesOrNo(more.getBoolean("listsUs")),
                    millis(more.getLong("roundTripMicros")),
                    skew(more.getLong("clockSkewMillis")),
                    more.getValue("nodeId"),
                    more.getValue("reason"));
        }
        return table;
    }

    private static void requireAllUp(JsonArray members) {
        List<String> others = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            JsonObject member = members.getJsonObject(i);
            if (!"UP".equals(member.getString("state"))) {
                others.add(member.getString("address") + " is " + member.getString("state"));
            }
        }
        if (!others.isEmpty()) {
            throw AdminException.refused(
                    others.size() + " of " + members.size() + " members are not UP: " + String.join(", ", others));
        }
    }

    private static String since(@Nullable Long wallMillis) {
        return wallMillis == null
                ? ""
                : Instant.ofEpochMilli(wallMillis)
                        .truncatedTo(ChronoUnit.SECONDS)
                        .toString();
    }

    private static String yesOrNo(@Nullable Boolean truth) {
        return truth == null ? "" : truth ? "yes" : "no";
    }

    private static String millis(@Nullable Long micros) {
        return micros == null ? "" : String.format(Locale.ROOT, "%.1f ms", micros / MICROS_PER_MILLI);
    }

    private static String skew(@Nullable Long millis) {
        return millis == null ? "" : String.format(Locale.ROOT, "%+d ms", millis);
    }
}
