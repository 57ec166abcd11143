package io.muster.naming.registry;

import io.muster.consistency.ConsistencyService;
import io.muster.consistency.Mode;
import io.muster.naming.model.RegistryRecord;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * One round of a leader's job: a walk over all services, in steps that are short enough for a timer's thread, and the writes that come of it. While
 * ephemeral data are on their way, empty lists say nothing of any instance: then there is no walk, and what was remembered is void.
 */
final class ServiceWalk {

    /** What a job does on its way. */
    interface Visitor {

        /** @return how many things it looked at */
        int visit(ServiceEntry entry);

        /** Nothing can be known now; what rounds before this one found counts no more. */
        void blind();

        /** All have been visited. */
        CompletionStage<Void> end();
    }

    private final ConsistencyService<RegistryRecord> consistency;
    private final RegistryPorts ports;
    private final BooleanSupplier leads;
    private final int looksMax;
    private final Visitor visitor;
    private final Iterator<ServiceEntry> entries;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    private ServiceWalk(
            ServiceIndex index,
            ConsistencyService<RegistryRecord> consistency,
            RegistryPorts ports,
            BooleanSupplier leads,
            int looksMax,
            Visitor visitor) {
        this.consistency = consistency;
        this.ports = ports;
        this.leads = leads;
        this.looksMax = looksMax;
        this.visitor = visitor;
        this.entries = index.entries();
    }

    /**
     * @param leads whether this node still leads; the walk ends when it does not
     * @param looksMax in one step
     * @return ends as the visitor's end does; what it throws is a failure
     */
    static CompletionStage<Void> over(
            ServiceIndex index,
            ConsistencyService<RegistryRecord> consistency,
            RegistryPorts ports,
            BooleanSupplier leads,
            int looksMax,
            Visitor visitor) {
        ServiceWalk walk = new ServiceWalk(index, consistency, ports, leads, looksMax, visitor);
        walk.step();
        return walk.done;
    }

    private void step() {
        try {
            look();
        } catch (RuntimeException e) {
            done.completeExceptionally(e);
        }
    }

    private void look() {
        boolean blind = ports.warmUp().inProgress()
                || !consistency.readiness(Mode.EPHEMERAL).ready();
        if (blind || !leads.getAsBoolean()) {
            visitor.blind();
            done.complete(null);
            return;
        }
        for (int looks = 0; entries.hasNext() && looks < looksMax; ) {
            looks += Math.max(1, visitor.visit(entries.next()));
        }
        if (entries.hasNext()) {
            ports.timer().after(1, this::step);
        } else {
            visitor.end().whenComplete((ended, failure) -> {
                if (failure == null) {
                    done.complete(null);
                } else {
                    done.completeExceptionally(ConditionalWrites.cause(failure));
                }
            });
        }
    }

    /**
     * Writes one part after another while this node leads. Who loses a race has been told so by what won it; other failures end it.
     *
     * @param atOnce how many in a part
     */
    static <T> CompletionStage<Void> write(
            List<T> items, int atOnce, BooleanSupplier leads, Function<T, CompletionStage<Void>> write) {
        if (items.isEmpty() || !leads.getAsBoolean()) {
            return CompletableFuture.completedFuture(null);
        }
        int end = Math.min(atOnce, items.size());
        CompletableFuture<?>[] part = items.subList(0, end).stream()
                .map(item -> write.apply(item)
                        .exceptionallyCompose(failure -> ConditionalWrites.isConflict(failure)
                                ? CompletableFuture.completedFuture(null)
                                : CompletableFuture.failedFuture(failure))
                        .toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(part)
                .thenCompose(written -> write(items.subList(end, items.size()), atOnce, leads, write));
    }
}
