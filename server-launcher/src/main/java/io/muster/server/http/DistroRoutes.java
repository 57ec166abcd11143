package io.muster.server.http;

import io.muster.distro.DistroStatus;
import io.muster.naming.api.Answer;
import io.muster.naming.api.Json;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import java.util.List;
import java.util.function.Supplier;

/**
 * What the Distro engine shows of itself under {@code /v1/ns/distro} (R54).
 *
 * @param status of the engine
 */
public record DistroRoutes(Supplier<DistroStatus> status) {

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
            json.writeArrayFieldStart("peers");
            json.writeEndArray();
        });
    }
}
