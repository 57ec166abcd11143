package io.muster.naming.registry;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeEvent;
import io.muster.consistency.ChangeListener;
import io.muster.naming.model.Keys;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.SwitchSettings;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The switches of the cluster: a persistent record that every node holds, over which one node may lay its own for
 * debugging (R75). Those hold until they are taken back or the node restarts, whatever becomes of the cluster's. Safe
 * for any thread.
 */
public final class Switches {

    private final ConditionalWrites writes;
    private final AuditLog audit;

    private volatile Held held = new Held(SwitchSettings.DEFAULT, new TreeMap<>());

    Switches(ConditionalWrites writes, AuditLog audit) {
        this.writes = writes;
        this.audit = audit;
    }

    /** Immutable. */
    private static final class Held {
        private final SwitchSettings cluster;

        /** What this node lays over the cluster's, by field. */
        private final SortedMap<String, String> hereByField;

        private final SwitchSettings current;

        Held(SwitchSettings cluster, SortedMap<String, String> hereByField) {
            this.cluster = cluster;
            this.hereByField = Collections.unmodifiableSortedMap(hereByField);
            this.current = cluster.overlaidBy(hereByField);
        }
    }

    /** What holds on this node. */
    public SwitchSettings current() {
        return held.current;
    }

    /** The fields that are this node's own, sorted. */
    public Set<String> local() {
        return held.hereByField.keySet();
    }

    /**
     * Sets one switch; an unknown entry changes nothing.
     *
     * @param onlyHere on this node, until it is taken back or the node restarts (Nacos: {@code debug=true})
     * @throws IllegalArgumentException for a value that the entry does not take
     */
    public CompletionStage<Void> set(String entry, String value, boolean onlyHere, Caller caller) {
        // Read at once, so that a bad value is the caller's mistake before anything is written.
        SwitchSettings wanted = current().with(entry, value);
        String detail = entry + "=" + value;
        return onlyHere
                ? setHere(SwitchSettings.fieldsSetBy(entry, value), wanted, detail, caller)
                : setForAll(settings -> settings.with(entry, value), detail, caller);
    }

    /** Sets several at once, by their field names; see {@link SwitchSettings#withAll}. */
    public CompletionStage<Void> setAll(
            Map<String, ? extends @Nullable Object> valueByField, boolean onlyHere, Caller caller) {
        SwitchSettings wanted = current().withAll(valueByField);
        return onlyHere
                ? setHere(valueByField.keySet(), wanted, valueByField, caller)
                : setForAll(settings -> settings.withAll(valueByField), valueByField, caller);
    }

    /** From now on this node goes by the cluster's value again, in one switch or, by an empty entry, in all. */
    public CompletionStage<Void> takeBack(String entry, Caller caller) {
        Set<String> fields = entry.isEmpty() ? local() : SwitchSettings.fieldsOf(entry);
        return audit.audited(caller, "take-back-switch-here", "switches", entry, this::here, () -> {
            synchronized (this) {
                SortedMap<String, String> left = new TreeMap<>(held.hereByField);
                left.keySet().removeAll(Set.copyOf(fields));
                held = new Held(held.cluster, left);
            }
            return CompletableFuture.completedFuture(null);
        });
    }

    private CompletionStage<Void> setHere(
            Collection<String> fields, SwitchSettings wanted, Object detail, Caller caller) {
        return audit.audited(caller, "set-switch-here", "switches", detail, this::here, () -> {
            synchronized (this) {
                SortedMap<String, String> more = new TreeMap<>(held.hereByField);
                fields.forEach(field -> wanted.text(field).ifPresent(text -> more.put(field, text)));
                held = new Held(held.cluster, more);
            }
            return CompletableFuture.completedFuture(null);
        });
    }

    private String here() {
        return held.hereByField.toString();
    }

    private CompletionStage<Void> setForAll(UnaryOperator<SwitchSettings> change, Object detail, Caller caller) {
        return audit.audited(
                caller,
                "set-switch",
                "switches",
                detail,
                () -> writes.standing(Keys.SWITCHES),
                () -> writes.write(Keys.SWITCHES, stored -> {
                    SwitchSettings before =
                            stored.map(datum -> (SwitchSettings) datum.value()).orElse(SwitchSettings.DEFAULT);
                    SwitchSettings after = change.apply(before);
                    return after.equals(before)
                            ? List.of()
                            : List.of(Change.<RegistryRecord>put(
                                    Keys.SWITCHES, after, ConditionalWrites.unchanged(stored)));
                }));
    }

    ChangeListener<RegistryRecord> changeListener() {
        return events -> {
            for (ChangeEvent<RegistryRecord> event : events) {
                if (event instanceof ChangeEvent.Stored<RegistryRecord> stored) {
                    clusterIs((SwitchSettings) stored.datum().value());
                } else if (event instanceof ChangeEvent.Removed<RegistryRecord>) {
                    clusterIs(SwitchSettings.DEFAULT);
                }
            }
        };
    }

    private synchronized void clusterIs(SwitchSettings cluster) {
        held = new Held(cluster, held.hereByField);
    }
}
