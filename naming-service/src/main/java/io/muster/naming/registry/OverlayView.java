package io.muster.naming.registry;

import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.ServiceName;
import java.util.Optional;

/**
 * What operators said of one ephemeral instance, whether it is registered or not.
 *
 * @param stored what the persistent engine keeps
 * @param pending what it has not stored yet; laid over the other
 * @param registered whether the instance is there now
 */
public record OverlayView(
        ServiceName service,
        InstanceKey instance,
        Optional<Overlay> stored,
        Optional<Overlay> pending,
        boolean registered) {}
