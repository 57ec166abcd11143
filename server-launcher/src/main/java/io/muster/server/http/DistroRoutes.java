package io.muster.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.muster.distro.DistroPeer;
import io.muster.distro.DistroStatus;
import io.muster.naming.api.Answer;
import io.muster.naming.api.Json;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the Distro engine shows of itself at {@code /v1/ns/distro/status} (R54).
 *
 * @param status of the engine
 * @param names of the members
 */
public record DistroRoutes(Supplier<DistroStatus> status, MemberNames names) {

    public List<Route> routes() {
        return List.of(Route.immediate(
                        Verb.GET,
                        "/v1/ns/distro/status",
                        List.of(),
                        "load, digest and counts of the ephemeral data",
                        request -> answer())
                .always());
    }

    private Answer answer() {
        DistroStatus now = status.get();
        return Json.object(json -> {
            json.writeBooleanField("ready", now.ready());
            json.writeStringField("reason", now.readiness().reason());
            json.writeNumberField("loadProgress", now.loadProgress());
            json.writeBooleanField("warmingUp", now.warmingUp());
            json.writeNumberField("coldStartHoldRemainingMillis", now.coldStartHoldRemainingMillis());
            json.writeStringField("digest", now.digest());
            json.writeNumberField("groups", now.groups());
            json.writeNumberField("records", now.records());
            json.writeNumberField("responsibleGroups", now.responsibleGroups());
            json.writeNumberField("unhealthy", now.unhealthy());
            json.writeNumberField("expired", now.expired());
            json.writeNumberField("tombstones", now.tombstones());
            json.writeBooleanField("removalsHeld", now.removalsHeld());
            json.writeBooleanField("ringDisputed", now.ringDisputed());
            json.writeArrayFieldStart("peers");
            for (DistroPeer peer : now.peers()) {
                write(json, peer);
            }
            json.writeEndArray();
        });
    }

    private void write(JsonGenerator json, DistroPeer peer) throws IOException {
        json.writeStartObject();
        json.writeStringField("ip", names.shown(peer.nodeId()));
        json.writeStringField("nodeId", peer.nodeId().toString());
        json.writeBooleanField("alive", peer.alive());
        json.writeBooleanField("loaded", peer.loaded());
        json.writeNumberField("pending", peer.pending());
        write(json, "lastSyncMillis", peer.lastSyncMillis());
        write(json, "lastVerifyMillis", peer.lastVerifyMillis());
        json.writeNumberField("mismatches", peer.mismatches());
        json.writeEndObject();
    }

    /** A duration, or null where it never happened. */
    private static void write(JsonGenerator json, String field, Optional<Long> millis) throws IOException {
        if (millis.isPresent()) {
            json.writeNumberField(field, millis.get());
        } else {
            json.writeNullField(field);
        }
    }
}
