package io.muster.member;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What the lookup says: who <em>should</em> be a member, and who was found at each address (design §4, "Wish and configuration"). For consensus
 * a wish and no more; it says nothing of who is alive.
 *
 * @param entries one for each listed address, sorted
 * @param sharedBy the nodes, this one included, that said last that their own wish resolves to the same nodes; sorted, empty while this one
 *     does not {@link #resolved resolve}
 */
public record Wish(List<Entry> entries, List<NodeId> sharedBy) {

    /** Before any lookup has spoken. */
    public static final Wish NONE = new Wish(List.of(), List.of());

    public Wish {
        entries = entries.stream().sorted(Comparator.comparing(Entry::address)).toList();
        sharedBy = sharedBy.stream().sorted().toList();
    }

    /** The listed names, sorted: two nodes have the same list if these are equal (design §4, "Founding"). */
    public List<String> names() {
        return entries.stream().map(entry -> entry.address().name()).sorted().toList();
    }

    /** The nodes behind the addresses, sorted; two spellings of one node count once. */
    public List<NodeId> nodeIds() {
        return entries.stream()
                .flatMap(entry -> entry.nodeId().stream())
                .distinct()
                .sorted()
                .toList();
    }

    /** Addresses at which nobody was found yet. */
    public List<MemberAddress> unresolved() {
        return entries.stream()
                .filter(entry -> entry.nodeId().isEmpty())
                .map(Entry::address)
                .toList();
    }

    /** Whether there is a list and somebody was found at each of its addresses. */
    public boolean resolved() {
        return !entries.isEmpty() && unresolved().isEmpty();
    }

    /**
     * A line of the list.
     *
     * @param nodeId who answered there last; it need not be alive now
     */
    public record Entry(MemberAddress address, Optional<NodeId> nodeId) {}
}
