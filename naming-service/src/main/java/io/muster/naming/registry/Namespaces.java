package io.muster.naming.registry;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeEvent;
import io.muster.consistency.ChangeListener;
import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Removal;
import io.muster.naming.model.Keys;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.NamespaceDefinition;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.ServiceName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;

/**
 * The namespaces that admins defined. They are for people and for lease defaults (X18); naming works in undefined ones
 * as well, as in Nacos. {@value ServiceName#PUBLIC} is always there, and can be changed but neither created nor
 * deleted.
 */
public final class Namespaces {

    private final ServiceIndex index;
    private final ConditionalWrites writes;
    private final AuditLog audit;
    private final ConcurrentSkipListMap<String, NamespaceDefinition> defined = new ConcurrentSkipListMap<>();

    Namespaces(ServiceIndex index, ConditionalWrites writes, AuditLog audit) {
        this.index = index;
        this.writes = writes;
        this.audit = audit;
    }

    /** The public one first, then by id. */
    public List<NamespaceDefinition> list() {
        List<NamespaceDefinition> all = new ArrayList<>();
        all.add(defined.getOrDefault(ServiceName.PUBLIC, NamespaceDefinition.PUBLIC));
        defined.forEach((id, definition) -> {
            if (!id.equals(ServiceName.PUBLIC)) {
                all.add(definition);
            }
        });
        return all;
    }

    public Optional<NamespaceDefinition> find(String id) {
        return id.equals(ServiceName.PUBLIC)
                ? Optional.of(defined.getOrDefault(id, NamespaceDefinition.PUBLIC))
                : Optional.ofNullable(defined.get(id));
    }

    /** Lease defaults of the namespace's services. */
    Metadata metadata(String id) {
        NamespaceDefinition definition = defined.get(id);
        return definition == null ? Metadata.EMPTY : definition.metadata();
    }

    /**
     * @return fails with {@link RegistryException.AlreadyExists}
     */
    public CompletionStage<Void> create(NamespaceDefinition namespace, Caller caller) {
        var key = Keys.namespace(namespace.id());
        return audited(caller, "create-namespace", namespace.id(), namespace, stored -> {
            if (stored.isPresent() || namespace.id().equals(ServiceName.PUBLIC)) {
                throw new RegistryException.AlreadyExists("namespace already exists: " + namespace.id());
            }
            return List.of(Change.<RegistryRecord>put(key, namespace, ConditionalWrites.unchanged(stored)));
        });
    }

    /**
     * @param metadata lease defaults; those that it has stay where none are given
     * @return fails with {@link RegistryException.NotFound}
     */
    public CompletionStage<Void> update(
            String id, String name, String description, Optional<Metadata> metadata, Caller caller) {
        NamespaceDefinition checked = new NamespaceDefinition(id, name, description, metadata.orElse(Metadata.EMPTY));
        var key = Keys.namespace(id);
        return audited(caller, "update-namespace", id, checked, stored -> {
            if (stored.isEmpty() && !id.equals(ServiceName.PUBLIC)) {
                throw new RegistryException.NotFound("namespace not found: " + id);
            }
            Metadata kept = stored.map(datum -> ((NamespaceDefinition) datum.value()).metadata())
                    .orElse(Metadata.EMPTY);
            return List.of(Change.<RegistryRecord>put(
                    key,
                    new NamespaceDefinition(id, name, description, metadata.orElse(kept)),
                    ConditionalWrites.unchanged(stored)));
        });
    }

    /**
     * @return fails with {@link RegistryException.NotFound}, or with {@link RegistryException.StillInUse} while the
     *     namespace has services
     */
    public CompletionStage<Void> delete(String id, Caller caller) {
        var key = Keys.namespace(id);
        return audited(caller, "delete-namespace", id, "", stored -> {
            if (stored.isEmpty() || id.equals(ServiceName.PUBLIC)) {
                throw new RegistryException.NotFound("namespace not found: " + id);
            }
            if (index.hasServices(id)) {
                throw new RegistryException.StillInUse("namespace " + id + " still has services");
            }
            return List.of(Change.remove(key, Removal.OPERATOR, ConditionalWrites.unchanged(stored)));
        });
    }

    private CompletionStage<Void> audited(
            Caller caller,
            String action,
            String id,
            Object detail,
            Function<Optional<Datum<RegistryRecord>>, List<Change<RegistryRecord>>> plan) {
        Key key = Keys.namespace(id);
        return audit.audited(caller, action, id, detail, () -> writes.standing(key), () -> writes.write(key, plan));
    }

    ChangeListener<RegistryRecord> changeListener() {
        return events -> {
            for (ChangeEvent<RegistryRecord> event : events) {
                if (event instanceof ChangeEvent.Stored<RegistryRecord> stored) {
                    NamespaceDefinition definition =
                            (NamespaceDefinition) stored.datum().value();
                    defined.put(definition.id(), definition);
                } else if (event instanceof ChangeEvent.Removed<RegistryRecord>) {
                    defined.remove(event.key().id());
                }
            }
        };
    }
}
