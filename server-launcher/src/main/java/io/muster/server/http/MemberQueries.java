package io.muster.server.http;

import io.muster.member.Member;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import io.muster.naming.api.v1.ClusterTimes;
import io.muster.naming.api.v1.ListedSubscriber;
import io.muster.naming.api.v1.OtherMembers;
import io.muster.naming.check.core.AnswerTimes;
import io.muster.naming.model.ServiceName;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks every other member for what it alone knows, all at once. Only those are asked that answer on the peer channel and so have proven to be members: behind
 * any other address may be anybody. The others are missed all the same: they may only be cut off, and push on to their clients. Any thread.
 */
public final class MemberQueries implements OtherMembers {

    private static final Logger LOG = LoggerFactory.getLogger(MemberQueries.class);

    private static final long ANSWER_MILLIS_MAX = 2_000;

    /** Of one member; it tells how many there are, so that more do not go unnoticed. */
    static final int SUBSCRIBERS_MAX = 10_000;

    private final Supplier<MemberView> members;
    private final MemberHttp http;
    private final Vertx vertx;

    /**
     * @param members the current view
     * @param http without proofs as long as reading is open to everybody: whoever reads can have the questions asked
     * @param vertx reads the answers on its worker threads
     */
    public MemberQueries(Supplier<MemberView> members, MemberHttp http, Vertx vertx) {
        this.members = members;
        this.http = http;
        this.vertx = vertx;
    }

    @Override
    public CompletionStage<List<Part<ListedSubscriber>>> subscribers(ServiceName service) {
        String uri = "/nacos/v1/ns/service/subscribers?aggregation=false&pageNo=1&pageSize=" + SUBSCRIBERS_MAX
                + about(service);
        return askAll(uri, MemberQueries::subscribers);
    }

    @Override
    public CompletionStage<List<Part<ClusterTimes>>> checkTimes(ServiceName service) {
        return askAll("/nacos/v1/ns/catalog/rt/service?aggregation=false" + about(service), MemberQueries::times);
    }

    private static String about(ServiceName service) {
        return "&namespaceId=" + encoded(service.namespaceId())
                + "&groupName=" + encoded(service.group())
                + "&serviceName=" + encoded(service.name());
    }

    /** @param reader of a member's answer, by its name; throws what it likes where the answer makes no sense */
    private <T> CompletionStage<List<Part<T>>> askAll(String uri, BiFunction<String, JsonObject, Part<T>> reader) {
        MemberView view = members.get();
        List<Future<Part<T>>> parts = new ArrayList<>();
        for (Member member : view.members()) {
            if (!member.equals(view.self())) {
                parts.add(ask(member, uri, reader));
            }
        }
        return Future.all(parts).map(all -> all.<Part<T>>list()).toCompletionStage();
    }

    private <T> Future<Part<T>> ask(Member member, String uri, BiFunction<String, JsonObject, Part<T>> reader) {
        String name = member.address().name();
        if (member.state() != MemberState.UP || member.nodeId().isEmpty()) {
            return Future.succeededFuture(Part.missing(name));
        }
        return http.get(member.nodeId().get(), name, uri, ANSWER_MILLIS_MAX)
                .compose(body -> vertx.executeBlocking(() -> reader.apply(name, new JsonObject(body)), false))
                .otherwise(failure -> {
                    LOG.debug("{} does not answer {}: {}", name, uri, failure.getMessage());
                    return Part.missing(name);
                });
    }

    private static Part<ListedSubscriber> subscribers(String member, JsonObject answer) {
        JsonArray listed = answer.getJsonArray("subscribers");
        List<ListedSubscriber> subscribers = new ArrayList<>(listed.size());
        for (int i = 0; i < listed.size(); i++) {
            subscribers.add(subscriber(listed.getJsonObject(i)));
        }
        return new Part<>(member, subscribers, answer.getInteger("count") == listed.size());
    }

    private static Part<ClusterTimes> times(String member, JsonObject answer) {
        JsonArray clusters = answer.getJsonArray("clusters");
        List<ClusterTimes> times = new ArrayList<>(clusters.size());
        for (int i = 0; i < clusters.size(); i++) {
            JsonObject one = clusters.getJsonObject(i);
            AnswerTimes told = new AnswerTimes(
                    one.getLong("checkedInstances"),
                    one.getLong("checkRTBest"),
                    one.getLong("checkRTWorst"),
                    one.getLong("checkRTTotal"));
            times.add(new ClusterTimes(text(one, "name"), told));
        }
        return new Part<>(member, times, true);
    }

    private static ListedSubscriber subscriber(JsonObject one) {
        return new ListedSubscriber(
                ServiceName.of(text(one, "namespaceId"), "", text(one, "serviceName")),
                text(one, "cluster"),
                text(one, "ip"),
                one.getInteger("port"),
                text(one, "agent"),
                text(one, "app"));
    }

    private static String text(JsonObject one, String field) {
        String text = one.getString(field);
        if (text == null) {
            throw new IllegalArgumentException("no " + field + " in " + one);
        }
        return text;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
