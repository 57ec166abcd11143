package io.muster.distro.driver;

import io.muster.consistency.Key;
import io.muster.distro.core.Records;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Keys of sessions that clients renewed, on any thread, and of which the core must hear. Each queue holds a key once at most,
 * see {@link Records#renew}.
 */
final class RenewedKeys implements Records.RenewalSink {

    private final Queue<Key> revivals = new ConcurrentLinkedQueue<>();
    private final Queue<Key> heard = new ConcurrentLinkedQueue<>();
    private final Runnable askTurn;

    /** @param askTurn has revivals taken soon; any thread */
    RenewedKeys(Runnable askTurn) {
        this.askTurn = askTurn;
    }

    @Override
    public void revive(Key key) {
        revivals.add(key);
        askTurn.run();
    }

    @Override
    public void passOn(Key key) {
        heard.add(key);
    }

    boolean noneToRevive() {
        return revivals.isEmpty();
    }

    /** Those that were renewed while they were not healthy, up to so many. */
    List<Key> takeRevivals(int keysMax) {
        return take(revivals, keysMax);
    }

    /** Those of other members. */
    List<Key> takeHeard() {
        return take(heard, Integer.MAX_VALUE);
    }

    /** Nobody waits for them. */
    void clear() {
        revivals.clear();
        heard.clear();
    }

    private static List<Key> take(Queue<Key> queue, int keysMax) {
        List<Key> keys = new ArrayList<>();
        for (Key key = queue.poll(); key != null; key = keys.size() < keysMax ? queue.poll() : null) {
            keys.add(key);
        }
        return keys;
    }
}
