package io.muster.naming.model;

import java.util.Optional;

/**
 * One registered instance as its owner described it. What an operator said of it stands apart ({@link Overlay}), and so
 * does what the server finds out about its health (the mark of its datum).
 *
 * @param ip see {@link InstanceKey}
 * @param port see {@link InstanceKey}
 * @param cluster see {@link InstanceKey}
 * @param weight 0 to {@value Limits#WEIGHT_MAX}; 0 takes no traffic, anything above counts at least
 *     {@value Limits#WEIGHT_POSITIVE_MIN}
 * @param enabled a disabled instance is not listed
 * @param healthy as registered
 * @param ephemeral which engine holds it; a session keeps it alive if so
 * @param app free text of the client
 * @param number the instance id of a service that numbers its instances ({@link InstanceIds}), or
 *     {@value #NOT_NUMBERED}
 * @param word what operators said of an ephemeral instance and the persistent engine may not have stored yet (X12). It
 *     travels with the record, and counts only while the {@link Overlay} stored for the instance is older
 */
public record Instance(
        String ip,
        int port,
        String cluster,
        double weight,
        boolean enabled,
        boolean healthy,
        boolean ephemeral,
        Metadata metadata,
        String app,
        int number,
        Optional<Overlay> word)
        implements RegistryRecord {

    public static final String DEFAULT_APP = "DEFAULT";
    public static final double DEFAULT_WEIGHT = 1.0;
    public static final int NOT_NUMBERED = -1;

    /** What the Java client sends when nobody set a name: one string for all of those. */
    private static final String UNKNOWN_APP = "unknown";

    public Instance {
        InstanceKey checked = new InstanceKey(ip, port, cluster);
        cluster = checked.cluster();
        weight = checkedWeight(weight);
        Limits.text("app", app, Limits.APP_CHARS_MAX);
        app = app.equals(DEFAULT_APP) ? DEFAULT_APP : app.equals(UNKNOWN_APP) ? UNKNOWN_APP : app;
    }

    /** A healthy, enabled ephemeral instance of default weight, without metadata. */
    public static Instance ephemeral(InstanceKey key) {
        return of(key, true);
    }

    /** A healthy, enabled instance of default weight, without metadata. */
    public static Instance of(InstanceKey key, boolean ephemeral) {
        return new Instance(
                key.ip(),
                key.port(),
                key.cluster(),
                DEFAULT_WEIGHT,
                true,
                true,
                ephemeral,
                Metadata.EMPTY,
                DEFAULT_APP,
                NOT_NUMBERED,
                Optional.empty());
    }

    /**
     * @return the weight as stored
     * @throws IllegalArgumentException for a weight beyond the range, or no number
     */
    static double checkedWeight(double weight) {
        if (!(weight >= 0 && weight <= Limits.WEIGHT_MAX)) {
            throw new IllegalArgumentException(
                    "instance format invalid: The weights range from 0.0 to " + Limits.WEIGHT_MAX);
        }
        // + 0.0 makes the negative zero a zero: equal values must have equal bytes.
        return weight > 0 && weight < Limits.WEIGHT_POSITIVE_MIN ? Limits.WEIGHT_POSITIVE_MIN : weight + 0.0;
    }

    @Override
    public Kind kind() {
        return Kind.INSTANCE;
    }

    public InstanceKey key() {
        return new InstanceKey(ip, port, cluster);
    }

    public Instance withCluster(String newCluster) {
        return new Instance(ip, port, newCluster, weight, enabled, healthy, ephemeral, metadata, app, number, word);
    }

    public Instance withWeight(double newWeight) {
        return new Instance(ip, port, cluster, newWeight, enabled, healthy, ephemeral, metadata, app, number, word);
    }

    public Instance withEnabled(boolean newEnabled) {
        return new Instance(ip, port, cluster, weight, newEnabled, healthy, ephemeral, metadata, app, number, word);
    }

    public Instance withHealthy(boolean newHealthy) {
        return healthy == newHealthy
                ? this
                : new Instance(ip, port, cluster, weight, enabled, newHealthy, ephemeral, metadata, app, number, word);
    }

    public Instance withMetadata(Metadata newMetadata) {
        return new Instance(ip, port, cluster, weight, enabled, healthy, ephemeral, newMetadata, app, number, word);
    }

    public Instance withApp(String newApp) {
        return new Instance(ip, port, cluster, weight, enabled, healthy, ephemeral, metadata, newApp, number, word);
    }

    public Instance withWord(Optional<Overlay> newWord) {
        return new Instance(ip, port, cluster, weight, enabled, healthy, ephemeral, metadata, app, number, newWord);
    }

    public Instance withNumber(int newNumber) {
        return new Instance(ip, port, cluster, weight, enabled, healthy, ephemeral, metadata, app, newNumber, word);
    }
}
