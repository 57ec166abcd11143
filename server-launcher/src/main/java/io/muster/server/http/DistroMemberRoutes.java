package io.muster.server.http;

import io.muster.consistency.ConsistencyException.Invalid;
import io.muster.distro.DistroEngine;
import io.muster.member.NodeId;
import io.muster.naming.api.Access;
import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Json;
import io.muster.naming.api.Listening;
import io.muster.naming.api.Param;
import io.muster.naming.api.Refusal;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import io.muster.naming.model.RegistryRecord;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/**
 * The PUT forms of {@code /v1/ns/distro/datum}, {@code datums} and {@code checksum} (R54), for members that prove the cluster secret: frames of the engine's own
 * form, as Base64. They go into the same core as those that come by the peer channel, and what it answers comes back. Syncs belong to the first two paths,
 * digests to the third; the frame itself says what it is.
 *
 * @param distro the engine
 */
public record DistroMemberRoutes(DistroEngine<RegistryRecord> distro) {

    private static final int FORBIDDEN = 403;

    private static final Param<NodeId> FROM = Param.text("from", 32, "00000000000000000000000000000001", NodeId::parse)
            .required();
    private static final Param<byte[]> FRAME = Param.structured(
                    "frame",
                    Listening.BODY_BYTES_MAX,
                    "AAAA",
                    text -> Base64.getDecoder().decode(text))
            .required();

    public List<Route> routes() {
        return Stream.of("datum", "datums", "checksum")
                .map(path -> Route.of(
                                Verb.PUT,
                                "/v1/ns/distro/" + path,
                                List.of(FROM, FRAME),
                                "a frame of another member, answered by one",
                                this::exchange)
                        .access(Access.MEMBER)
                        .always())
                .toList();
    }

    private CompletionStage<Answer> exchange(ApiRequest request) {
        return distro.exchange(request.get(FROM), request.get(FRAME))
                .thenApply(DistroMemberRoutes::answer)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(forStrangers(failure)));
    }

    private static Answer answer(Optional<byte[]> frame) {
        return Json.object(json -> {
            if (frame.isPresent()) {
                json.writeStringField("frame", Base64.getEncoder().encodeToString(frame.get()));
            } else {
                json.writeNullField("frame");
            }
        });
    }

    private static Throwable forStrangers(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof Invalid ? Refusal.of(FORBIDDEN, "members only: " + cause.getMessage()) : cause;
    }
}
