package io.muster.member.lookup;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * What an address server answers, read: lines as in {@code cluster.conf}, or the same text as the {@code data} of a JSON object, as Nacos 1.3 to 2.0
 * expect it.
 */
final class ServerListBody {

    private static final String CODE = "code";
    private static final String DATA = "data";
    private static final int CODE_OK = 200;

    private ServerListBody() {}

    /** @throws MemberListException if it is neither */
    static MemberList read(String body, String source) {
        String text = body.strip();
        return MemberList.ofText(text.startsWith("{") ? data(text, source) : text);
    }

    private static String data(String json, String source) {
        Object code;
        Object data;
        try {
            JsonObject object = new JsonObject(json);
            code = object.getValue(CODE);
            data = object.getValue(DATA);
        } catch (DecodeException e) {
            throw new MemberListException(
                    List.of(source + " answered what begins like JSON and is not: " + e.getMessage()));
        }
        if (!(code instanceof Number number) || number.intValue() != CODE_OK) {
            throw new MemberListException(
                    List.of(source + " answered JSON with code " + code + " instead of " + CODE_OK));
        }
        if (!(data instanceof String list)) {
            throw new MemberListException(List.of(source + " answered JSON without a text as data"));
        }
        return list;
    }
}
