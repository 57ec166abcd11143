package io.muster.naming.registry;

import io.muster.consistency.Mark;
import io.muster.consistency.Version;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceIds;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.ServiceName;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One instance as readers see it: what its owner registered, with an operator's overlay laid over, and its true health.
 */
public final class InstanceView {

    private final ServiceName service;
    private final Instance registered;
    private final Instance shown;
    private final Mark mark;
    private final Version version;
    private final @Nullable Overlay overlay;

    InstanceView(ServiceName service, Instance registered, Mark mark, Version version, @Nullable Overlay overlay) {
        this.service = service;
        this.registered = registered;
        this.mark = mark;
        this.version = version;
        this.overlay = overlay;
        this.shown = overlay == null ? registered : overlay.applyTo(registered);
    }

    /** The service that it is an instance of. */
    public ServiceName service() {
        return service;
    }

    /** As its owner registered it. */
    public Instance registered() {
        return registered;
    }

    /** With the overlay laid over; the same object if there is none. */
    public Instance shown() {
        return shown;
    }

    /** The operator's word on it. */
    public Optional<Overlay> overlay() {
        return Optional.ofNullable(overlay);
    }

    public InstanceKey key() {
        return registered.key();
    }

    public String ip() {
        return registered.ip();
    }

    public int port() {
        return registered.port();
    }

    public String cluster() {
        return registered.cluster();
    }

    public boolean ephemeral() {
        return registered.ephemeral();
    }

    /**
     * True health, protected or not (X22): of an ephemeral instance, its session's; of a persistent one, as registered.
     */
    public boolean healthy() {
        return mark == Mark.HEALTHY && shown.healthy();
    }

    public Mark mark() {
        return mark;
    }

    public Version version() {
        return version;
    }

    /** Stable as long as the instance is registered. */
    public String instanceId() {
        return InstanceIds.of(registered, service.grouped());
    }
}
