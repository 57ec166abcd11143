package io.muster.naming.push;

import io.muster.naming.list.ListEncoder;
import io.muster.naming.list.NameForm;
import io.muster.naming.model.ServiceName;
import io.muster.naming.model.SwitchSettings;
import io.muster.naming.registry.ServiceIndex;
import io.muster.naming.registry.ServiceListener;
import io.muster.naming.registry.ServiceView;
import io.muster.naming.registry.Switches;
import io.muster.naming.registry.Timer;
import io.muster.naming.registry.WarmUp;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Decides when a changed service is pushed, and what: its first change opens a short window, and all that changes within goes out together. Then the
 * list is read anew and encoded once for each form that its subscribers want.
 *
 * <p>Changes arrive on the engines' threads and leave at once; all else happens on the timer's thread. No socket, clock or event loop of its own.
 */
public final class PushWindows implements ServiceListener {

    private static final long WARMING_UP_RECHECK_MILLIS = 500;

    /** Brings a list to subscribers. */
    @FunctionalInterface
    public interface Outlet {

        /** @param list the JSON body of an instance list */
        void push(byte[] list, List<Subscriber> to);
    }

    private final ServiceIndex index;
    private final Switches switches;
    private final Subscribers subscribers;
    private final WarmUp warmUp;
    private final long mergeMillis;
    private final Timer timer;
    private final Outlet outlet;

    /** Services whose window is open; bounded by those that have subscribers. */
    private final ConcurrentHashMap<ServiceName, Boolean> open = new ConcurrentHashMap<>();

    /** @param timer its thread is that of the outlet */
    public PushWindows(
            ServiceIndex index,
            Switches switches,
            Subscribers subscribers,
            WarmUp warmUp,
            long mergeMillis,
            Timer timer,
            Outlet outlet) {
        this.index = index;
        this.switches = switches;
        this.subscribers = subscribers;
        this.warmUp = warmUp;
        this.mergeMillis = mergeMillis;
        this.timer = timer;
        this.outlet = outlet;
    }

    @Override
    public void changed(ServiceName service) {
        if (subscribers.hasAny(service) && open.putIfAbsent(service, Boolean.TRUE) == null) {
            timer.after(mergeMillis, () -> push(service));
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
                timer.after(WARMING_UP_RECHECK_MILLIS, () -> push(service));
            }
            return;
        }
        // Nothing for a service that nobody knows any more: clients would take it for an empty list.
        index.find(service).ifPresent(known -> push(known, subscribers.of(service), current.pushCacheMillis()));
    }

    /** What makes the lists of two subscribers differ. */
    private record Form(String clusters, NameForm names) {}

    private void push(ServiceView service, List<Subscriber> to, long cacheMillis) {
        Map<Form, List<Subscriber>> byForm = new LinkedHashMap<>();
        for (Subscriber subscriber : to) {
            Form form = new Form(subscriber.clusters(), subscriber.names());
            byForm.computeIfAbsent(form, first -> new ArrayList<>()).add(subscriber);
        }
        byForm.forEach((form, alike) ->
                outlet.push(ListEncoder.encode(service, form.clusters(), false, form.names(), cacheMillis, ""), alike));
    }
}
