package io.muster.naming.api.v1;

import static io.muster.naming.api.Route.params;

import io.muster.naming.api.Access;
import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Param;
import io.muster.naming.api.Refusal;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.ServiceName;
import io.muster.naming.registry.BeatAnswer;
import io.muster.naming.registry.Registrations;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Heartbeats (nacos-v1-http.md §3.3, R44): what each instance sends every few seconds. */
final class BeatApi {

    private static final int BEAT_CHARS_MAX = 2 * Texts.METADATA_CHARS_MAX;

    /** What clients do next is in this number: go on, or register. */
    private static final int CODE_OK = 10200;

    private static final int CODE_UNKNOWN_INSTANCE = 20404;

    private static final Param<Beat> BEAT = Param.structured(
            "beat", BEAT_CHARS_MAX, "{\"ip\":\"10.0.0.1\",\"port\":8080,\"cluster\":\"DEFAULT\"}", Beat::read);

    private final Registrations registrations;

    /**
     * The answer given last: nearly all are the same, so nearly none is built. Replaced as a whole, by any event loop.
     */
    private volatile Given last = new Given(new BeatAnswer(false, 0, false), Answer.OK);

    private record Given(BeatAnswer meaning, Answer answer) {}

    BeatApi(Registrations registrations) {
        this.registrations = registrations;
    }

    List<Route> routes() {
        Route beat = Route.of(
                        Verb.PUT,
                        "/v1/ns/instance/beat",
                        params(
                                Names.OF_SERVICE,
                                List.of(Names.CLUSTER, InstanceParams.ANY_IP, InstanceParams.ANY_PORT, BEAT)),
                        "Renews the session of an instance; a full beat registers an unknown one",
                        this::beat)
                .access(Access.WRITE);
        return List.of(beat, beat.at("/v1/ns/api/clientBeat"));
    }

    /** A light beat names its instance by parameters; what a full one says wins over them. */
    private CompletionStage<Answer> beat(ApiRequest request) {
        ServiceName service = Names.service(request);
        Optional<String> ip = request.find(InstanceParams.ANY_IP);
        int port = request.get(InstanceParams.ANY_PORT, 0);
        String cluster = request.get(Names.CLUSTER, InstanceKey.DEFAULT_CLUSTER);
        Optional<Beat> beat = request.find(BEAT);
        if (beat.isPresent()) {
            Instance described = beat.get().instanceOr(cluster);
            return registrations
                    .beat(service, described.key(), Optional.of(described), Callers.of(request))
                    .thenApply(this::answer);
        }
        if (ip.isEmpty()) {
            throw Refusal.badRequest(InstanceParams.IP.missing());
        }
        return registrations
                .beat(service, new InstanceKey(ip.get(), port, cluster), Optional.empty(), Callers.of(request))
                .thenApply(this::answer);
    }

    private Answer answer(BeatAnswer meaning) {
        Given given = last;
        if (!given.meaning.equals(meaning)) {
            given = new Given(meaning, Answer.json(Buffer.buffer(json(meaning))));
            last = given;
        }
        return given.answer;
    }

    /**
     * An unknown instance gets no {@code lightBeatEnabled}: its client then sends full beats until it is registered.
     */
    private static String json(BeatAnswer beat) {
        return beat.known()
                ? "{\"clientBeatInterval\":" + beat.intervalMillis() + ",\"code\":" + CODE_OK + ",\"lightBeatEnabled\":"
                        + beat.lightBeatEnabled() + "}"
                : "{\"clientBeatInterval\":" + beat.intervalMillis() + ",\"code\":" + CODE_UNKNOWN_INSTANCE + "}";
    }
}
