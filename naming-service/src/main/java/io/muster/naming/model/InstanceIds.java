package io.muster.naming.model;

import java.util.Locale;

/**
 * The id that clients tell instances by. It must be stable: a changed id is a changed instance to a client (Nacos 1.4,
 * Instance .generateInstanceId).
 */
public final class InstanceIds {

    /**
     * {@code snowflake} (in any case) asks for small numbers, the smallest free one of the service; anything else for
     * the plain form.
     */
    public static final String GENERATOR_KEY = "preserved.instance.id.generator";

    private static final String PLAIN = "simple";

    private InstanceIds() {}

    /** The word by which an instance's id is made, as it was given. */
    public static String generator(Metadata metadata) {
        return metadata.get(GENERATOR_KEY).orElse(PLAIN);
    }

    public static boolean wantsNumber(Metadata metadata) {
        return metadata.get(GENERATOR_KEY)
                .filter(generator -> generator.toLowerCase(Locale.ROOT).equals("snowflake"))
                .isPresent();
    }

    /** The number as text, or {@code ip#port#cluster#group@@service}. */
    public static String of(Instance instance, String groupedServiceName) {
        if (instance.number() != Instance.NOT_NUMBERED) {
            return Integer.toString(instance.number());
        }
        return instance.ip() + '#' + instance.port() + '#' + instance.cluster() + '#' + groupedServiceName;
    }
}
