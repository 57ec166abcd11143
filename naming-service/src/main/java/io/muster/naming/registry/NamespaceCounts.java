package io.muster.naming.registry;

/**
 * What a namespace holds, as this node knows it.
 *
 * @param services that exist
 * @param instances of either kind
 */
public record NamespaceCounts(int services, int instances) {

    public static final NamespaceCounts NONE = new NamespaceCounts(0, 0);

    NamespaceCounts plus(int moreInstances) {
        return new NamespaceCounts(services + 1, instances + moreInstances);
    }
}
