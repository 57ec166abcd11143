package io.muster.server.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;

/** Everything of an answer that comes page by page. What changes between two pages may show twice or not at all. */
final class Pages {

    /** Large enough for most to be one page, small enough for one answer to be no burden. */
    static final int SIZE = 1_000;

    private Pages() {}

    /** Whether nothing comes after a page, numbered from 1, by the count that it bears. */
    static boolean isLast(int page, JsonObject read) {
        return (long) page * SIZE >= read.getInteger("count");
    }

    /**
     * Asks until all is there.
     *
     * @param list the name of the field that holds a page
     * @param status an answer with this status counts as a last, empty page; 0 for none
     * @throws AdminException if the server refuses
     */
    static JsonArray all(AdminApi api, String path, Map<String, String> parameters, String list, int status) {
        JsonArray all = new JsonArray();
        Map<String, String> asked = new LinkedHashMap<>(parameters);
        asked.put("pageSize", String.valueOf(SIZE));
        for (int page = 1; ; page++) {
            asked.put("pageNo", String.valueOf(page));
            AdminApi.Answer answer = api.get(path, asked);
            if (answer.status() == status) {
                return all;
            }
            JsonObject read = (JsonObject) answer.json();
            JsonArray entries = read.getJsonArray(list);
            all.addAll(entries);
            // A page may be short in the middle: what vanished while it was read is left out.
            if (isLast(page, read)) {
                return all;
            }
        }
    }
}
