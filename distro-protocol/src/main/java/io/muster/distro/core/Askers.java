package io.muster.distro.core;

import io.muster.consistency.Key;
import io.muster.member.NodeId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Who asked this node about which session of late: an EXPIRED mark from somebody who asked is taken as it is, since this node has had its
 * say.
 */
final class Askers {

    private static final int REMEMBERED_MAX = 20_000;
    private static final long REMEMBERED_NANOS = TimeUnit.SECONDS.toNanos(10);

    private record Ask(NodeId by, long atNanos) {}

    /** Oldest first. */
    private final LinkedHashMap<Key, Ask> asks = new LinkedHashMap<>();

    void asked(Key key, NodeId by, long nowNanos) {
        asks.remove(key);
        asks.put(key, new Ask(by, nowNanos));
        if (asks.size() > REMEMBERED_MAX) {
            asks.remove(asks.keySet().iterator().next());
        }
    }

    boolean askedBy(Key key, NodeId member, long nowNanos) {
        Ask ask = asks.get(key);
        return ask != null && ask.by().equals(member) && nowNanos - ask.atNanos() < REMEMBERED_NANOS;
    }

    /** On each tick. */
    void forgetOld(long nowNanos) {
        var oldest = asks.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<Key, Ask> ask = oldest.next();
            if (nowNanos - ask.getValue().atNanos() < REMEMBERED_NANOS) {
                return;
            }
            oldest.remove();
        }
    }
}
