package io.muster.consistency;

import java.util.List;

/**
 * Hears of every applied change once, per key in version order; for persistent keys in log order over all keys (R19).
 *
 * <p>Called on the engine's own thread, one call at a time: it must return quickly and must not block. An exception from it is
 * logged and counted; the event counts as delivered, and the next one comes all the same.
 */
@FunctionalInterface
public interface ChangeListener<V> {

    /**
     * @param events never empty, in order; a batch is what one step of the engine applied
     */
    void onChanges(List<ChangeEvent<V>> events);
}
