package io.muster.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.distro.DistroChecksums;
import io.muster.distro.DistroEngine;
import io.muster.distro.DistroPage;
import io.muster.distro.core.DistroRecord;
import io.muster.member.NodeId;
import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Endpoint;
import io.muster.naming.api.Json;
import io.muster.naming.api.Param;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import io.muster.naming.model.Instance;
import io.muster.naming.model.RegistryRecord;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The ephemeral data and their digests under {@code /v1/ns/distro}, for operators who compare nodes (R54). All of it is read only; {@link DistroMemberRoutes}
 * are for members. Read and written on worker threads, one question of a connection's event loop after the other: neither the engine nor clients wait for it.
 *
 * @param distro the engine
 * @param names of the members
 */
public record DistroDataRoutes(DistroEngine<RegistryRecord> distro, MemberNames names) {

    private static final String BASE = "/v1/ns/distro/";
    private static final int PLACE_CHARS_MAX = 32;
    private static final int LAST_BUCKET = 1_023;

    /** Of one page of a group. */
    private static final int RECORDS_MAX = 1_000;

    private static final Param<String> GROUP =
            Param.text("group", Key.PART_CHARS_MAX, "public##DEFAULT_GROUP@@a").required();
    private static final Param<DistroPage.Place> AFTER =
            Param.text("after", PLACE_CHARS_MAX, "0".repeat(PLACE_CHARS_MAX), DistroPage.Place::parse);
    private static final Param<String> AFTER_ID = Param.text("after", Key.PART_CHARS_MAX, "i/10.0.0.1:80:DEFAULT");
    private static final Param<Integer> BUCKET = Param.integer("bucket", 0, LAST_BUCKET, "0");

    public List<Route> routes() {
        return List.of(
                read(
                        "datum",
                        List.of(GROUP, AFTER_ID),
                        "the visible records of one group, a page at a time",
                        this::group),
                read("datums", List.of(AFTER), "all records and tombstones, a page at a time", this::page),
                read(
                        "checksum",
                        List.of(BUCKET),
                        "digests of all, of the buckets, or of the groups in a bucket",
                        this::checksum),
                read("shares", List.of(), "for how many groups each member is responsible", request -> this::shares));
    }

    /** @param reader reads the parameters at once, and the engine when it is asked for the answer */
    private static Route read(
            String name, List<Param<?>> params, String summary, Function<ApiRequest, Supplier<Answer>> reader) {
        Endpoint offTheLoop = request -> {
            Supplier<Answer> read = reader.apply(request);
            return Vertx.currentContext().executeBlocking(read::get).toCompletionStage();
        };
        return Route.of(Verb.GET, BASE + name, params, summary, offTheLoop).always();
    }

    private Supplier<Answer> group(ApiRequest request) {
        String name = request.get(GROUP);
        String after = request.get(AFTER_ID, "");
        return () -> group(name, after);
    }

    private Answer group(String name, String after) {
        List<Datum<RegistryRecord>> data = distro.group(name, after, RECORDS_MAX);
        return Json.object(json -> {
            if (data.size() < RECORDS_MAX) {
                json.writeNullField("next");
            } else {
                json.writeStringField("next", data.get(data.size() - 1).key().id());
            }
            json.writeArrayFieldStart("records");
            for (Datum<RegistryRecord> datum : data) {
                json.writeStartObject();
                write(json, datum);
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    private Supplier<Answer> page(ApiRequest request) {
        Optional<DistroPage.Place> after = request.find(AFTER);
        return () -> page(distro.page(after));
    }

    private static Answer page(DistroPage<RegistryRecord> page) {
        return Json.object(json -> {
            json.writeNumberField("total", page.total());
            Optional<String> next = page.next().map(DistroPage.Place::toString);
            if (next.isPresent()) {
                json.writeStringField("next", next.get());
            } else {
                json.writeNullField("next");
            }
            json.writeArrayFieldStart("records");
            for (DistroRecord<RegistryRecord> record : page.records()) {
                json.writeStartObject();
                write(json, record);
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    private static void write(JsonGenerator json, DistroRecord<RegistryRecord> record) throws IOException {
        if (record instanceof DistroRecord.Held<RegistryRecord> held) {
            write(json, held.datum());
        } else if (record instanceof DistroRecord.Buried<RegistryRecord> buried) {
            write(json, buried.key());
            json.writeStringField("version", buried.version().toString());
            json.writeStringField("removed", buried.cause().name());
            json.writeNumberField("lifeMillis", buried.lifeMillis());
        }
    }

    private static void write(JsonGenerator json, Datum<RegistryRecord> datum) throws IOException {
        write(json, datum.key());
        json.writeStringField("version", datum.version().toString());
        json.writeStringField("mark", datum.mark().name());
        if (datum.value() instanceof Instance instance) {
            json.writeObjectFieldStart("value");
            json.writeStringField("ip", instance.ip());
            json.writeNumberField("port", instance.port());
            json.writeStringField("cluster", instance.cluster());
            json.writeNumberField("weight", instance.weight());
            json.writeBooleanField("enabled", instance.enabled());
            json.writeBooleanField("healthy", instance.healthy());
            json.writeStringField("app", instance.app());
            Json.writeMetadata(json, "metadata", instance.metadata());
            json.writeEndObject();
        }
    }

    private static void write(JsonGenerator json, Key key) throws IOException {
        json.writeStringField("group", key.group());
        json.writeStringField("id", key.id());
    }

    private Supplier<Answer> checksum(ApiRequest request) {
        Optional<Integer> bucket = request.find(BUCKET);
        return () -> bucket.isPresent() ? groupDigests(distro.checksums(bucket.get())) : digests(distro.checksums());
    }

    private static Answer digests(DistroChecksums checksums) {
        return Json.object(json -> {
            json.writeStringField("root", hex(checksums.root()));
            json.writeObjectFieldStart("buckets");
            for (int bucket = 0; bucket < checksums.buckets().size(); bucket++) {
                if (checksums.buckets().get(bucket) != 0) {
                    json.writeStringField(
                            String.valueOf(bucket), hex(checksums.buckets().get(bucket)));
                }
            }
            json.writeEndObject();
        });
    }

    private static Answer groupDigests(Map<String, Long> digests) {
        return Json.object(json -> {
            json.writeObjectFieldStart("groups");
            for (Map.Entry<String, Long> group : new TreeMap<>(digests).entrySet()) {
                json.writeStringField(group.getKey(), hex(group.getValue()));
            }
            json.writeEndObject();
        });
    }

    private static String hex(long digest) {
        return HexFormat.of().toHexDigits(digest);
    }

    private Answer shares() {
        Map<NodeId, Integer> shares = new TreeMap<>(distro.shares());
        return Json.object(json -> {
            json.writeObjectFieldStart("shares");
            for (Map.Entry<NodeId, Integer> share : shares.entrySet()) {
                json.writeNumberField(names.shown(share.getKey()), share.getValue());
            }
            json.writeEndObject();
        });
    }
}
