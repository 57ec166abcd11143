package io.muster.naming.registry;

import io.muster.naming.model.InstanceKind;
import io.muster.naming.model.ServiceDefinition;
import io.muster.naming.model.ServiceName;
import java.util.Optional;

/**
 * Holds services to the kind of instance that an admin declared for them (docs/decisions/0035). A kind is refused for
 * new instances only: no instance ever changes from one engine to the other.
 */
final class InstanceKinds {

    private final ServiceIndex index;

    InstanceKinds(ServiceIndex index) {
        this.index = index;
    }

    /** Why the service takes no new instance of that kind. */
    Optional<RegistryException> refusal(ServiceName service, boolean ephemeral) {
        ServiceEntry entry = index.entry(service);
        if (entry == null) {
            return Optional.empty();
        }
        InstanceKind kind = InstanceKind.of(entry.metadata());
        return kind.takes(ephemeral)
                ? Optional.empty()
                : Optional.of(new RegistryException.WrongKind("service " + service.grouped() + " holds "
                        + (kind == InstanceKind.EPHEMERAL ? "ephemeral" : "persistent") + " instances only"));
    }

    /**
     * Asked before a definition is stored that says another kind than the one before: those who are there must be of
     * it.
     *
     * @throws RegistryException.StillInUse if there are instances that are not
     */
    void requireRoomFor(ServiceName service, Optional<ServiceDefinition> before, ServiceDefinition after) {
        InstanceKind wanted = InstanceKind.of(after.metadata());
        boolean same = before.map(ServiceDefinition::metadata)
                .map(InstanceKind::of)
                .filter(kind -> kind == wanted)
                .isPresent();
        Optional<ServiceView> view = index.find(service);
        if (same || wanted == InstanceKind.BOTH || view.isEmpty()) {
            return;
        }
        int ephemeral = view.get().ephemeralCount();
        int persistent = view.get().instances().size() - ephemeral;
        int others = wanted == InstanceKind.EPHEMERAL ? persistent : ephemeral;
        if (others > 0) {
            throw new RegistryException.StillInUse("service " + service.grouped() + " holds " + ephemeral
                    + " ephemeral and " + persistent + " persistent instances: deregister the " + others + " "
                    + (wanted == InstanceKind.EPHEMERAL ? "persistent" : "ephemeral") + " ones first");
        }
    }
}
