package io.muster.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.muster.member.Member;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import io.muster.naming.api.Access;
import io.muster.naming.api.Answer;
import io.muster.naming.api.ApiRequest;
import io.muster.naming.api.Json;
import io.muster.naming.api.Param;
import io.muster.naming.api.Route;
import io.muster.naming.api.Verb;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The members as Nacos shows them under {@code /v1/core/cluster}, and the server list that clients refresh from (R74).
 *
 * @param members the current view
 * @param figures what is measured of the way to a member
 * @param aboutSelf further fields of this node's {@code extendInfo}, in order: version, ids, lookup
 */
public record ClusterRoutes(
        Supplier<MemberView> members, Function<Member, PeerFigures> figures, Supplier<Map<String, String>> aboutSelf) {

    private static final String BASE = "/v1/core/cluster/";
    private static final int FORBIDDEN = 403;
    private static final int KEYWORD_CHARS_MAX = 256;

    private static final Param<String> KEYWORD = Param.text("keyword", KEYWORD_CHARS_MAX, "10.0.0.1");

    /** Members ask with this header, and get what clients would stumble over. */
    private static final String MEMBER_HEADER = "Muster-Member";

    /** The npm client splits the list at these two alone. */
    private static final String LINE_END = "\r\n";

    public List<Route> routes() {
        return List.of(
                read("self", List.of(), "this node", request -> self()),
                read("nodes", List.of(KEYWORD), "the members", this::nodes),
                read("simple/nodes", List.of(), "the addresses of the members that are up", request -> addresses()),
                read("health", List.of(), "this node's state", request -> health()),
                forMembers("report"),
                forMembers("server/leave"),
                Route.immediate(Verb.GET, "/serverlist", List.of(), "the members, one a line", this::serverList)
                        .access(Access.OPEN)
                        .always());
    }

    private static Route read(String name, List<Param<?>> params, String summary, Function<ApiRequest, Answer> answer) {
        return Route.immediate(Verb.GET, BASE + name, params, summary, answer).always();
    }

    /** What members of Nacos tell each other by HTTP; ours do so over the peer channel. */
    private static Route forMembers(String name) {
        return Route.immediate(
                        Verb.POST,
                        BASE + name,
                        List.of(),
                        "for other members",
                        request -> Answer.text(FORBIDDEN, "members only, and they use the peer channel"))
                .access(Access.MEMBER)
                .always();
    }

    private Answer self() {
        MemberView view = members.get();
        return Json.restResult(json -> write(json, view, view.self()));
    }

    private Answer nodes(ApiRequest request) {
        String keyword = request.get(KEYWORD, "");
        MemberView view = members.get();
        return Json.restResult(json -> {
            json.writeStartArray();
            for (Member member : view.members()) {
                if (member.address().name().startsWith(keyword)) {
                    write(json, view, member);
                }
            }
            json.writeEndArray();
        });
    }

    private Answer addresses() {
        return Json.restResult(json -> {
            json.writeStartArray();
            for (Member member : members.get().members()) {
                if (member.state() == MemberState.UP) {
                    json.writeString(member.address().name());
                }
            }
            json.writeEndArray();
        });
    }

    private Answer health() {
        return Json.restResult(
                json -> json.writeString(members.get().self().state().name()));
    }

    private Answer serverList(ApiRequest request) {
        boolean forMember = request.header(MEMBER_HEADER).isPresent();
        String lines = members.get().members().stream()
                .map(member -> line(member, forMember) + LINE_END)
                .collect(Collectors.joining());
        return Answer.text(200, lines);
    }

    private static String line(Member member, boolean forMember) {
        int peerPort = member.address().peerPort();
        return member.address().name() + (forMember && peerPort > 0 ? "?peer_port=" + peerPort : "");
    }

    private void write(JsonGenerator json, MemberView view, Member member) throws IOException {
        json.writeStartObject();
        json.writeStringField("ip", member.address().host());
        json.writeNumberField("port", member.address().port());
        json.writeStringField("state", member.state().name());
        json.writeObjectFieldStart("extendInfo");
        writeMore(json, member);
        if (member.equals(view.self())) {
            for (Map.Entry<String, String> field : aboutSelf.get().entrySet()) {
                json.writeStringField(field.getKey(), field.getValue());
            }
        }
        json.writeEndObject();
        json.writeStringField("address", member.address().name());
        json.writeNumberField("failAccessCnt", 0);
        json.writeEndObject();
    }

    /** What Nacos has no place of its own for. */
    private void writeMore(JsonGenerator json, Member member) throws IOException {
        json.writeNumberField("lastRefreshTime", member.sinceWallMillis());
        json.writeStringField("reason", member.reason());
        if (member.nodeId().isPresent()) {
            json.writeStringField("nodeId", member.nodeId().get().toString());
        }
        if (member.address().peerPort() > 0) {
            json.writeNumberField("peerPort", member.address().peerPort());
        }
        json.writeBooleanField("loaded", member.loaded());
        json.writeBooleanField("listsUs", member.listsUs());
        PeerFigures measured = figures.apply(member);
        if (measured.roundTripMicros().isPresent()) {
            json.writeNumberField("roundTripMicros", measured.roundTripMicros().getAsLong());
        }
        if (measured.clockSkewMillis().isPresent()) {
            json.writeNumberField("clockSkewMillis", measured.clockSkewMillis().getAsLong());
        }
    }
}
