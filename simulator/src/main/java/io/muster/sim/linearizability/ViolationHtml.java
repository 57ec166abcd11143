package io.muster.sim.linearizability;

import io.muster.sim.linearizability.Verdict.Violation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A violation as a page that stands alone: one row a client, one bar an operation, numbered in the order of the longest
 * prefix. Moments are drawn at equal distances, so that what happened at nearly the same time can be told apart; the
 * times are in the tool tips.
 */
public final class ViolationHtml {

    private static final int MOMENT_WIDTH_PX = 44;

    private static final String STYLE = """
            body { font: 13px sans-serif; margin: 16px; }
            pre { background: #f4f4f4; padding: 8px; overflow-x: auto; }
            .client { position: relative; height: 30px; border-bottom: 1px solid #ddd; }
            .client > b { position: sticky; left: 0; line-height: 30px; background: #fff; z-index: 1; }
            .operation { position: absolute; top: 3px; height: 22px; line-height: 22px; overflow: hidden; white-space: nowrap;
              box-sizing: border-box; border: 1px solid #555; border-radius: 3px; padding: 0 3px; font-size: 11px; }
            .operation:hover { overflow: visible; z-index: 2; }
            .placed { background: #cfe8cf; } .blocked { background: #f2a0a0; border-width: 2px; } .open { background: #eee; }
            .failed { background: #fff; text-decoration: line-through; } .unknown { border-style: dashed; border-right: none; }
            """;

    private ViolationHtml() {}

    public static <C, R> String of(Violation<C, R> violation) {
        String title = "Not linearizable: " + (violation.part().isEmpty() ? "whole history" : violation.part());
        return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + escape(title)
                + "</title><style>\n" + STYLE + "</style></head>\n<body><h1>" + escape(title) + "</h1>\n<pre>"
                + escape(ViolationText.of(violation)) + "</pre>\n" + timeline(violation) + "</body></html>\n";
    }

    private static <C, R> String timeline(Violation<C, R> violation) {
        Map<Moment, Integer> columns = columns(violation.operations());
        Map<Operation<C, R>, Integer> places = new HashMap<>();
        for (int i = 0; i < violation.prefix().size(); i++) {
            places.put(violation.prefix().get(i).operation(), i + 1);
        }
        Map<String, List<Operation<C, R>>> byClient = new TreeMap<>();
        for (Operation<C, R> operation : violation.operations()) {
            byClient.computeIfAbsent(operation.client(), client -> new ArrayList<>())
                    .add(operation);
        }
        StringBuilder html = new StringBuilder();
        byClient.forEach((client, operations) -> {
            html.append("<div class=\"client\" style=\"width:")
                    .append((columns.size() + 2) * MOMENT_WIDTH_PX)
                    .append("px\"><b>")
                    .append(escape(client))
                    .append("</b>");
            for (Operation<C, R> operation : operations) {
                html.append(bar(operation, violation, places, columns));
            }
            html.append("</div>\n");
        });
        return html.toString();
    }

    private static <C, R> String bar(
            Operation<C, R> operation,
            Violation<C, R> violation,
            Map<Operation<C, R>, Integer> places,
            Map<Moment, Integer> columns) {
        Integer place = places.get(operation);
        String kind = operation.equals(violation.blocked())
                ? "blocked"
                : place != null ? "placed" : operation.hasFailed() ? "failed" : "open";
        int left = columns.getOrDefault(operation.call(), 0);
        int right = columns.getOrDefault(operation.ret(), columns.size());
        String label = (place == null ? "" : place + ". ") + operation.key() + " " + operation.command() + " → "
                + operation.outcome();
        return "<div class=\"operation " + kind + (operation.isUnknown() ? " unknown" : "") + "\" style=\"left:"
                + (left + 1) * MOMENT_WIDTH_PX + "px;width:" + Math.max(1, right - left) * MOMENT_WIDTH_PX
                + "px\" title=\"" + escape(operation.toString()) + "\">" + escape(label) + "</div>";
    }

    private static <C, R> Map<Moment, Integer> columns(List<Operation<C, R>> operations) {
        TreeSet<Moment> moments = new TreeSet<>();
        for (Operation<C, R> operation : operations) {
            moments.add(operation.call());
            moments.add(operation.ret());
        }
        Map<Moment, Integer> columns = new HashMap<>();
        moments.forEach(moment -> columns.put(moment, columns.size()));
        return columns;
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
