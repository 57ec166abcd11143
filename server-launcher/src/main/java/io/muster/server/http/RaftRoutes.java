package io.muster.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.muster.consistency.Readiness;
import io.muster.naming.api.Access;
import io.muster.naming.api.Answer;
import io.muster.naming.api.Json;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import io.muster.raft.RaftStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * What the Raft engine shows of itself under {@code /v1/ns/raft} (R25), and the doors for other members, which stay shut without a cluster
 * secret.
 *
 * @param status of the engine
 * @param readiness of the engine
 * @param memberName this node as lists name it, {@code host:port}
 * @param services how many services the registry holds
 */
public record RaftRoutes(
        Supplier<RaftStatus> status, Supplier<Readiness> readiness, String memberName, IntSupplier services) {

    /** The groups of persistent keys that the registry listens to; all of them begin with the empty prefix. */
    private static final List<String> LISTENERS = List.of("");

    private static final String BASE = "/v1/ns/raft/";
    private static final int UNAVAILABLE = 503;
    private static final int FORBIDDEN = 403;

    public List<Route> routes() {
        List<Route> routes = new ArrayList<>(List.of(
                read("peer", "this node as a Raft peer", this::peer),
                read("leader", "who leads", this::leader),
                read("state", "the engine, its log, its peers", this::state),
                read("listeners", "what is listened to", this::listenersAnswer)));
        for (String door : List.of("vote", "beat", "datum/commit")) {
            routes.add(forMembers(Verb.POST, door));
        }
        routes.add(forMembers(Verb.DELETE, "datum/commit"));
        return routes;
    }

    private static Route read(String name, String summary, Supplier<Answer> answer) {
        return Route.immediate(Verb.GET, BASE + name, List.of(), summary, request -> answer.get())
                .always();
    }

    private static Route forMembers(Verb verb, String name) {
        return Route.immediate(
                        verb,
                        BASE + name,
                        List.of(),
                        "for other members",
                        request -> Answer.text(FORBIDDEN, "members only, and no cluster secret is configured"))
                .access(Access.MEMBER)
                .always();
    }

    private Answer peer() {
        RaftStatus now = status.get();
        return Json.object(json -> writePeer(json, now));
    }

    private Answer leader() {
        RaftStatus now = status.get();
        if (now.leader().isEmpty()) {
            return Answer.text(UNAVAILABLE, "no leader is known: " + now.reason());
        }
        return Json.object(json -> {
            json.writeObjectFieldStart("leader");
            writePeer(json, now);
            json.writeEndObject();
        });
    }

    private Answer state() {
        RaftStatus now = status.get();
        return Json.object(json -> {
            json.writeStringField("state", now.state() == RaftStatus.State.UP ? "UP" : "DOWN");
            json.writeStringField("reason", now.reason());
            json.writeBooleanField("ready", readiness.get().ready());
            json.writeNumberField("services", services.getAsInt());
            json.writeStringField("nodeId", now.nodeId().toString());
            writeId(json, "clusterId", now.clusterId());
            json.writeStringField("role", now.role().name());
            json.writeNumberField("term", now.term());
            writeId(json, "leader", now.leader());
            json.writeNumberField("commitIndex", now.commitIndex());
            json.writeNumberField("appliedIndex", now.appliedIndex());
            json.writeNumberField("firstIndex", now.firstIndex());
            json.writeNumberField("lastIndex", now.lastIndex());
            json.writeNumberField("snapshotIndex", now.snapshotIndex());
            json.writeStringField("digest", now.digest());
            json.writeNumberField("bytesOnDisk", now.bytesOnDisk());
            json.writeArrayFieldStart("peers");
            json.writeStartObject();
            writePeer(json, now);
            json.writeNumberField("matchIndex", now.lastIndex());
            json.writeNumberField("lastContactMillis", 0);
            json.writeEndObject();
            json.writeEndArray();
        });
    }

    private Answer listenersAnswer() {
        return Json.object(json -> {
            json.writeArrayFieldStart("listeners");
            for (String listener : LISTENERS) {
                json.writeString(listener);
            }
            json.writeEndArray();
        });
    }

    private void writePeer(JsonGenerator json, RaftStatus now) throws IOException {
        json.writeStringField("ip", memberName);
        json.writeStringField("nodeId", now.nodeId().toString());
        json.writeStringField("state", now.role().name());
        json.writeNumberField("term", now.term());
        writeId(json, "voteFor", now.votedFor());
        json.writeNumberField("leaderDueMs", now.electionDueMillis());
        json.writeNumberField("heartbeatDueMs", now.heartbeatDueMillis());
        json.writeNumberField("commitIndex", now.commitIndex());
        json.writeNumberField("appliedIndex", now.appliedIndex());
    }

    /** A node id or cluster id, or null. */
    private static void writeId(JsonGenerator json, String field, Optional<?> id) throws IOException {
        if (id.isPresent()) {
            json.writeStringField(field, id.get().toString());
        } else {
            json.writeNullField(field);
        }
    }
}
