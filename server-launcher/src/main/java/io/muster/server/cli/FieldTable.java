package io.muster.server.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** The fields of a JSON object, one a line; what is nested is left to {@code --json}. */
final class FieldTable {

    private FieldTable() {}

    static Table of(JsonObject object) {
        Table table = new Table("FIELD", "VALUE");
        object.forEach(field -> {
            if (!(field.getValue() instanceof JsonArray) && !(field.getValue() instanceof JsonObject)) {
                table.row(field.getKey(), field.getValue());
            }
        });
        return table;
    }
}
