package io.muster.naming.list;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.muster.naming.model.ServiceName;
import io.muster.naming.model.SwitchSettings;
import io.muster.naming.registry.ServiceIndex;
import io.muster.naming.registry.ServiceView;
import io.muster.naming.registry.Switches;
import io.muster.naming.registry.WarmUp;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** Instance lists for polling clients, from a cache bounded by bytes. */
public final class InstanceLists {

    private static final ListAnswer WARMING_UP = new ListAnswer.WarmingUp();

    /** What an entry costs beside its bytes, roughly: key, node, buffer. */
    private static final int ENTRY_OVERHEAD_BYTES = 256;

    private final ServiceIndex index;
    private final Switches switches;
    private final WarmUp warmUp;
    private final Cache<ListKey, EncodedList> cache;
    private final LongAdder encoded = new LongAdder();

    /**
     * @param cacheBytesMax bound on the lists that are kept
     */
    public InstanceLists(ServiceIndex index, Switches switches, WarmUp warmUp, long cacheBytesMax) {
        this.index = index;
        this.switches = switches;
        this.warmUp = warmUp;
        this.cache = Caffeine.newBuilder()
                .maximumWeight(cacheBytesMax)
                .weigher((ListKey key, EncodedList list) ->
                        ENTRY_OVERHEAD_BYTES + 2 * key.clusters.length() + list.json.length())
                .build();
    }

    private record ListKey(
            ServiceName service, String clusters, boolean healthyOnly, NameForm names, long cacheMillis) {}

    private record EncodedList(long revision, Buffer json) {}

    public ListAnswer list(ListRequest request) {
        ServiceName service = request.service();
        if (warmUp.inProgress() && !index.isPersistentOnly(service)) {
            return WARMING_UP;
        }
        SwitchSettings settings = switches.current();
        long cacheMillis = request.pushed() ? settings.pushCacheMillis() : settings.cacheMillis();
        long revision = index.revision(service);
        if (revision == 0) {
            return new ListAnswer.Body(unknown(request, cacheMillis));
        }
        if (!request.env().isEmpty()) {
            // Echoed, so a list of its own; hardly any client sends it.
            return new ListAnswer.Body(encode(request, cacheMillis).json);
        }
        ListKey key = new ListKey(service, request.clusters(), request.healthyOnly(), request.names(), cacheMillis);
        EncodedList hit = cache.getIfPresent(key);
        if (hit == null || hit.revision != revision) {
            hit = cache.asMap()
                    .compute(
                            key,
                            (k, now) -> now != null && now.revision >= revision ? now : encode(request, cacheMillis));
        }
        return new ListAnswer.Body(hit.json);
    }

    /** How many lists have been encoded since the start. */
    public long encodedCount() {
        return encoded.sum();
    }

    private EncodedList encode(ListRequest request, long cacheMillis) {
        Optional<ServiceView> view = index.find(request.service());
        if (view.isEmpty()) {
            return new EncodedList(0, unknown(request, cacheMillis));
        }
        encoded.increment();
        return new EncodedList(
                view.get().revision(),
                Buffer.buffer(ListEncoder.encode(
                        view.get(),
                        request.clusters(),
                        request.healthyOnly(),
                        request.names(),
                        cacheMillis,
                        request.env())));
    }

    private static Buffer unknown(ListRequest request, long cacheMillis) {
        return Buffer.buffer(ListEncoder.unknown(request.service(), request.clusters(), cacheMillis));
    }
}
