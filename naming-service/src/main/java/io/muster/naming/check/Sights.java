package io.muster.naming.check;

import io.muster.naming.check.core.Plan;
import io.muster.naming.check.core.Seen;
import io.muster.naming.check.core.Sight;
import io.muster.naming.model.ClusterDefinition;
import io.muster.naming.model.Health;
import io.muster.naming.model.HealthChecker;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.UnhealthyDeletion;
import io.muster.naming.registry.InstanceView;
import io.muster.naming.registry.ServiceView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds in a service what this member is to check. A service is cut into {@value #SLICES} slices, each with a responsible member of its own, so
 * that one of 20,000 instances is shared by all members, too.
 */
final class Sights {

    static final int SLICES = 16;

    private final CheckOwnership ownership;
    private final long deleteAfterMillis;

    Sights(CheckOwnership ownership, CheckConfig config) {
        this.ownership = ownership;
        this.deleteAfterMillis = config.deleteAfterMillis();
    }

    Sight of(ServiceView view) {
        boolean[] mine = new boolean[SLICES];
        for (int i = 0; i < SLICES; i++) {
            mine[i] = ownership.isMine(sliceName(view.name().keyGroup(), i));
        }
        List<Seen> targets = new ArrayList<>();
        int instances = 0;
        int unhealthy = 0;
        for (InstanceView instance : view.instances()) {
            if (instance.ephemeral()) {
                continue;
            }
            instances++;
            unhealthy += instance.healthy() ? 0 : 1;
            if (mine[slice(instance.key())]) {
                ClusterDefinition cluster = view.clusters().getOrDefault(instance.cluster(), ClusterDefinition.DEFAULT);
                plan(cluster, instance).ifPresent(plan -> targets.add(seen(instance, plan, cluster)));
            }
        }
        return new Sight(instances, unhealthy, targets);
    }

    static int slice(InstanceKey instance) {
        int hash = instance.id().hashCode();
        return (hash ^ (hash >>> 16)) & (SLICES - 1);
    }

    static String sliceName(String keyGroup, int slice) {
        return keyGroup + '#' + slice;
    }

    /** Empty where nothing is to be checked, or there is no port to check it at. */
    private static Optional<Plan> plan(ClusterDefinition cluster, InstanceView instance) {
        int port = cluster.useInstancePort() ? instance.port() : cluster.checkPort();
        return cluster.healthChecker().type() == HealthChecker.Type.NONE || port < 1
                ? Optional.empty()
                : Optional.of(new Plan(cluster.healthChecker(), instance.ip(), port));
    }

    private Seen seen(InstanceView instance, Plan plan, ClusterDefinition cluster) {
        Optional<Health> verdict = instance.health();
        return new Seen(
                instance.key(),
                plan,
                instance.registered().healthy(),
                instance.healthy(),
                verdict.map(Health::sinceWallMillis).orElse(0L),
                // Nobody knows since when an instance is unhealthy that was registered so.
                verdict.isPresent() ? deleteAfter(cluster) : 0);
    }

    /** What was stored before it was refused and is no time counts as never: deleting is the riskier mistake. */
    private long deleteAfter(ClusterDefinition cluster) {
        try {
            return UnhealthyDeletion.millis(cluster.metadata()).orElse(deleteAfterMillis);
        } catch (IllegalArgumentException e) {
            return 0;
        }
    }
}
