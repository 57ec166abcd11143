package io.muster.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.muster.member.lookup.LookupMode;
import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Json;
import io.muster.naming.api.Param;
import io.muster.naming.api.Refusal;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import io.muster.naming.registry.AuditLog;
import io.muster.naming.registry.Caller;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;

/**
 * The lookup by HTTP (R63): {@code GET /v1/core/cluster/lookup} shows it, {@code POST …/switch/lookup} is the switch of Nacos, {@code POST …/lookup/reload}
 * has the configuration read again, {@code POST …/lookup/confirm} takes a list that is held back. Done by workers, since files are read.
 */
public record LookupRoutes(Vertx vertx, LookupOperations lookup, AuditLog audit) {

    private static final String BASE = "/v1/core/cluster/";
    private static final int NAME_CHARS_MAX = 64;
    private static final int LIST_CHARS_MAX = 65_536;
    private static final int CONFLICT = 409;

    private static final Param<LookupMode> TYPE =
            Param.text("type", NAME_CHARS_MAX, "file", LookupRoutes::mode).required();
    private static final Param<Boolean> DRY_RUN = Param.flag("dryRun");
    private static final Param<Boolean> PERSIST = Param.flag("persist");
    private static final Param<Boolean> CONFIRM = Param.flag("confirm");
    private static final Param<List<String>> MEMBERS = Param.text(
                    "members", LIST_CHARS_MAX, "10.0.0.1:8848,10.0.0.2:8848", LookupRoutes::names)
            .required();

    public List<Route> routes() {
        return List.of(
                Route.of(Verb.GET, BASE + "lookup", List.of(), "how the members are found", request -> show())
                        .always(),
                Route.of(
                                Verb.POST,
                                BASE + "switch/lookup",
                                List.of(TYPE, DRY_RUN, PERSIST, CONFIRM),
                                "finds the members in another way",
                                this::change)
                        .always(),
                Route.of(
                                Verb.POST,
                                BASE + "lookup/reload",
                                List.of(),
                                "reads the configuration of the lookup again",
                                request -> outcome(request, "lookup-reload", "", lookup::reload))
                        .always(),
                Route.of(
                                Verb.POST,
                                BASE + "lookup/confirm",
                                List.of(MEMBERS),
                                "takes the list of members that is held back",
                                this::confirm)
                        .always());
    }

    private CompletionStage<Answer> confirm(ApiRequest request) {
        List<String> members = request.get(MEMBERS);
        return outcome(request, "lookup-confirm", String.join(",", members), () -> lookup.confirm(members));
    }

    private static List<String> names(String list) {
        return Pattern.compile(",")
                .splitAsStream(list)
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    private static LookupMode mode(String name) {
        try {
            LookupMode mode = LookupMode.parse(name);
            if (mode != LookupMode.AUTO) {
                return mode;
            }
        } catch (IllegalArgumentException unknown) {
            // Told below, in the words of Nacos.
        }
        throw Refusal.badRequest("The addressing mode exists : " + Param.shown(name)
                + ", just support : [[file, address-server, standalone]]");
    }

    private CompletionStage<Answer> change(ApiRequest request) {
        LookupMode mode = request.get(TYPE);
        boolean dryRun = request.get(DRY_RUN, false);
        boolean persist = request.get(PERSIST, false);
        boolean confirmed = request.get(CONFIRM, false);
        Callable<CompletionStage<LookupOperations.Outcome>> command =
                () -> lookup.switchTo(mode, dryRun, persist, confirmed);
        return dryRun
                ? answered(carriedOut(command))
                : outcome(request, "lookup-switch", mode.configName() + (persist ? ", for good" : ""), command);
    }

    private CompletionStage<Answer> show() {
        return vertx.executeBlocking(lookup::show)
                .map(shown -> Json.restResult(json -> write(json, shown)))
                .toCompletionStage();
    }

    private CompletionStage<Answer> outcome(
            ApiRequest request,
            String action,
            String detail,
            Callable<CompletionStage<LookupOperations.Outcome>> command) {
        return answered(audit.audited(
                new Caller("", request.remoteHost()),
                action,
                "lookup",
                detail,
                lookup::standing,
                () -> carriedOut(command)));
    }

    private CompletionStage<LookupOperations.Outcome> carriedOut(
            Callable<CompletionStage<LookupOperations.Outcome>> command) {
        return vertx.executeBlocking(command)
                .compose(Future::fromCompletionStage)
                .toCompletionStage();
    }

    private static CompletionStage<Answer> answered(CompletionStage<LookupOperations.Outcome> outcome) {
        return outcome.handle((done, refused) ->
                refused == null ? Json.restResult(json -> write(json, done)) : Answer.text(CONFLICT, text(refused)));
    }

    private static String text(Throwable refused) {
        Throwable cause =
                refused instanceof CompletionException && refused.getCause() != null ? refused.getCause() : refused;
        return "refused, and all is as it was: " + cause.getMessage();
    }

    private static void write(JsonGenerator json, LookupOperations.Shown shown) throws IOException {
        json.writeStartObject();
        json.writeStringField("configured", shown.configured());
        json.writeStringField("running", shown.running());
        json.writeStringField("reason", shown.reason());
        json.writeStringField("source", shown.source());
        json.writeBooleanField("healthy", shown.healthy());
        json.writeNumberField("failuresInARow", shown.failuresInARow());
        json.writeStringField("problem", shown.problem());
        write(json, "members", shown.members());
        write(json, "heldBack", shown.heldBack());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, LookupOperations.Outcome outcome) throws IOException {
        json.writeStartObject();
        json.writeBooleanField("changed", outcome.changed());
        json.writeStringField("mode", outcome.mode());
        write(json, "members", outcome.members());
        write(json, "added", outcome.added());
        write(json, "removed", outcome.removed());
        json.writeStringField("lasts", outcome.lasts());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String field, List<String> names) throws IOException {
        json.writeArrayFieldStart(field);
        for (String name : names) {
            json.writeString(name);
        }
        json.writeEndArray();
    }
}
