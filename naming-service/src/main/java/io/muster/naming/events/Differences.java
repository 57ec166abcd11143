package io.muster.naming.events;

import io.muster.naming.model.Instance;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.MetadataEdit;
import io.muster.naming.model.Overlay;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

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

    /** Whether some of what was laid over an instance is so no longer: later words add to it or take all of it back. */
    static boolean lacks(Overlay was, Overlay now) {
        return (was.weight().isPresent() && now.weight().isEmpty())
                || (was.enabled().isPresent() && now.enabled().isEmpty())
                || was.metadata()
                        .filter(edit -> now.metadata()
                                .filter(later -> later.replaces() || (!edit.replaces() && touchesAll(edit, later)))
                                .isEmpty())
                        .isPresent();
    }

    private static boolean touchesAll(MetadataEdit edit, MetadataEdit later) {
        Set<String> touched = new TreeSet<>(later.removed());
        touched.addAll(later.put().toMap().keySet());
        return touched.containsAll(edit.removed())
                && touched.containsAll(edit.put().toMap().keySet());
    }

    /** What was said last, of an overlay that holds all that was ever said. */
    static Overlay added(Overlay was, Overlay now) {
        return new Overlay(
                now.weight().filter(weight -> !was.weight().equals(Optional.of(weight))),
                now.enabled().filter(enabled -> !was.enabled().equals(Optional.of(enabled))),
                now.metadata()
                        .flatMap(edit -> was.metadata()
                                .map(before -> added(before, edit))
                                .orElse(now.metadata())));
    }

    private static Optional<MetadataEdit> added(MetadataEdit was, MetadataEdit now) {
        if (now.replaces() && !was.replaces()) {
            return Optional.of(now);
        }
        Map<String, String> before = was.put().toMap();
        Map<String, String> after = now.put().toMap();
        Map<String, String> put = new TreeMap<>(after);
        put.entrySet().removeIf(pair -> pair.getValue().equals(before.get(pair.getKey())));
        Set<String> removed = new TreeSet<>(now.removed());
        removed.removeAll(was.removed());
        before.keySet().stream().filter(key -> !after.containsKey(key)).forEach(removed::add);
        return put.isEmpty() && removed.isEmpty()
                ? Optional.empty()
                : Optional.of(new MetadataEdit(false, Metadata.of(put), List.copyOf(removed)));
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
