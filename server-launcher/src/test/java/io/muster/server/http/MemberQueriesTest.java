package io.muster.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.member.Member;
import io.muster.member.MemberAddress;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import io.muster.naming.api.v1.OtherMembers;
import io.muster.naming.model.ServiceName;
import io.muster.server.config.Secret;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** X24: whom a node asks, and so gives what proves it to be a member. */
class MemberQueriesTest {

    private static final ServiceName SERVICE = ServiceName.of("public", "", "s");

    private final Vertx vertx = Vertx.vertx();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private MemberAddress other = new MemberAddress("127.0.0.1", 1, 0);

    @BeforeEach
    void listen() {
        HttpServer server = vertx.createHttpServer()
                .requestHandler(request -> {
                    asked.add(request.path());
                    request.response().end("{\"subscribers\":[],\"count\":0}");
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

    private OtherMembers.Part ask(Optional<NodeId> nodeId, MemberState state) throws Exception {
        Member self = member(new MemberAddress("127.0.0.1", 2, 0), Optional.of(new NodeId(1, 1)), MemberState.UP);
        MemberView view = new MemberView(1, self, List.of(self, member(other, nodeId, state)));
        MemberQueries queries = new MemberQueries(
                () -> view,
                new MemberHttp(vertx, Optional.of(MemberProof.of(new Secret("hush"), new NodeId(1, 1)))),
                vertx);
        List<OtherMembers.Part> parts =
                queries.subscribers(SERVICE).toCompletableFuture().get(10, TimeUnit.SECONDS);
        assertThat(parts).hasSize(1);
        return parts.get(0);
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
        OtherMembers.Part part = ask(Optional.of(new NodeId(2, 2)), state);
        assertThat(part.complete()).isFalse();
        assertThat(part.member()).isEqualTo(other.name());
        assertThat(ask(Optional.empty(), MemberState.UP).complete()).isFalse();
        assertThat(asked).isEmpty();
    }
}
