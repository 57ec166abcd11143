package io.muster.sim.linearizability;

import io.muster.sim.linearizability.Verdict.Placed;
import io.muster.sim.linearizability.Verdict.Violation;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** A violation in words, for logs and the messages of failed tests. */
public final class ViolationText {

    /** Of the prefix, the end tells the story. */
    private static final int PLACED_SHOWN_MAX = 20;

    private static final int OTHERS_SHOWN_MAX = 20;

    private ViolationText() {}

    public static <C, R> String of(Violation<C, R> violation) {
        StringBuilder text = new StringBuilder();
        Operation<C, R> blocked = violation.blocked();
        text.append("not linearizable: ")
                .append(violation.part().isEmpty() ? "whole history" : "key " + violation.part())
                .append(", ")
                .append(violation.operations().size())
                .append(" operations; cannot be placed:\n  ")
                .append(blocked)
                .append("\n  in state ")
                .append(violation.state())
                .append(" it would return ")
                .append(violation.answer())
                .append('\n');
        appendPrefix(text, violation.prefix());
        Set<Operation<C, R>> placed =
                violation.prefix().stream().map(Placed::operation).collect(Collectors.toSet());
        appendOthers(
                text,
                "called before that returned, not placed",
                violation,
                operation -> !operation.hasFailed()
                        && !placed.contains(operation)
                        && !operation.equals(blocked)
                        && operation.call().compareTo(blocked.ret()) <= 0);
        appendOthers(text, "failed, so must have had no effect", violation, Operation::hasFailed);
        return text.toString();
    }

    private static <C, R> void appendPrefix(StringBuilder text, List<Placed<C, R>> prefix) {
        int first = Math.max(0, prefix.size() - PLACED_SHOWN_MAX);
        text.append("longest prefix that can be placed: ").append(prefix.size()).append(" operations");
        text.append(first > 0 ? ", the last " + PLACED_SHOWN_MAX + " of them:\n" : "\n");
        for (int i = first; i < prefix.size(); i++) {
            Placed<C, R> placed = prefix.get(i);
            text.append("  ").append(i + 1).append(". ").append(placed.operation());
            text.append("; state ").append(placed.state()).append('\n');
        }
    }

    private static <C, R> void appendOthers(
            StringBuilder text, String title, Violation<C, R> violation, Predicate<Operation<C, R>> which) {
        List<Operation<C, R>> others =
                violation.operations().stream().filter(which).toList();
        if (others.isEmpty()) {
            return;
        }
        text.append(title).append(": ").append(others.size()).append('\n');
        others.stream()
                .limit(OTHERS_SHOWN_MAX)
                .forEach(operation -> text.append("  ").append(operation).append('\n'));
        if (others.size() > OTHERS_SHOWN_MAX) {
            text.append("  …\n");
        }
    }
}
