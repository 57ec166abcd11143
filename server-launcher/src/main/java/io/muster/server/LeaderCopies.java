package io.muster.server;

import io.muster.consistency.ConsistencyException.NotReady;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.member.NodeId;
import io.muster.naming.model.RegistryRecord;
import io.muster.raft.RaftStatus;
import io.muster.raft.engine.RaftEngine;
import io.muster.server.http.DatumCopies;
import io.muster.server.http.DatumTexts;
import io.muster.server.http.MemberHttp;
import io.muster.server.http.MemberNames;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The engine's copy and, asked by HTTP as an operator would ask, that of the node which leads. */
final class LeaderCopies implements DatumCopies {

    private static final long ANSWER_MILLIS_MAX = 5_000;

    private final RaftEngine<RegistryRecord> raft;
    private final DatumTexts texts;
    private final MemberNames names;
    private final MemberHttp members;

    LeaderCopies(RaftEngine<RegistryRecord> raft, DatumTexts texts, MemberNames names, MemberHttp members) {
        this.raft = raft;
        this.texts = texts;
        this.names = names;
        this.members = members;
    }

    @Override
    public boolean leads() {
        RaftStatus now = raft.status();
        return now.leader().filter(now.nodeId()::equals).isPresent();
    }

    @Override
    public CompletionStage<Optional<Copy>> atLeader(Key key) {
        return leader().compose(leader -> ask(leader, key)).toCompletionStage();
    }

    private record Leader(NodeId node, String name) {}

    private Future<Leader> leader() {
        Optional<NodeId> leader = raft.status().leader();
        Optional<Leader> met = leader.flatMap(names::nameOf).map(name -> new Leader(leader.orElseThrow(), name));
        return met.map(Future::succeededFuture)
                .orElseGet(() -> Future.failedFuture(new NotReady(
                        leader.isEmpty() ? "no leader is known" : "the leader has not been met: " + leader.get())));
    }

    private Future<Optional<Copy>> ask(Leader leader, Key key) {
        String uri = "/v1/ns/raft/datum?keys=" + URLEncoder.encode(DatumTexts.text(key), StandardCharsets.UTF_8);
        return members.get(leader.node(), leader.name(), uri, ANSWER_MILLIS_MAX)
                .map(LeaderCopies::copy)
                .recover(failure -> Future.failedFuture(new NotReady(
                        "the leader " + leader.name() + " does not tell what it holds: " + failure.getMessage())));
    }

    private static Optional<Copy> copy(Buffer body) {
        JsonArray found = new JsonArray(body);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        JsonObject datum = found.getJsonObject(0);
        return Optional.of(new Copy(datum.getLong("timestamp"), datum.getString("value")));
    }

    @Override
    public CompletionStage<Optional<Copy>> here(Key key) {
        return raft.readBarrier().thenApply(applied -> raft.get(key).map(this::copy));
    }

    private Copy copy(Datum<RegistryRecord> datum) {
        return new Copy(datum.version().asLong(), texts.text(datum.value()));
    }

    @Override
    public CompletionStage<Void> replace() {
        return raft.repair();
    }
}
