package io.muster.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.muster.consistency.Readiness;
import io.muster.member.NodeId;
import io.muster.naming.api.Answer;
import io.muster.naming.api.Json;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import io.muster.raft.RaftPeer;
import io.muster.raft.RaftRole;
import io.muster.raft.RaftStatus;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * What the Raft engine shows of itself and of its peers under {@code /v1/ns/raft} (R25). What this node can't know of another is null.
 *
 * @param status of the engine
 * @param readiness of the engine
 * @param names of the members
 * @param services how many services the registry holds
 */
public record RaftRoutes(
        Supplier<RaftStatus> status, Supplier<Readiness> readiness, MemberNames names, IntSupplier services) {

    /** The groups of persistent keys that the registry listens to; all of them begin with the empty prefix. */
    private static final List<String> LISTENERS = List.of("");

    private static final String BASE = "/v1/ns/raft/";
    private static final String LEARNER = "LEARNER";
    private static final int UNAVAILABLE = 503;

    /** In the place of a time that is not known, or not running. */
    private static final long NONE_DUE = -1;

    public List<Route> routes() {
        return List.of(
                read("peer", "this node as a Raft peer", this::peer),
                read("leader", "who leads", this::leader),
                read("state", "the engine, its log, its peers", this::state),
                read("listeners", "what is listened to", this::listenersAnswer));
    }

    private static Route read(String name, String summary, Supplier<Answer> answer) {
        return Route.immediate(Verb.GET, BASE + name, List.of(), summary, request -> answer.get())
                .always();
    }

    private Answer peer() {
        RaftStatus now = status.get();
        return Json.object(json -> writeSelf(json, now));
    }

    /** The leader's own fields where this node leads; else what a follower knows of it, the indices as far as this node knows them. */
    private Answer leader() {
        RaftStatus now = status.get();
        if (now.leader().isEmpty()) {
            String none = "no leader is known";
            return Answer.text(UNAVAILABLE, now.reason().contains(none) ? now.reason() : none + ": " + now.reason());
        }
        return Json.object(json -> {
            json.writeObjectFieldStart("leader");
            if (now.role() == RaftRole.LEADER) {
                writeSelf(json, now);
            } else {
                writeLeader(json, now, now.leader().get());
            }
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
            writeText(json, "clusterId", now.clusterId());
            json.writeStringField("role", role(now));
            json.writeNumberField("term", now.term());
            writeText(json, "leader", now.leader());
            writeText(json, "leaderName", now.leader().flatMap(names::nameOf));
            json.writeNumberField("commitIndex", now.commitIndex());
            json.writeNumberField("appliedIndex", now.appliedIndex());
            json.writeNumberField("firstIndex", now.firstIndex());
            json.writeNumberField("lastIndex", now.lastIndex());
            json.writeNumberField("lastTerm", now.lastTerm());
            json.writeNumberField("snapshotIndex", now.snapshotIndex());
            json.writeStringField("digest", now.digest());
            json.writeNumberField("bytesOnDisk", now.bytesOnDisk());
            json.writeNumberField("setAsideBytes", now.setAsideBytes());
            writeMembership(json, now);
            json.writeArrayFieldStart("peers");
            writeSelfAsPeer(json, now);
            for (RaftPeer peer : now.peers()) {
                writePeer(json, now, peer);
            }
            json.writeEndArray();
        });
    }

    /** Who votes, how many of them may be lost, and what is about to change (R21). */
    private void writeMembership(JsonGenerator json, RaftStatus now) throws IOException {
        json.writeNumberField("voters", now.voters().size());
        json.writeNumberField("learners", now.learners().size());
        json.writeNumberField("lossesTolerated", now.lossesTolerated());
        json.writeNumberField("formatInForce", now.formatInForce());
        json.writeNumberField("formatMax", now.formatMax());
        json.writeStringField("formatHeldBackBy", now.formatHeldBackBy());
        writeText(json, "warning", warning(now));
        json.writeBooleanField("changing", now.changing());
        json.writeStringField("wish", now.wish());
        json.writeBooleanField("wishPaused", now.wishPaused());
    }

    private static Optional<String> warning(RaftStatus now) {
        return now.evenVoters()
                ? Optional.of(now.voters().size() + " voters tolerate " + now.lossesTolerated() + " losses, as many as "
                        + (now.voters().size() - 1) + " would: add one, or remove one")
                : Optional.empty();
    }

    private void writeSelfAsPeer(JsonGenerator json, RaftStatus now) throws IOException {
        json.writeStartObject();
        writeSelf(json, now);
        json.writeBooleanField("voter", now.voters().contains(now.nodeId()));
        json.writeNumberField("matchIndex", now.lastIndex());
        json.writeNumberField("lastContactMillis", 0);
        json.writeNumberField("formatMax", now.formatMax());
        json.writeEndObject();
    }

    private void writePeer(JsonGenerator json, RaftStatus now, RaftPeer peer) throws IOException {
        boolean known = peer.matchIndex() >= 0;
        json.writeStartObject();
        if (now.leader().filter(peer.nodeId()::equals).isPresent()) {
            writeLeader(json, now, peer.nodeId());
        } else {
            // Whoever answers a leader follows it.
            Optional<String> follows = known ? Optional.of(RaftRole.FOLLOWER.name()) : Optional.empty();
            writeIdentity(json, peer.nodeId(), peer.voter() ? follows : Optional.of(LEARNER));
            writeNumber(json, "term", known ? Optional.of(now.term()) : Optional.empty());
            writeText(json, "voteFor", Optional.empty());
            json.writeNumberField("leaderDueMs", NONE_DUE);
            json.writeNumberField("heartbeatDueMs", NONE_DUE);
            writeNumber(
                    json,
                    "commitIndex",
                    known ? Optional.of(Math.min(peer.matchIndex(), now.commitIndex())) : Optional.empty());
            writeNumber(json, "appliedIndex", Optional.empty());
        }
        json.writeBooleanField("voter", peer.voter());
        writeNumber(json, "matchIndex", known ? Optional.of(peer.matchIndex()) : Optional.empty());
        writeNumber(json, "lastContactMillis", known ? Optional.of(peer.lastContactMillis()) : Optional.empty());
        json.writeBooleanField("caughtUp", peer.caughtUp());
        writeNumber(json, "formatMax", peer.formatMax() == 0 ? Optional.empty() : Optional.of((long) peer.formatMax()));
        json.writeNumberField("failedVotes", peer.failedVotes());
        json.writeNumberField("failedBeats", peer.failedBeats());
        json.writeEndObject();
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

    private void writeSelf(JsonGenerator json, RaftStatus now) throws IOException {
        json.writeStringField("ip", names.members().get().self().address().name());
        json.writeStringField("nodeId", now.nodeId().toString());
        json.writeStringField("state", role(now));
        json.writeNumberField("term", now.term());
        writeText(json, "voteFor", now.votedFor());
        json.writeNumberField("leaderDueMs", now.electionDueMillis());
        json.writeNumberField("heartbeatDueMs", now.heartbeatDueMillis());
        json.writeNumberField("commitIndex", now.commitIndex());
        json.writeNumberField("appliedIndex", now.appliedIndex());
    }

    /** Another node that leads: it has voted for itself, and no election is due there. */
    private void writeLeader(JsonGenerator json, RaftStatus now, NodeId leader) throws IOException {
        writeIdentity(json, leader, Optional.of(RaftRole.LEADER.name()));
        json.writeNumberField("term", now.term());
        json.writeStringField("voteFor", leader.toString());
        json.writeNumberField("leaderDueMs", NONE_DUE);
        json.writeNumberField("heartbeatDueMs", NONE_DUE);
        json.writeNumberField("commitIndex", now.commitIndex());
        json.writeNumberField("appliedIndex", now.appliedIndex());
    }

    private void writeIdentity(JsonGenerator json, NodeId node, Optional<String> state) throws IOException {
        writeText(json, "ip", names.nameOf(node));
        json.writeStringField("nodeId", node.toString());
        writeText(json, "state", state);
    }

    private static String role(RaftStatus now) {
        return now.isLearner() ? LEARNER : now.role().name();
    }

    private static void writeText(JsonGenerator json, String field, Optional<?> value) throws IOException {
        if (value.isPresent()) {
            json.writeStringField(field, value.get().toString());
        } else {
            json.writeNullField(field);
        }
    }

    private static void writeNumber(JsonGenerator json, String field, Optional<Long> value) throws IOException {
        if (value.isPresent()) {
            json.writeNumberField(field, value.get());
        } else {
            json.writeNullField(field);
        }
    }
}
