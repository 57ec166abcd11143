package io.muster.naming.registry;

import io.muster.consistency.Mark;
import io.muster.consistency.Version;
import io.muster.naming.model.Health;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceIds;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.ServiceName;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One instance as readers see it: what its owner registered, with operators' words laid over, and its true health.
 */
public final class InstanceView {

    private final ServiceName service;
    private final Instance registered;
    private final Instance shown;
    private final Mark mark;
    private final Version version;
    private final Laid laid;
    private final @Nullable Health health;

    InstanceView(
            ServiceName service, Instance registered, Mark mark, Version version, Laid laid, @Nullable Health health) {
        this.service = service;
        this.registered = registered;
        this.mark = mark;
        this.version = version;
        this.laid = laid;
        this.health = health;
        this.shown = laid.isVisible() ? laid.over(registered) : registered;
    }

    /** The service that it is an instance of. */
    public ServiceName service() {
        return service;
    }

    /** As its owner registered it. */
    public Instance registered() {
        return registered;
    }

    /** With what operators said laid over; the same object if they said nothing. */
    public Instance shown() {
        return shown;
    }

    /** What operators said of it, as far as it is stored and not taken back. */
    public Optional<Overlay> overlay() {
        return laid.standing();
    }

    /** What operators said of it and the persistent engine has not stored yet; laid over the {@link #overlay()}. */
    public Optional<Overlay> pendingOverlay() {
        return laid.pending();
    }

    /** What checking a persistent instance came to, while that differs from what was registered. */
    public Optional<Health> health() {
        return Optional.ofNullable(health);
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
     * True health, protected or not (X22): of an ephemeral instance, its session's; of a persistent one, what checking
     * it came to (R72), or else as registered.
     */
    public boolean healthy() {
        return health == null ? mark == Mark.HEALTHY && shown.healthy() : health.healthy();
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
