package io.muster.naming.api.v1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.muster.naming.api.Access;
import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Json;
import io.muster.naming.api.JsonTexts;
import io.muster.naming.api.Param;
import io.muster.naming.api.Refusal;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import io.muster.naming.check.core.CheckSettings;
import io.muster.naming.model.SwitchSettings;
import io.muster.naming.registry.Switches;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Switches: all of Nacos' can be read, those that mean something here can be set (nacos-v1-http.md §5.1). Setting one
 * that would change nothing is refused, so that nobody believes in it. Answered whatever the server status is: it is
 * how an operator undoes an override.
 */
final class SwitchApi {

    /** The one switch that a blank value means something to: it takes all limits back. */
    private static final String LIMITED_URLS = "limitedUrlMap";

    private static final String PATH = "/v1/ns/operator/switches";

    private static final String CHECK = "check";
    private static final String CHECK_TIMES_ENTRY = "healthCheckTimes";
    private static final String CHECK_TIMES_FIELD = "checkTimes";

    /** By the name that operators set them by. */
    private static final Set<String> SETTABLE_ENTRIES = Set.of(
            CHECK,
            CHECK_TIMES_ENTRY,
            "clientBeatInterval",
            "defaultCacheMillis",
            "pushCacheMillis",
            "pushEnabled",
            "lightBeatEnabled",
            "defaultInstanceEphemeral",
            "overriddenServerStatus",
            LIMITED_URLS,
            "pushVersion");

    /** The same by the name that they are shown by. */
    private static final Set<String> SETTABLE_FIELDS = Set.of(
            "healthCheckEnabled",
            CHECK_TIMES_FIELD,
            "httpHealthParams",
            "tcpHealthParams",
            "mysqlHealthParams",
            "healthCheckWhiteList",
            "clientBeatInterval",
            "defaultCacheMillis",
            "defaultPushCacheMillis",
            "pushEnabled",
            "lightBeatEnabled",
            "defaultInstanceEphemeral",
            "overriddenServerStatus",
            LIMITED_URLS,
            "pushGoVersion",
            "pushJavaVersion",
            "pushPythonVersion",
            "pushCVersion",
            "pushCSharpVersion");

    private static final String BATCH = "batch";
    private static final int ENTRY_CHARS_MAX = 64;
    private static final int VALUE_CHARS_MAX = 64 * 1024;

    private static final Param<String> ENTRY = Param.text("entry", ENTRY_CHARS_MAX, "pushEnabled", SwitchApi::known)
            .requiredBySpring();

    private static final Param<String> VALUE =
            Param.text("value", VALUE_CHARS_MAX, "true").requiredBySpring();

    /** On this node only, until the value {@value #TAKEN_BACK} takes it back or the node restarts. */
    private static final Param<Boolean> DEBUG = Param.flag("debug");

    /** Instead of a value of this node's own: it goes by the cluster's again. */
    private static final String TAKEN_BACK = "cluster";

    /** Where those switches are named that are this node's own. */
    private static final String LOCAL = "local";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Switches switches;

    SwitchApi(Switches switches) {
        this.switches = switches;
    }

    List<Route> routes() {
        return OperatorApi.withAliases(List.of(
                Route.immediate(Verb.GET, PATH, List.of(), "Shows all switches", request -> show())
                        .access(Access.READ)
                        .always(),
                Route.of(Verb.PUT, PATH, List.of(ENTRY, VALUE, DEBUG), "Sets a switch", this::set)
                        .always()));
    }

    private Answer show() {
        return Answer.json(shown());
    }

    private Buffer shown() {
        Map<String, @Nullable Object> fields = switches.current().toFields();
        fields.put(LOCAL, List.copyOf(switches.local()));
        return Json.bytes(json -> MAPPER.writeValue(json, fields));
    }

    private static String known(String entry) {
        if (entry.equals(BATCH) || SETTABLE_ENTRIES.contains(entry)) {
            return entry;
        }
        boolean shown = SwitchSettings.isEntry(entry)
                || SwitchSettings.DEFAULT.toFields().containsKey(entry);
        throw new IllegalArgumentException(
                shown ? meaningless(entry) : "there is no switch '" + Param.shown(entry) + "'");
    }

    private static String meaningless(String name) {
        return "'" + name + "' is readable but means nothing on this server and can't be set";
    }

    private CompletionStage<Answer> set(ApiRequest request) {
        String entry = request.get(ENTRY);
        boolean onlyHere = request.get(DEBUG, false);
        boolean clears = entry.equals(LIMITED_URLS) && request.isGiven(VALUE);
        String value = clears ? request.get(VALUE, "") : request.get(VALUE);
        if (entry.equals(CHECK_TIMES_ENTRY)) {
            requireCheckTimes(value);
        }
        if (onlyHere && value.equals(TAKEN_BACK)) {
            return switches.takeBack(entry.equals(BATCH) ? "" : entry, Callers.of(request))
                    .thenApply(taken -> Answer.OK);
        }
        try {
            CompletionStage<Void> done = entry.equals(BATCH)
                    ? switches.setAll(batch(value, onlyHere), onlyHere, Callers.of(request))
                    : switches.set(entry, value, onlyHere, Callers.of(request));
            return done.thenApply(set -> Answer.OK);
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest("Param 'value': " + e.getMessage());
        }
    }

    /** As many results as are remembered of a target; more is no switch that could ever flip anything. */
    private static void requireCheckTimes(String text) {
        boolean number = text.trim().matches("[0-9]{1,9}");
        if (number && Integer.parseInt(text.trim()) > CheckSettings.TIMES_MAX) {
            throw Refusal.badRequest("Param 'value': switch " + CHECK_TIMES_FIELD + " takes a number from 1 to "
                    + CheckSettings.TIMES_MAX + ", current: " + text.trim());
        }
    }

    /**
     * Any number of fields as they are shown; those that can't be set must be as they are. What is this node's own, and
     * comes back as it was shown, does not become the cluster's: nobody asked for that.
     */
    private Map<String, @Nullable Object> batch(String text, boolean onlyHere) {
        JsonNode json = JsonTexts.object(text);
        JsonNode current = JsonTexts.object(shown().toString());
        Map<String, @Nullable Object> changes = new LinkedHashMap<>();
        json.properties().forEach(field -> {
            String name = field.getKey();
            boolean unchanged = field.getValue().equals(current.get(name));
            boolean comesBack = unchanged && !onlyHere && switches.local().contains(name);
            if (name.equals(LOCAL) || comesBack) {
                return;
            }
            if (name.equals(CHECK_TIMES_FIELD)) {
                requireCheckTimes(field.getValue().asText());
            }
            if (SETTABLE_FIELDS.contains(name)) {
                changes.put(name, MAPPER.convertValue(field.getValue(), Object.class));
            } else if (!current.has(name)) {
                throw new IllegalArgumentException("there is no switch '" + Param.shown(name) + "'");
            } else if (!unchanged) {
                throw new IllegalArgumentException(meaningless(name));
            }
        });
        return changes;
    }
}
