package io.muster.distro.sim.cluster;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What one engine holds in memory, found by a walk over its objects, so that no queue or map is left out, whoever adds it. Clocks, networks, codecs and listeners
 * are not its own.
 */
final class EngineHeap {

    private static final String OWN = "io.muster.distro.";
    private static final String VALUES = "io.muster.consistency.";
    private static final long HEADER_BYTES = 16;
    private static final long REFERENCE_BYTES = 8;

    /** Of a hash map: the node, and its slots. */
    private static final long ELEMENT_BYTES = 64;

    /** Keep one object of each process and lease that records name, and none past a bound of their own; a damaged frame can name any. */
    private static final Set<String> POOLS = Set.of("RecordCodec.origins", "LeasePool.known");

    /** What the latest input led to, as many as one message or one turn brings; the next input, a tick at the latest, begins anew. */
    private static final Set<String> LATEST_STEP = Set.of("Step.events", "Step.outcomes", "Step.sends", "Step.changed");

    private static final ClassValue<List<Field>> FIELDS = new ClassValue<>() {
        @Override
        protected List<Field> computeValue(Class<?> type) {
            return fieldsOf(type);
        }
    };

    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Object> toVisit = new ArrayDeque<>();
    private long bytes;
    private int largest;
    private String largestPlace = "nothing";

    private EngineHeap() {}

    static EngineHeap of(Object engine) {
        EngineHeap heap = new EngineHeap();
        heap.visit(engine);
        while (!heap.toVisit.isEmpty()) {
            heap.visitParts(heap.toVisit.removeLast());
        }
        return heap;
    }

    /** Roughly; what several objects share counts once. */
    long bytes() {
        return bytes;
    }

    /** How many elements its largest collection has, but for pools and the latest step. */
    int largest() {
        return largest;
    }

    /** Where that is. */
    String largestPlace() {
        return largestPlace;
    }

    private static List<Field> fieldsOf(Class<?> type) {
        List<Field> fields = new ArrayList<>();
        for (Class<?> one = type; one != null && isOwn(one); one = one.getSuperclass()) {
            for (Field field : one.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    field.setAccessible(true);
                    fields.add(field);
                }
            }
        }
        return fields;
    }

    private static boolean isOwn(Class<?> type) {
        String name = type.getName();
        boolean isSimulation = name.startsWith(EngineHeap.class.getPackageName());
        return (name.startsWith(OWN) || name.startsWith(VALUES)) && !isSimulation && !type.isHidden();
    }

    private void visit(Object object) {
        if (object != null && seen.add(object)) {
            toVisit.add(object);
        }
    }

    private void visitParts(Object object) {
        Class<?> type = object.getClass();
        if (object instanceof String text) {
            bytes += HEADER_BYTES + REFERENCE_BYTES + text.length();
        } else if (object instanceof Optional<?> optional) {
            bytes += HEADER_BYTES;
            optional.ifPresent(this::visit);
        } else if (object instanceof AtomicReference<?> reference) {
            bytes += HEADER_BYTES;
            visit(reference.get());
        } else if (object instanceof AtomicReferenceArray<?> array) {
            bytes += HEADER_BYTES + REFERENCE_BYTES * array.length();
            for (int i = 0; i < array.length(); i++) {
                visit(array.get(i));
            }
        } else if (type.isArray()) {
            visitArray(object, type);
        } else if (isOwn(type) && !type.isEnum()) {
            visitFields(object, type);
        }
    }

    private void visitArray(Object array, Class<?> type) {
        bytes += HEADER_BYTES + REFERENCE_BYTES * Array.getLength(array);
        if (!type.getComponentType().isPrimitive()) {
            for (Object element : (Object[]) array) {
                visit(element);
            }
        }
    }

    private void visitFields(Object object, Class<?> type) {
        bytes += HEADER_BYTES;
        for (Field field : FIELDS.get(type)) {
            bytes += REFERENCE_BYTES;
            if (field.getType().isPrimitive()) {
                continue;
            }
            Object value = valueOf(field, object);
            if (value instanceof Map<?, ?> map) {
                elements(field, map, map.size());
                map.forEach((key, element) -> {
                    nested(field, key);
                    nested(field, element);
                });
            } else if (value instanceof Collection<?> collection) {
                elements(field, collection, collection.size());
                collection.forEach(element -> nested(field, element));
            } else {
                visit(value);
            }
        }
    }

    /** A collection in a collection has no field of its own. */
    private void nested(Field field, Object element) {
        if (element instanceof Collection<?> collection) {
            elements(field, collection, collection.size());
            collection.forEach(this::visit);
        } else {
            visit(element);
        }
    }

    private void elements(Field field, Object collection, int size) {
        if (seen.add(collection)) {
            bytes += HEADER_BYTES + ELEMENT_BYTES * size;
            if (size > largest) {
                String place = field.getDeclaringClass().getSimpleName() + "." + field.getName();
                if (!POOLS.contains(place) && !LATEST_STEP.contains(place)) {
                    largest = size;
                    largestPlace = place;
                }
            }
        }
    }

    private static Object valueOf(Field field, Object object) {
        try {
            return field.get(object);
        } catch (IllegalAccessException closed) {
            throw new IllegalStateException("cannot look into " + field, closed);
        }
    }
}
