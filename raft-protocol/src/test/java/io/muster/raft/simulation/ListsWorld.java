package io.muster.raft.simulation;

import io.muster.member.MemberAddress;
import io.muster.member.lookup.ListChange;
import io.muster.member.lookup.LookupMode;
import io.muster.sim.run.SimRun;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What outlives the processes of a run's nodes: the files that operators write, the address server, by what each node finds its members, and the list that was in
 * force there last. Holds IX3: a list that is in force was meant, whole, and none that loses half of the one before comes in force without a word.
 */
final class ListsWorld {

    /** IX3. */
    static final String VIEW_SANE = "ViewSane";

    /** Design §4, "Wish and configuration"; X4. */
    static final String WISH_RESPECTED = "WishRespected";

    /** So long what a node had in force is remembered for judging. */
    private static final long HISTORY_NANOS = 60_000_000_000L;

    /** What the address server does with a question. */
    enum Mood {
        ANSWERS,
        IS_DOWN
    }

    /** A text, and when it came to be. */
    record Text(long version, long sinceNanos, String content) {}

    /** A list that was in force on a node from then on. */
    private record Stay(long sinceNanos, Set<MemberAddress> list) {}

    /** One node's. */
    private static final class Place {
        private Text file = new Text(0, 0, "");
        private LookupMode mode = LookupMode.FILE;
        private List<MemberAddress> remembered = List.of();
        private List<MemberAddress> inForce = List.of();
        private final Set<Set<MemberAddress>> meant = new HashSet<>();
        private final Set<Set<MemberAddress>> confirmed = new HashSet<>();
        private final Deque<Stay> stays = new ArrayDeque<>();
    }

    private final SimRun run;
    private final List<Place> places = new ArrayList<>();
    private final Set<Set<MemberAddress>> servedAsMeant = new HashSet<>();
    private Text served = new Text(0, 0, "");
    private Mood mood = Mood.ANSWERS;
    private long versions;

    /** Hears on which node a list came in force. */
    private IntConsumer onTaken = node -> {};

    ListsWorld(SimRun run) {
        this.run = run;
        run.cluster().machines().forEach(machine -> places.add(new Place()));
    }

    void onTaken(IntConsumer listener) {
        onTaken = listener;
    }

    private long nowNanos() {
        return run.cluster().clock().monoNanos();
    }

    List<MemberAddress> all() {
        return run.cluster().addresses();
    }

    // What operators do.

    /** Writes the file of a node, to say just this. */
    void write(int node, List<MemberAddress> members) {
        places.get(node).meant.add(Set.copyOf(members));
        write(node, text(members));
    }

    /** Something that nobody means. */
    void write(int node, String content) {
        places.get(node).file = new Text(++versions, nowNanos(), content);
    }

    void serve(List<MemberAddress> members) {
        servedAsMeant.add(Set.copyOf(members));
        serve(text(members));
    }

    void serve(String content) {
        mood = Mood.ANSWERS;
        served = new Text(++versions, nowNanos(), content);
    }

    void serverIsDown() {
        mood = Mood.IS_DOWN;
    }

    void mode(int node, LookupMode mode) {
        places.get(node).mode = mode;
    }

    /** The operator of a node says that this list is meant. */
    void confirmed(int node, Collection<MemberAddress> members) {
        places.get(node).meant.add(Set.copyOf(members));
        places.get(node).confirmed.add(Set.copyOf(members));
    }

    static String text(Collection<MemberAddress> members) {
        return members.stream()
                .map(member -> member.name() + "?peer_port=" + member.peerPort() + "\n")
                .collect(Collectors.joining());
    }

    // What nodes find.

    Text file(int node) {
        return places.get(node).file;
    }

    /** Empty while it does not answer. */
    Optional<String> answer() {
        return mood == Mood.ANSWERS ? Optional.of(served.content()) : Optional.empty();
    }

    /** Whether it was written within the time before now. */
    boolean isYoung(Text text, Duration age) {
        return nowNanos() - text.sinceNanos() < age.toNanos();
    }

    LookupMode mode(int node) {
        return places.get(node).mode;
    }

    List<MemberAddress> remembered(int node) {
        return places.get(node).remembered;
    }

    /** Whether it, or an earlier process of it, has. */
    boolean hasHadList(int node) {
        return !remembered(node).isEmpty();
    }

    /** What the process has in force, or the last one had; empty before the first list. */
    List<MemberAddress> inForce(int node) {
        return places.get(node).inForce;
    }

    boolean names(int lister, MemberAddress listed) {
        return inForce(lister).contains(listed);
    }

    // What becomes of it.

    /** A list comes in force on a node; from a source, or from the memory of its last run. */
    void takes(int node, List<MemberAddress> members, boolean fromMemory) {
        Place place = places.get(node);
        Set<MemberAddress> taken = Set.copyOf(members);
        run.require(!members.isEmpty(), VIEW_SANE, node, () -> "an empty list is in force");
        run.require(
                fromMemory || place.meant.contains(taken) || servedAsMeant.contains(taken),
                VIEW_SANE,
                node,
                () -> members + " is in force, and nobody has ever written just that");
        ListChange change = new ListChange(place.remembered, members);
        boolean moved = !change.isShorter()
                && members.contains(run.cluster().machine(node).address());
        run.require(
                !change.losesHalf() || moved || place.confirmed.contains(taken),
                VIEW_SANE,
                node,
                () -> members + " is in force after " + place.remembered + ", and nobody has confirmed it");
        place.inForce = members;
        place.remembered = members;
        if (place.stays.isEmpty() || !place.stays.getLast().list().equals(taken)) {
            place.stays.addLast(new Stay(nowNanos(), taken));
        }
        run.mark(members.size() == all().size() ? "list of all taken" : "list of some taken");
        run.cluster().clock().tell(() -> "n" + (node + 1) + " lists: takes " + members);
        onTaken.accept(node);
    }

    /** Something that matters happened on a node; for the marks and the story. */
    void isTold(int node, String word) {
        run.mark("lists: " + word);
        run.cluster().clock().tell(() -> "n" + (node + 1) + " lists: " + word);
    }

    /** Whether the node has had just this list in force within the time before now. */
    boolean hadWithin(int node, Set<MemberAddress> list, long nanos) {
        return recent(node, nanos).anyMatch(stay -> stay.list().equals(list));
    }

    /** Whether the node has named it within the time before now. */
    boolean namedWithin(int node, MemberAddress listed, long nanos) {
        return recent(node, nanos).anyMatch(stay -> stay.list().contains(listed));
    }

    private Stream<Stay> recent(int node, long nanos) {
        Deque<Stay> stays = places.get(node).stays;
        long from = nowNanos() - nanos;
        forget(stays);
        List<Stay> found = new ArrayList<>();
        Stay before = null;
        for (Stay stay : stays) {
            if (stay.sinceNanos() >= from && before != null && before.sinceNanos() < from) {
                found.add(before);
            }
            if (stay.sinceNanos() >= from) {
                found.add(stay);
            }
            before = stay;
        }
        if (found.isEmpty() && before != null) {
            found.add(before);
        }
        return found.stream();
    }

    private void forget(Deque<Stay> stays) {
        while (stays.size() > 2 && stays.getFirst().sinceNanos() < nowNanos() - HISTORY_NANOS) {
            Stay first = stays.removeFirst();
            if (stays.getFirst().sinceNanos() >= nowNanos() - HISTORY_NANOS) {
                stays.addFirst(first);
                return;
            }
        }
    }

    /** Nodes, of those, on which not all are listed though their sources have said so for long. */
    Set<Integer> withoutAll(Collection<Integer> nodes) {
        return nodes.stream()
                .filter(node -> !Set.copyOf(inForce(node)).equals(Set.copyOf(all())))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
