package io.muster.naming.registry;

import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.MetadataEdit;
import io.muster.naming.model.ServiceName;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One metadata edit for many instances of a service (nacos-v1-http.md §3.4). Each instance stands alone: one that fails
 * is left out of the answer.
 */
public final class MetadataBatch {

    /**
     * Instances of a batch that are edited at the same time: enough to share group commits, too few to fill a queue.
     */
    private static final int IN_FLIGHT_MAX = 64;

    /** Instances of a batch of which its line of audit shows the metadata. */
    private static final int AUDITED_MAX = 20;

    /** Instances of a batch that its line of audit names: there must be room for the edit. */
    private static final int NAMED_MAX = 6;

    private static final Logger LOG = LoggerFactory.getLogger(MetadataBatch.class);

    private final ServiceIndex index;
    private final InstanceEdits edits;
    private final AuditLog audit;

    MetadataBatch(ServiceIndex index, InstanceEdits edits, AuditLog audit) {
        this.index = index;
        this.edits = edits;
        this.audit = audit;
    }

    /** One instance as a batch names it. */
    public record Target(InstanceKey instance, boolean ephemeral) {

        /** {@code ip:port:unknown:cluster:ephemeral} or {@code …:persist}, as answers name it. */
        public String wireForm() {
            return instance.wireForm() + (ephemeral ? ":ephemeral" : ":persist");
        }
    }

    /**
     * @param updated those that were edited, in the order of the request
     * @param overlay the worst of theirs
     */
    public record Result(List<Target> updated, OverlayOutcome overlay) {

        @Override
        public String toString() {
            return updated.size() + " instances, overlays " + overlay;
        }
    }

    /** All instances of one kind that the service has now. */
    public List<Target> all(ServiceName service, boolean ephemeral) {
        return index.find(service)
                .map(view -> view.instances().stream()
                        .filter(instance -> instance.ephemeral() == ephemeral)
                        .map(instance -> new Target(instance.key(), ephemeral))
                        .toList())
                .orElse(List.of());
    }

    /** Never fails; unknown instances are passed over. */
    public CompletionStage<Result> edit(ServiceName service, List<Target> targets, MetadataEdit edit, Caller caller) {
        Run run = new Run(service, List.copyOf(targets), edit, caller);
        return audit.audited(
                caller,
                "edit-metadata",
                service,
                named(targets) + ": " + edit,
                () -> standing(service, targets),
                run::start);
    }

    private static String named(List<Target> targets) {
        String first = targets.stream().limit(NAMED_MAX).map(Target::wireForm).collect(Collectors.joining(", "));
        return targets.size() <= NAMED_MAX ? first : first + " and " + (targets.size() - NAMED_MAX) + " more";
    }

    /** The metadata of the first of them as readers see it, for the audit. */
    private String standing(ServiceName service, List<Target> targets) {
        return targets.stream()
                .limit(AUDITED_MAX)
                .map(target -> target.instance() + " " + edits.shownMetadata(service, target))
                .toList()
                .toString();
    }

    /** The state of one batch: a few lanes that each take the next target until none is left. */
    private final class Run {
        private final ServiceName service;
        private final List<Target> targets;
        private final MetadataEdit edit;
        private final Caller caller;
        private final AtomicInteger next = new AtomicInteger();
        private final List<CompletableFuture<OverlayOutcome>> outcomes = new ArrayList<>();

        Run(ServiceName service, List<Target> targets, MetadataEdit edit, Caller caller) {
            this.service = service;
            this.targets = targets;
            this.edit = edit;
            this.caller = caller;
            targets.forEach(target -> outcomes.add(new CompletableFuture<>()));
        }

        CompletionStage<Result> start() {
            for (int lane = 0; lane < Math.min(IN_FLIGHT_MAX, targets.size()); lane++) {
                takeNext();
            }
            return CompletableFuture.allOf(outcomes.toArray(new CompletableFuture<?>[0]))
                    .handle((done, failure) -> result());
        }

        /** A loop over all that is through at once, as unknown instances are: a call each would overflow the stack. */
        private void takeNext() {
            for (int at = next.getAndIncrement(); at < targets.size(); at = next.getAndIncrement()) {
                int taken = at;
                CompletionStage<OverlayOutcome> edited = begin(targets.get(taken));
                if (!edited.toCompletableFuture().isDone()) {
                    edited.whenComplete((outcome, failure) -> {
                        settle(taken, outcome, failure);
                        takeNext();
                    });
                    return;
                }
                edited.whenComplete((outcome, failure) -> settle(taken, outcome, failure));
            }
        }

        /** A throw is a failure of this one instance, too: else its outcome would stay open, and the request with it. */
        private CompletionStage<OverlayOutcome> begin(Target target) {
            try {
                return edits.editMetadata(service, target.instance(), target.ephemeral(), edit, caller);
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        private void settle(int at, @Nullable OverlayOutcome outcome, @Nullable Throwable failure) {
            if (failure == null) {
                outcomes.get(at).complete(outcome);
            } else {
                LOG.debug("metadata of {} {} is not edited", service, targets.get(at), failure);
                outcomes.get(at).completeExceptionally(failure);
            }
        }

        private Result result() {
            List<Target> updated = new ArrayList<>();
            OverlayOutcome worst = OverlayOutcome.NOT_NEEDED;
            for (int i = 0; i < targets.size(); i++) {
                CompletableFuture<OverlayOutcome> outcome = outcomes.get(i);
                if (!outcome.isCompletedExceptionally()) {
                    updated.add(targets.get(i));
                    worst = worst.worse(outcome.getNow(OverlayOutcome.NOT_NEEDED));
                }
            }
            return new Result(List.copyOf(updated), worst);
        }
    }
}
