package io.muster.sim.run;

import io.muster.sim.TraceHash;
import io.muster.sim.net.LinkQuality;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All that a run depends on beside the code: with the seed, which gives every process its chance and every link its coins, the run can be had
 * again. {@link PlanJson} is its text form.
 *
 * @param subject name of the subject that it was drawn for
 * @param nodes how many machines there are, at the start all with empty disks
 * @param knobs settings of the subject, by name
 * @param noise what all links are like all through the chaos
 * @param coreOrder all nodes; the core is the first majority of them with their data intact
 * @param faults in no certain order
 * @param operations in no certain order
 */
public record Plan(
        String subject,
        long seed,
        int nodes,
        SortedMap<String, Long> knobs,
        PlanShape shape,
        LinkQuality noise,
        List<Integer> coreOrder,
        CoreFate coreFate,
        List<Fault> faults,
        List<Operation> operations) {

    public Plan {
        knobs = new TreeMap<>(knobs);
        coreOrder = List.copyOf(coreOrder);
        faults = List.copyOf(faults);
        operations = List.copyOf(operations);
        if (nodes < 1 || !new TreeSet<>(coreOrder).equals(allNodes(nodes))) {
            throw new IllegalArgumentException("the order of the core names each node once: " + coreOrder);
        }
    }

    /** The nodes that may have lost data when the chaos is over. */
    public SortedSet<Integer> damaged() {
        SortedSet<Integer> damaged = new TreeSet<>();
        faults.stream().filter(fault -> fault.kind().losesData()).forEach(fault -> damaged.addAll(fault.nodes()));
        return damaged;
    }

    /** The nodes that stay healthy while the others are gone: a majority with its data intact, if there is one, else all intact ones. */
    public List<Integer> core() {
        SortedSet<Integer> damaged = damaged();
        return coreOrder.stream()
                .filter(node -> !damaged.contains(node))
                .limit(nodes / 2 + 1)
                .sorted()
                .toList();
    }

    /** A setting; each run needs all that its subject asks for. */
    public long knob(String name) {
        Long value = knobs.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the plan has no knob " + name + ", only " + knobs.keySet());
        }
        return value;
    }

    /** Tells plans apart; the same for the same plan on every machine. */
    public String digest() {
        return String.format("%016x", TraceHash.hashOf(PlanJson.write(this)));
    }

    Plan withFaults(List<Fault> newFaults) {
        return new Plan(subject, seed, nodes, knobs, shape, noise, coreOrder, coreFate, newFaults, operations);
    }

    Plan withOperations(List<Operation> newOperations) {
        return new Plan(subject, seed, nodes, knobs, shape, noise, coreOrder, coreFate, faults, newOperations);
    }

    Plan withNoise(LinkQuality newNoise) {
        return new Plan(subject, seed, nodes, knobs, shape, newNoise, coreOrder, coreFate, faults, operations);
    }

    Plan withShape(PlanShape newShape) {
        return new Plan(subject, seed, nodes, knobs, newShape, noise, coreOrder, coreFate, faults, operations);
    }

    /** The same plan with other settings, for experiments by hand. */
    public Plan withKnobs(Map<String, Long> newKnobs) {
        return new Plan(
                subject, seed, nodes, new TreeMap<>(newKnobs), shape, noise, coreOrder, coreFate, faults, operations);
    }

    /** Without the last nodes, and whatever befell them alone. */
    Plan withNodes(int fewer) {
        List<Fault> remaining = faults.stream()
                .map(fault -> fault.hitting(
                        fault.nodes().stream().filter(node -> node < fewer).toList()))
                .filter(fault -> !fault.nodes().isEmpty()
                        || fault.isTriggered()
                        || !fault.kind().needsNodes())
                .toList();
        List<Integer> order = coreOrder.stream().filter(node -> node < fewer).toList();
        return new Plan(subject, seed, fewer, knobs, shape, noise, order, coreFate, remaining, operations);
    }

    private static SortedSet<Integer> allNodes(int count) {
        SortedSet<Integer> all = new TreeSet<>();
        for (int node = 0; node < count; node++) {
            all.add(node);
        }
        return all;
    }
}
