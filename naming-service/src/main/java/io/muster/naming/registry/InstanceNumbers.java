package io.muster.naming.registry;

import io.muster.naming.model.Instance;
import io.muster.naming.model.ServiceName;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Numbers for the instances of services that ask for small ids: the smallest that no other instance of the service
 * bears. Numbers on their way to the index are reserved, so that instances that register at once through one node get
 * different ones; through two nodes at the same moment they may not, as in Nacos.
 */
final class InstanceNumbers {

    private final ServiceIndex index;
    private final ConcurrentHashMap<ServiceName, Set<Integer>> reserved = new ConcurrentHashMap<>();

    InstanceNumbers(ServiceIndex index) {
        this.index = index;
    }

    /** Draws and reserves a number; to be {@link #release}d when the instance is stored, or was refused. */
    int reserve(ServiceName service) {
        Set<Integer> taken = new HashSet<>();
        int[] drawn = new int[1];
        reserved.compute(service, (name, inFlight) -> {
            Set<Integer> own = inFlight == null ? new HashSet<>() : inFlight;
            taken.addAll(own);
            index.find(service)
                    .ifPresent(view -> view.instances()
                            .forEach(instance -> taken.add(instance.registered().number())));
            while (taken.contains(drawn[0])) {
                drawn[0]++;
            }
            own.add(drawn[0]);
            return own;
        });
        return drawn[0];
    }

    void release(ServiceName service, int number) {
        if (number == Instance.NOT_NUMBERED) {
            return;
        }
        reserved.computeIfPresent(service, (name, inFlight) -> {
            inFlight.remove(number);
            return inFlight.isEmpty() ? null : inFlight;
        });
    }
}
