package io.muster.server.http;

import io.muster.consistency.Change;
import io.muster.consistency.ConsistencyException.Invalid;
import io.muster.consistency.Key;
import io.muster.consistency.Removal;
import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.naming.api.Access;
import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Json;
import io.muster.naming.api.Param;
import io.muster.naming.api.Refusal;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import io.muster.naming.model.RegistryRecord;
import io.muster.raft.core.log.LogEntry;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.core.message.PeerMessage.AppendEntries;
import io.muster.raft.core.message.PeerMessage.AppendEntriesReply;
import io.muster.raft.core.message.PeerMessage.PreVote;
import io.muster.raft.core.message.PeerMessage.PreVoteReply;
import io.muster.raft.core.message.PeerMessage.RequestVote;
import io.muster.raft.core.message.PeerMessage.RequestVoteReply;
import io.muster.raft.engine.RaftEngine;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * Vote, beat and commit (R25): JSON forms of the engine's own messages, for members that prove the cluster secret. They go into the same core as frames of
 * peers do, and its answers come back when what they say is durable.
 *
 * @param raft the engine
 * @param texts reads keys and values
 * @param requests counts the requests, so that each can be told from those that came as frames; those count from 1
 */
public record RaftMemberRoutes(RaftEngine<RegistryRecord> raft, DatumTexts texts, AtomicLong requests) {

    private static final String BASE = "/v1/ns/raft/";
    private static final int ID_CHARS_MAX = 32;
    private static final int NUMBER_CHARS_MAX = 20;
    private static final int FORBIDDEN = 403;
    private static final String EXAMPLE_ID = "00000000000000000000000000000001";

    private static final Param<ClusterId> CLUSTER =
            Param.text("clusterId", ID_CHARS_MAX, EXAMPLE_ID, ClusterId::parse).required();
    private static final Param<NodeId> CANDIDATE =
            Param.text("candidateId", ID_CHARS_MAX, EXAMPLE_ID, NodeId::parse).required();
    private static final Param<NodeId> LEADER =
            Param.text("leaderId", ID_CHARS_MAX, EXAMPLE_ID, NodeId::parse).required();
    private static final Param<Long> TERM = number("term");
    private static final Param<Long> LAST_LOG_INDEX = number("lastLogIndex");
    private static final Param<Long> LAST_LOG_TERM = number("lastLogTerm");
    private static final Param<Long> PREV_LOG_INDEX = number("prevLogIndex");
    private static final Param<Long> PREV_LOG_TERM = number("prevLogTerm");
    private static final Param<Long> LEADER_COMMIT = number("leaderCommit");
    private static final Param<Boolean> PRE_VOTE = Param.flag("preVote");
    private static final Param<JsonObject> ENTRY = Param.structured(
                    "entry",
                    DatumTexts.KEY_CHARS_MAX + DatumTexts.VALUE_CHARS_MAX,
                    "{\"index\":2,\"term\":1,\"key\":\"namespaces/a\",\"value\":\"AQUBYQFhAAA=\"}",
                    RaftMemberRoutes::object)
            .required();

    public RaftMemberRoutes(RaftEngine<RegistryRecord> raft, DatumTexts texts) {
        this(raft, texts, new AtomicLong(Long.MIN_VALUE));
    }

    public List<Route> routes() {
        List<Param<?>> beat = List.of(CLUSTER, LEADER, TERM, PREV_LOG_INDEX, PREV_LOG_TERM, LEADER_COMMIT);
        List<Param<?>> commit = Route.params(beat, List.of(ENTRY));
        return List.of(
                route(
                        Verb.POST,
                        "vote",
                        List.of(CLUSTER, CANDIDATE, TERM, LAST_LOG_INDEX, LAST_LOG_TERM, PRE_VOTE),
                        "asks for a vote",
                        this::vote),
                route(Verb.POST, "beat", beat, "a leader's heartbeat", request -> append(request, List.of())),
                route(
                        Verb.POST,
                        "datum/commit",
                        commit,
                        "a leader's log entry that stores a datum",
                        request -> append(request, List.of(entry(request, true)))),
                route(
                        Verb.DELETE,
                        "datum/commit",
                        commit,
                        "a leader's log entry that removes a datum",
                        request -> append(request, List.of(entry(request, false)))));
    }

    private static Route route(
            Verb verb,
            String name,
            List<Param<?>> params,
            String summary,
            Function<ApiRequest, CompletionStage<Answer>> answer) {
        return Route.of(verb, BASE + name, params, summary, answer::apply)
                .access(Access.MEMBER)
                .always();
    }

    private static Param<Long> number(String name) {
        return Param.text(name, NUMBER_CHARS_MAX, "1", RaftMemberRoutes::natural)
                .required();
    }

    private static Long natural(String text) {
        long number = Long.parseLong(text);
        if (number < 0) {
            throw new IllegalArgumentException("must be 0 or more, current: " + number);
        }
        return number;
    }

    private static JsonObject object(String text) {
        try {
            return new JsonObject(text);
        } catch (DecodeException e) {
            throw new IllegalArgumentException("must be a JSON object", e);
        }
    }

    private CompletionStage<Answer> vote(ApiRequest request) {
        long term = request.get(TERM);
        long lastIndex = request.get(LAST_LOG_INDEX);
        long lastTerm = request.get(LAST_LOG_TERM);
        PeerMessage question = request.get(PRE_VOTE, false)
                ? new PreVote(term, lastIndex, lastTerm, requests.getAndIncrement())
                : new RequestVote(term, lastIndex, lastTerm);
        return exchange(request, CANDIDATE, question);
    }

    private CompletionStage<Answer> append(ApiRequest request, List<LogEntry> entries) {
        AppendEntries message = new AppendEntries(
                request.get(TERM),
                request.get(PREV_LOG_INDEX),
                request.get(PREV_LOG_TERM),
                entries,
                request.get(LEADER_COMMIT),
                requests.getAndIncrement());
        return exchange(request, LEADER, message);
    }

    private LogEntry entry(ApiRequest request, boolean stores) {
        JsonObject entry = request.get(ENTRY);
        try {
            long index = entry.getLong("index", 0L);
            long term = entry.getLong("term", 0L);
            if (index != request.get(PREV_LOG_INDEX) + 1 || term < 1 || term > request.get(TERM)) {
                throw Refusal.badRequest(
                        "Param 'entry': its index follows prevLogIndex, and its term is 1 to the message's");
            }
            Key key = DatumTexts.key(entry.getString("key", ""));
            Change<RegistryRecord> change = stores
                    ? Change.put(key, texts.value(key, entry.getString("value", "")))
                    : Change.remove(key, Removal.OPERATOR);
            return raft.entry(request.get(LEADER), term, index, change);
        } catch (ClassCastException e) {
            throw Refusal.badRequest("Param 'entry' is {index, term, key, value}: numbers, then texts");
        }
    }

    private CompletionStage<Answer> exchange(ApiRequest request, Param<NodeId> sender, PeerMessage message) {
        return raft.exchange(request.get(CLUSTER), request.get(sender), message)
                .thenApply(this::answer)
                .exceptionallyCompose(failure -> CompletableFuture.failedStage(forStrangers(failure)));
    }

    private static Throwable forStrangers(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof Invalid ? Refusal.of(FORBIDDEN, "members only: " + cause.getMessage()) : cause;
    }

    private Answer answer(PeerMessage reply) {
        if (reply instanceof AppendEntriesReply appended) {
            long last = appended.success() ? appended.index() : raft.status().lastIndex();
            return Json.object(json -> {
                json.writeNumberField("term", appended.term());
                json.writeBooleanField("success", appended.success());
                json.writeNumberField("lastLogIndex", last);
            });
        }
        boolean granted = (reply instanceof RequestVoteReply vote && vote.granted())
                || (reply instanceof PreVoteReply preVote && preVote.granted());
        return Json.object(json -> {
            json.writeNumberField("term", reply.term());
            json.writeBooleanField("granted", granted);
        });
    }
}
