package io.muster.naming.registry;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeEvent;
import io.muster.consistency.ChangeListener;
import io.muster.naming.model.Keys;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.SwitchSettings;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The switches of the cluster: a persistent record that every node holds, over which one node may lay its own for
 * debugging (R75).
 */
public final class Switches {

    private final ConditionalWrites writes;
    private final AuditLog audit;

    /** What holds on this node; any change of the cluster's record replaces it, a local change too. */
    private volatile SwitchSettings current = SwitchSettings.DEFAULT;

    Switches(ConditionalWrites writes, AuditLog audit) {
        this.writes = writes;
        this.audit = audit;
    }

    public SwitchSettings current() {
        return current;
    }

    /**
     * Sets one switch; an unknown entry changes nothing.
     *
     * @param onlyHere on this node until the cluster's switches change (Nacos: {@code debug=true})
     * @throws IllegalArgumentException for a value that the entry does not take
     */
    public CompletionStage<Void> set(String entry, String value, boolean onlyHere, Caller caller) {
        return change(settings -> settings.with(entry, value), entry + "=" + value, onlyHere, caller);
    }

    /** Sets several at once, by their field names; see {@link SwitchSettings#withAll}. */
    public CompletionStage<Void> setAll(
            Map<String, ? extends @Nullable Object> valueByField, boolean onlyHere, Caller caller) {
        return change(settings -> settings.withAll(valueByField), valueByField, onlyHere, caller);
    }

    private CompletionStage<Void> change(
            UnaryOperator<SwitchSettings> change, Object detail, boolean onlyHere, Caller caller) {
        // Before anything is written, so that a bad value is the caller's mistake at once.
        SwitchSettings here = change.apply(current);
        CompletionStage<Void> done;
        if (onlyHere) {
            current = here;
            done = CompletableFuture.completedFuture(null);
        } else {
            done = writes.write(Keys.SWITCHES, stored -> {
                SwitchSettings before =
                        stored.map(datum -> (SwitchSettings) datum.value()).orElse(SwitchSettings.DEFAULT);
                SwitchSettings after = change.apply(before);
                return after.equals(before)
                        ? List.of()
                        : List.of(
                                Change.<RegistryRecord>put(Keys.SWITCHES, after, ConditionalWrites.unchanged(stored)));
            });
        }
        return audit.audited(caller, onlyHere ? "set-switch-here" : "set-switch", "switches", detail, done);
    }

    ChangeListener<RegistryRecord> changeListener() {
        return events -> {
            for (ChangeEvent<RegistryRecord> event : events) {
                if (event instanceof ChangeEvent.Stored<RegistryRecord> stored) {
                    current = (SwitchSettings) stored.datum().value();
                } else if (event instanceof ChangeEvent.Removed<RegistryRecord>) {
                    current = SwitchSettings.DEFAULT;
                }
            }
        };
    }
}
