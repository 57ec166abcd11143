package io.muster.sim.linearizability;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * From the operations recorded to those that a search must explain ({@code spec/simulation.md} §7).
 *
 * <ol>
 *   <li>A definite failure must have had no effect, so the others must make sense without it.
 *   <li>A read of unknown outcome says nothing.
 *   <li>A write of unknown outcome may take effect at any time after its call, or never.
 *   <li>A write of unknown outcome that made no difference to anybody may be left out; the model knows which those are.
 * </ol>
 */
final class StandardRules<C, R> implements UnaryOperator<List<Operation<C, R>>> {

    private final SequentialModel<?, C, R> model;

    StandardRules(SequentialModel<?, C, R> model) {
        this.model = model;
    }

    @Override
    public List<Operation<C, R>> apply(List<Operation<C, R>> recorded) {
        List<Operation<C, R>> telling = recorded.stream()
                .filter(operation -> !operation.hasFailed())
                .filter(operation -> !operation.isUnknown() || !model.isRead(operation.command()))
                .map(operation -> operation.isUnknown() ? operation.returningAt(Moment.NEVER) : operation)
                .toList();
        return model.simplified(telling);
    }
}
