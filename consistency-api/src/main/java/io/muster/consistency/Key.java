package io.muster.consistency;

import java.util.Comparator;
import java.util.Objects;

/**
 * The name of one datum.
 *
 * <p>The <em>group</em> is the unit of responsibility hashing and of digests (in the registry: one service); the <em>id</em> names one
 * record in it. Keys order by mode, group and id, in the code-unit order of {@link String#compareTo}, so that every node walks
 * them alike.
 *
 * @param mode decides the engine, see {@link Mode}
 * @param group at most {@value #PART_CHARS_MAX} characters, not empty
 * @param id at most {@value #PART_CHARS_MAX} characters, not empty
 */
public record Key(Mode mode, String group, String id) implements Comparable<Key> {

    /** Bound on the length of the group and of the id, so that one key always fits one peer frame. */
    public static final int PART_CHARS_MAX = 2048;

    private static final Comparator<Key> ORDER =
            Comparator.comparing(Key::mode).thenComparing(Key::group).thenComparing(Key::id);

    public Key {
        Objects.requireNonNull(mode, "mode");
        check("group", group);
        check("id", id);
    }

    public static Key ephemeral(String group, String id) {
        return new Key(Mode.EPHEMERAL, group, id);
    }

    public static Key persistent(String group, String id) {
        return new Key(Mode.PERSISTENT, group, id);
    }

    @Override
    public int compareTo(Key other) {
        return ORDER.compare(this, other);
    }

    /** The key is the hottest map key of the registry; mixing three hashes by hand beats the record's generic one. */
    @Override
    public int hashCode() {
        return 31 * (31 * group.hashCode() + id.hashCode()) + (mode == Mode.PERSISTENT ? 1 : 0);
    }

    private static void check(String part, String value) {
        if (value.isEmpty() || value.length() > PART_CHARS_MAX) {
            throw new IllegalArgumentException(
                    "key " + part + " must have 1 to " + PART_CHARS_MAX + " characters, has " + value.length());
        }
    }
}
