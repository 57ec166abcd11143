package io.muster.naming.model;

/**
 * Which instances a service takes, as its metadata says under {@value #KEY}. Where it says nothing it takes both, since
 * clients of Nacos 1.x may register either kind of instance at any service.
 */
public enum InstanceKind {
    EPHEMERAL,
    PERSISTENT,
    BOTH;

    public static final String KEY = "preserved.instance.kind";

    /** Of a service with that metadata. A word that nobody knows means nothing: it may stand there from earlier. */
    public static InstanceKind of(Metadata service) {
        return switch (word(service)) {
            case "ephemeral" -> EPHEMERAL;
            case "persistent" -> PERSISTENT;
            default -> BOTH;
        };
    }

    /**
     * @throws IllegalArgumentException if the metadata has a word that means nothing
     */
    public static void requireReadable(Metadata service) {
        String word = word(service);
        if (!word.isEmpty() && of(service) == BOTH) {
            throw new IllegalArgumentException("metadata '" + KEY + "' must be ephemeral or persistent, current: "
                    + (word.length() > 32 ? word.substring(0, 32) + "…" : word));
        }
    }

    private static String word(Metadata service) {
        return service.isEmpty() ? "" : service.get(KEY).orElse("");
    }

    public boolean takes(boolean ephemeral) {
        return this == BOTH || (this == EPHEMERAL) == ephemeral;
    }
}
