package io.muster.naming.push;

import io.muster.naming.list.ListEncoder;
import io.muster.naming.list.NameForm;
import io.muster.naming.model.ServiceName;
import io.muster.naming.model.SwitchSettings;
import io.muster.naming.registry.ServiceIndex;
import io.muster.naming.registry.ServiceListener;
import io.muster.naming.registry.ServiceView;
import io.muster.naming.registry.Switches;
import io.muster.naming.registry.WarmUp;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Decides when a changed service is pushed: its first change opens a short window, and all that changes within goes out
 * together. Then the list is read anew and encoded once for each form that its subscribers want.
 *
 * <p>Changes arrive on the engines' threads and leave at once; all else happens on one event-loop context.
 */
public final class PushScheduler {

    private static final long EXPIRE_EVERY_MILLIS = 10_000;
    private static final long WARMING_UP_RECHECK_MILLIS = 500;

    private final Vertx vertx;
    private final Context context;
    private final ServiceIndex index;
    private final Switches switches;
    private final Subscribers subscribers;
    private final WarmUp warmUp;
    private final PushSettings settings;
    private final UdpPush udp;
    private final PushStats stats = new PushStats();
    private final ServiceListener listener = this::changed;

    /** Services whose window is open; bounded by those that have subscribers. */
    private final ConcurrentHashMap<ServiceName, Boolean> open = new ConcurrentHashMap<>();

    private long expireTimer;

    /**
     * @param context an event-loop context that nothing else blocks
     * @param wallMillis the wall clock; only starts the tokens, so that those of two runs differ
     * @param nanoTime monotonic
     */
    public PushScheduler(
            Vertx vertx,
            Context context,
            ServiceIndex index,
            Switches switches,
            Subscribers subscribers,
            WarmUp warmUp,
            PushSettings settings,
            LongSupplier wallMillis,
            LongSupplier nanoTime) {
        this.vertx = vertx;
        this.context = context;
        this.index = index;
        this.switches = switches;
        this.subscribers = subscribers;
        this.warmUp = warmUp;
        this.settings = settings;
        this.udp = new UdpPush(vertx, context, settings.host(), wallMillis.getAsLong() * 1_000, nanoTime, stats);
    }

    /** Opens the socket and begins to listen to the index. */
    public Future<Void> start() {
        return udp.open().onSuccess(opened -> {
            index.addListener(listener);
            expireTimer = vertx.setPeriodic(EXPIRE_EVERY_MILLIS, id -> subscribers.expire());
        });
    }

    public Future<Void> close() {
        index.removeListener(listener);
        vertx.cancelTimer(expireTimer);
        return udp.close();
    }

    public PushStats stats() {
        return stats;
    }

    /** The port that packets go out from and acknowledgements come to; 0 before the start. */
    public int port() {
        return udp.port();
    }

    private void changed(ServiceName service) {
        if (subscribers.hasAny(service) && open.putIfAbsent(service, Boolean.TRUE) == null) {
            context.runOnContext(now -> vertx.setTimer(settings.mergeMillis(), id -> push(service)));
        }
    }

    private void push(ServiceName service) {
        // First: a change from here on opens the next window.
        open.remove(service);
        SwitchSettings current = switches.current();
        boolean mayBeIncomplete = warmUp.inProgress() && !index.isPersistentOnly(service);
        if (!current.pushEnabled()) {
            return;
        }
        if (mayBeIncomplete) {
            // Pushed when it can be believed (X13): clients that were refused a list meanwhile poll ever more rarely.
            if (open.putIfAbsent(service, Boolean.TRUE) == null) {
                vertx.setTimer(WARMING_UP_RECHECK_MILLIS, id -> push(service));
            }
            return;
        }
        Optional<ServiceView> view = index.find(service);
        // Nothing for a service that nobody knows any more: clients would take it for an empty list.
        view.ifPresent(known -> push(known, subscribers.of(service), current.pushCacheMillis()));
    }

    /** What makes the lists of two subscribers differ. */
    private record Form(String clusters, NameForm names) {}

    private void push(ServiceView service, List<Subscriber> to, long cacheMillis) {
        Map<Form, Optional<PushPacket>> packets = new HashMap<>();
        for (Subscriber subscriber : to) {
            Form form = new Form(subscriber.clusters(), subscriber.names());
            packets.computeIfAbsent(
                            form,
                            wanted -> PushPacket.of(ListEncoder.encode(
                                    service, wanted.clusters(), false, wanted.names(), cacheMillis, "")))
                    .ifPresentOrElse(packet -> udp.push(subscriber, packet), () -> stats.addTooBig(1));
        }
    }
}
