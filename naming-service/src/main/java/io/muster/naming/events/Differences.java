package io.muster.naming.events;

import io.muster.naming.model.Instance;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.MetadataEdit;
import io.muster.naming.model.Overlay;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What two states of an instance differ in, in one bounded line. */
final class Differences {

    /** Beyond that a line is cut. */
    static final int CHARS_MAX = 256;

    private Differences() {}

    static String between(Instance was, Instance now) {
        List<String> parts = new ArrayList<>();
        add(parts, "weight", was.weight(), now.weight());
        add(parts, "enabled", was.enabled(), now.enabled());
        add(parts, "healthy", was.healthy(), now.healthy());
        add(parts, "app", was.app(), now.app());
        addMetadata(parts, was.metadata(), now.metadata());
        return line(parts);
    }

    private static void add(List<String> parts, String field, Object was, Object now) {
        if (!was.equals(now)) {
            parts.add(field + " " + was + " -> " + now);
        }
    }

    private static void addMetadata(List<String> parts, Metadata was, Metadata now) {
        if (was.equals(now)) {
            return;
        }
        SortedMap<String, String> added = new TreeMap<>(now.toMap());
        for (Map.Entry<String, String> before : new TreeMap<>(was.toMap()).entrySet()) {
            String after = added.remove(before.getKey());
            if (after == null) {
                parts.add("metadata -" + before.getKey());
            } else if (!after.equals(before.getValue())) {
                parts.add("metadata " + before.getKey() + "=" + before.getValue() + " -> " + after);
            }
        }
        added.forEach((key, value) -> parts.add("metadata +" + key + "=" + value));
    }

    /** What an operator said, field by field. */
    static String said(Overlay overlay) {
        List<String> parts = new ArrayList<>();
        overlay.weight().ifPresent(weight -> parts.add("weight " + weight));
        overlay.enabled().ifPresent(enabled -> parts.add("enabled " + enabled));
        if (overlay.metadata().isPresent()) {
            MetadataEdit edit = overlay.metadata().get();
            if (edit.replaces()) {
                parts.add("metadata replaced");
            }
            edit.put().toMap().forEach((key, value) -> parts.add("metadata +" + key + "=" + value));
            edit.removed().forEach(key -> parts.add("metadata -" + key));
        }
        return line(parts);
    }

    private static String line(List<String> parts) {
        StringBuilder line = new StringBuilder();
        for (String part : parts) {
            line.append(line.isEmpty() ? "" : ", ").append(part);
            if (line.length() > CHARS_MAX) {
                return line.substring(0, CHARS_MAX) + "…";
            }
        }
        return line.toString();
    }
}
