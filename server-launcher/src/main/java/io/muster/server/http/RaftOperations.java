package io.muster.server.http;

import io.muster.member.ClusterId;
import io.muster.member.Member;
import io.muster.member.NodeId;
import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Json;
import io.muster.naming.api.Param;
import io.muster.naming.api.Refusal;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import io.muster.naming.registry.AuditLog;
import io.muster.naming.registry.Caller;
import io.muster.raft.RaftStatus;
import io.muster.raft.engine.RaftEngine;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/**
 * {@code POST /v1/core/ops/raft}: what an operator has the Raft engine do. The command comes as a parameter, or in a JSON object as Nacos has it; {@code value}
 * names the nodes that it concerns. What can lose something asks for {@code confirm=true}.
 *
 * @param raft the engine
 * @param names of the members
 * @param audit gets a line for each command, with the group before and after
 */
public record RaftOperations(RaftEngine<?> raft, MemberNames names, AuditLog audit) {

    private static final String PATH = "/v1/core/ops/raft";
    private static final int COMMAND_CHARS_MAX = 64;

    private static final Param<String> COMMAND =
            Param.text("command", COMMAND_CHARS_MAX, "doSnapshot").required();
    private static final Param<String> VALUE = MemberNames.param("value");
    private static final Param<Boolean> CONFIRM = Param.flag("confirm");

    /** The commands, with what is lost or at stake where one must be confirmed. */
    private enum Command {
        SNAPSHOT("doSnapshot", ""),
        TRANSFER_LEADER("transferLeader", ""),
        ADD_MEMBER("addMember", ""),
        REMOVE_MEMBER("removeMember", ""),
        FOUND(
                "found",
                "whoever of the list belongs to a cluster already, or is founded by another, makes a second cluster"),
        JOIN("join", ""),
        APPLY_WISH("applyWish", "whoever is not listed leaves at once, be it half of the voters or more"),
        PAUSE_WISH("pauseWish", ""),
        RESUME_WISH("resumeWish", ""),
        RESET_MEMBERSHIP(
                "resetMembership",
                "what only the lost voters hold is lost, and if they come back, they are a second cluster");

        private final String word;
        private final String risk;

        Command(String word, String risk) {
            this.word = word;
            this.risk = risk;
        }

        static Command of(String word) {
            return Arrays.stream(values())
                    .filter(command -> command.word.equals(word))
                    .findFirst()
                    .orElseThrow(() -> Refusal.badRequest("Param 'command' must be one of "
                            + Arrays.stream(values())
                                    .map(command -> command.word)
                                    .collect(Collectors.joining(", "))
                            + ", current: " + Param.shown(word)));
        }
    }

    public List<Route> routes() {
        return List.of(
                Route.of(Verb.POST, PATH, List.of(COMMAND, VALUE, CONFIRM), "operates the Raft engine", this::run)
                        .always());
    }

    private CompletionStage<Answer> run(ApiRequest request) {
        Optional<JsonObject> body = object(request.bodyText());
        Command command = Command.of(text(body, "command").orElseGet(() -> request.get(COMMAND)));
        String value = text(body, "value").orElseGet(() -> request.get(VALUE, ""));
        boolean confirmed = request.get(CONFIRM, false);
        if (!command.risk.isEmpty() && !confirmed) {
            throw Refusal.badRequest("command " + command.word + " needs confirm=true, since " + command.risk);
        }
        return audit.audited(
                        new Caller("", request.remoteHost()),
                        "raft-" + command.word,
                        value.isEmpty() ? "group" : value,
                        confirmed ? "confirmed" : "",
                        this::standing,
                        () -> carryOut(command, value, confirmed))
                .thenApply(outcome -> Json.restResult(json -> json.writeString(outcome)));
    }

    /** The group in one line, as the audit shows it. */
    private String standing() {
        RaftStatus now = raft.status();
        return "cluster " + now.clusterId().map(ClusterId::toString).orElse("none") + ", term " + now.term()
                + ", leader " + now.leader().map(names::shown).orElse("none") + ", voters "
                + shown(now.voters()) + ", learners " + shown(now.learners())
                + (now.wishPaused() ? ", wish paused" : "") + ", snapshot " + now.snapshotIndex();
    }

    private List<String> shown(List<NodeId> nodes) {
        return nodes.stream().map(names::shown).toList();
    }

    private CompletionStage<String> carryOut(Command command, String value, boolean confirmed) {
        return switch (command) {
            case SNAPSHOT -> raft.snapshot().thenApply(done -> "snapshot taken");
            case TRANSFER_LEADER ->
                raft.transferLeader(value.isEmpty() ? Optional.empty() : Optional.of(names.node(value)));
            case ADD_MEMBER -> raft.addMember(names.node(given(value)));
            case REMOVE_MEMBER -> raft.removeMember(names.node(given(value)), confirmed);
            case FOUND -> raft.found(value.isEmpty() ? everyMember() : names.nodes(value));
            case JOIN -> value.isEmpty() ? raft.join(confirmed) : raft.join(cluster(value), confirmed);
            case APPLY_WISH -> raft.applyWish();
            case PAUSE_WISH -> raft.pauseWish();
            case RESUME_WISH -> raft.resumeWish();
            case RESET_MEMBERSHIP -> raft.resetMembership(names.nodes(given(value)));
        };
    }

    private static ClusterId cluster(String id) {
        try {
            return ClusterId.parse(id);
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest(
                    "Param 'value' must be a cluster id of 32 hex digits, current: " + Param.shown(id));
        }
    }

    private static String given(String value) {
        if (value.isEmpty()) {
            throw Refusal.badRequest("Param 'value' is required: the node, or the nodes with commas between them");
        }
        return value;
    }

    /** Whoever was met under a listed address. */
    private List<NodeId> everyMember() {
        return names.members().get().members().stream()
                .map(Member::nodeId)
                .flatMap(Optional::stream)
                .toList();
    }

    /** The body as an object, whatever its declared type: scripts for Nacos send JSON as curl sends it. */
    private static Optional<JsonObject> object(String body) {
        if (!body.stripLeading().startsWith("{")) {
            return Optional.empty();
        }
        try {
            return Optional.of(new JsonObject(body));
        } catch (DecodeException e) {
            throw Refusal.badRequest("the body is no JSON object");
        }
    }

    private static Optional<String> text(Optional<JsonObject> body, String field) {
        try {
            return body.map(object -> object.getString(field));
        } catch (ClassCastException e) {
            throw Refusal.badRequest("the body is no JSON object with a text '" + field + "'");
        }
    }
}
