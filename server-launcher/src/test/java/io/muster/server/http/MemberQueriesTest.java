package io.muster.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.Member;
import io.muster.member.MemberAddress;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import io.muster.naming.api.v1.ClusterTimes;
import io.muster.naming.api.v1.ListedSubscriber;
import io.muster.naming.api.v1.OtherMembers;
import io.muster.naming.check.core.AnswerTimes;
import io.muster.naming.model.ServiceName;
import io.muster.server.config.Secret;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** X24: whom a node asks, and so gives what proves it to be a member. */
class MemberQueriesTest {

    private static final ServiceName SERVICE = ServiceName.of("public", "", "s");

    private final Vertx vertx = Vertx.vertx();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile String answer = "{\"subscribers\":[],\"count\":0}";
    private MemberAddress other = new MemberAddress("127.0.0.1", 1, 0);

    @BeforeEach
    void listen() {
        HttpServer server = vertx.createHttpServer()
                .requestHandler(request -> {
                    asked.add(request.path());
                    request.response().end(answer);
                })
                .listen(0, "127.0.0.1")
                .await();
        other = new MemberAddress("127.0.0.1", server.actualPort(), 0);
    }

    @AfterEach
    void close() {
        vertx.close().await();
    }

    private static Member member(MemberAddress address, Optional<NodeId> nodeId, MemberState state) {
        return new Member(address, nodeId, 1, state, true, true, "", 0);
    }

    private OtherMembers.Part<ListedSubscriber> ask(Optional<NodeId> nodeId, MemberState state) throws Exception {
        return onlyPart(queries(nodeId, state).subscribers(SERVICE));
    }

    private MemberQueries queries(Optional<NodeId> nodeId, MemberState state) {
        Member self = member(new MemberAddress("127.0.0.1", 2, 0), Optional.of(new NodeId(1, 1)), MemberState.UP);
        MemberView view = new MemberView(1, self, List.of(self, member(other, nodeId, state)));
        return new MemberQueries(
                () -> view,
                new MemberHttp(vertx, Optional.of(MemberProof.of(new Secret("hush"), new NodeId(1, 1)))),
                vertx);
    }

    private static <T> OtherMembers.Part<T> onlyPart(CompletionStage<List<OtherMembers.Part<T>>> asked)
            throws Exception {
        List<OtherMembers.Part<T>> parts = asked.toCompletableFuture().get(10, TimeUnit.SECONDS);
        assertThat(parts).hasSize(1);
        return parts.get(0);
    }

    private OtherMembers.Part<ClusterTimes> times(String cluster) throws Exception {
        answer = "{\"clusters\":[" + cluster + "]}";
        return onlyPart(queries(Optional.of(new NodeId(2, 2)), MemberState.UP).checkTimes(SERVICE));
    }

    @Test
    void timesOfChecks_areReadAsTold() throws Exception {
        OtherMembers.Part<ClusterTimes> part = times("{\"name\":\"c\",\"checkRTBest\":1,\"checkRTWorst\":4,"
                + "\"checkRTNormalized\":3,\"checkRTTotal\":5,\"checkedInstances\":2}");
        assertThat(part)
                .isEqualTo(new OtherMembers.Part<>(
                        other.name(), List.of(new ClusterTimes("c", new AnswerTimes(2, 1, 4, 5))), true));
        assertThat(asked).containsExactly("/nacos/v1/ns/catalog/rt/service");
    }

    /** A member that tells nonsense is missed, and spoils nothing. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "7",
                "{}",
                "{\"name\":\"c\",\"checkRTBest\":1,\"checkRTWorst\":4,\"checkRTTotal\":5}",
                "{\"name\":\"c\",\"checkRTBest\":9,\"checkRTWorst\":4,\"checkRTTotal\":5,\"checkedInstances\":2}",
                "{\"name\":\"c\",\"checkRTBest\":1,\"checkRTWorst\":4,\"checkRTTotal\":5,\"checkedInstances\":-2}",
                "{\"checkRTBest\":1,\"checkRTWorst\":4,\"checkRTTotal\":5,\"checkedInstances\":2}"
            })
    void timesThatMakeNoSense_areMissing(String cluster) throws Exception {
        assertThat(times(cluster)).isEqualTo(OtherMembers.Part.missing(other.name()));
    }

    @Test
    void aMemberThatIsUp_isAsked() throws Exception {
        assertThat(ask(Optional.of(new NodeId(2, 2)), MemberState.UP).complete())
                .isTrue();
        assertThat(asked).hasSize(1);
    }

    /** A wrong line in a list, or an address that another machine has got: it must not be sent the secret. */
    @ParameterizedTest
    @EnumSource(value = MemberState.class, names = "UP", mode = EnumSource.Mode.EXCLUDE)
    void whoeverHasNotProvenToBeAMember_isNotAsked_butMissed(MemberState state) throws Exception {
        OtherMembers.Part<ListedSubscriber> part = ask(Optional.of(new NodeId(2, 2)), state);
        assertThat(part.complete()).isFalse();
        assertThat(part.member()).isEqualTo(other.name());
        assertThat(ask(Optional.empty(), MemberState.UP).complete()).isFalse();
        assertThat(asked).isEmpty();
    }
}
