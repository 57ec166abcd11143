package io.muster.server.http;

import io.muster.consistency.Codec;
import io.muster.consistency.Key;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Keys;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.RegistryRecord.Kind;
import io.muster.naming.model.ServiceName;
import java.util.Base64;

/**
 * Persistent data as text, for {@code /v1/ns/raft/datum}. A key is {@code group/id} with {@code %}, {@code ,} and, in the group, {@code /} as percent and two hex
 * digits; a value is the Base64 of its stored form, which the log holds and digests are taken over.
 *
 * @param codec of the stored form
 */
public record DatumTexts(Codec<RegistryRecord> codec) {

    /** Bound on a key as text: both parts with each character escaped. */
    static final int KEY_CHARS_MAX = 3 * 2 * Key.PART_CHARS_MAX + 1;

    /** Bound on a value as text. */
    static final int VALUE_CHARS_MAX = 1 << 20;

    /** A key as text. */
    public static String text(Key key) {
        return escaped(key.group()).replace("/", "%2F") + "/" + escaped(key.id());
    }

    private static String escaped(String part) {
        return part.replace("%", "%25").replace(",", "%2C");
    }

    /** @throws IllegalArgumentException if the text is no key */
    static Key key(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("a key is GROUP/ID, such as namespaces/a, and this is '" + text + "'");
        }
        return Key.persistent(unescaped(text.substring(0, slash)), unescaped(text.substring(slash + 1)));
    }

    private static String unescaped(String part) {
        return part.replace("%2F", "/").replace("%2C", ",").replace("%25", "%");
    }

    /** A value as text. */
    public String text(RegistryRecord value) {
        return Base64.getEncoder().encodeToString(codec.encode(value));
    }

    /**
     * Reads a value for a key.
     *
     * @throws IllegalArgumentException if the text is no value, or one that the registry does not keep under such a key
     */
    RegistryRecord value(Key key, String text) {
        RegistryRecord value = codec.decode(Base64.getDecoder().decode(text));
        Kind belongs = kindOf(key);
        if (value.kind() != belongs) {
            throw new IllegalArgumentException("value: under key '" + text(key) + "' belongs one of kind " + belongs
                    + ", and this one is of kind " + value.kind());
        }
        if (value instanceof Instance instance && !isAt(instance, key)) {
            throw new IllegalArgumentException(
                    "value: it is another instance than key '" + text(key) + "', or an ephemeral one");
        }
        return value;
    }

    private static boolean isAt(Instance instance, Key key) {
        InstanceKey own = new InstanceKey(instance.ip(), instance.port(), instance.cluster());
        return !instance.ephemeral() && own.id().equals(key.id());
    }

    private static Kind kindOf(Key key) {
        if (key.group().equals(Keys.NAMESPACES_GROUP)) {
            return Kind.NAMESPACE;
        }
        if (key.equals(Keys.SWITCHES)) {
            return Kind.SWITCHES;
        }
        ServiceName service = ServiceName.ofKeyGroup(key.group());
        if (key.equals(Keys.service(service.keyGroup()))) {
            return Kind.SERVICE;
        }
        if (key.id().startsWith(Keys.CLUSTER_PREFIX)) {
            InstanceKey.requireCluster(key.id().substring(Keys.CLUSTER_PREFIX.length()));
            return Kind.CLUSTER;
        }
        boolean overlay = key.id().startsWith(Keys.OVERLAY_PREFIX);
        String instance = overlay ? Keys.INSTANCE_PREFIX + key.id().substring(Keys.OVERLAY_PREFIX.length()) : key.id();
        if (!InstanceKey.ofId(instance).id().equals(instance)) {
            throw new IllegalArgumentException("no record of a service is called '" + key.id() + "'");
        }
        return overlay ? Kind.OVERLAY : Kind.INSTANCE;
    }
}
