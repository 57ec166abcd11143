package io.muster.naming.registry;

import io.muster.naming.model.ServiceName;

/** Hears which services changed for readers. Called on the engines' threads: it must return at once. */
@FunctionalInterface
public interface ServiceListener {

    void changed(ServiceName service);
}
