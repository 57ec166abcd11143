package io.muster.naming.check.core;

import io.muster.naming.model.InstanceKey;

/**
 * A persistent instance, as checks name it.
 *
 * @param keyGroup of its service
 */
public record TargetId(String keyGroup, InstanceKey instance) {

    @Override
    public String toString() {
        return keyGroup + '/' + instance;
    }
}
