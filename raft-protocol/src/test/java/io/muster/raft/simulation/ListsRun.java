package io.muster.raft.simulation;

import io.muster.member.MemberAddress;
import io.muster.member.NodeId;
import io.muster.member.lookup.LookupMode;
import io.muster.member.port.Members;
import io.muster.raft.RaftRole;
import io.muster.raft.core.RaftCore;
import io.muster.raft.core.membership.Configuration;
import io.muster.raft.core.quorum.Majority;
import io.muster.sim.cluster.OracleMembers;
import io.muster.sim.cluster.SimCluster;
import io.muster.sim.cluster.SimMachine;
import io.muster.sim.cluster.SimProcess;
import io.muster.sim.run.Lack;
import io.muster.sim.run.Operation;
import io.muster.sim.run.Phase;
import io.muster.sim.run.SimRun;
import io.muster.sim.run.SubjectRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * A run of the cluster whose nodes find each other by files and an address server that operators edit, node by node, get wrong, and mend (IX3); and, at the seam between
 * wish and group, whether the group follows only what design §4 lets it follow (X4). All that holds of a {@link RaftRun} holds here.
 */
final class ListsRun implements SubjectRun {

    /** A leader hears of others' lists a second late, and of silent ones later. */
    private static final long HEARD_WITHIN_NANOS = Duration.ofSeconds(15).toNanos();

    /** A minute on the leader's clock, which may run at twice the speed, and a little less. */
    private static final long ABSENT_NANOS = Duration.ofSeconds(25).toNanos();

    /** Shorter than from one look at a file to the next, on whichever clock. */
    private static final Duration PIECE_LASTS = Duration.ofMillis(100);

    private static final Duration WISH_IS_KNOWN_AFTER = Duration.ofMillis(200);

    private final SimRun run;
    private final ListBug bug;
    private final ListsWorld world;
    private final RaftRun raft;
    private final Map<Integer, ListedMembers> lookups = new TreeMap<>();

    /** From then on no operator is at work any more, with whatever is left of an edit of several files. */
    private boolean mended;

    /** The group as each process has shown it last. */
    private final Map<Integer, Seen> seen = new TreeMap<>();

    /** @param leads whether the process led when it was seen */
    private record Seen(long index, Configuration group, boolean leads, long term) {}

    ListsRun(SimRun run, ListBug bug) {
        this.run = run;
        this.bug = bug;
        this.world = new ListsWorld(run);
        this.raft = new RaftRun(run, new Listed());
        raft.lists((lister, listed) ->
                world.names(lister, run.cluster().machine(listed).address()));
        Random random = new Random(run.plan().seed());
        List<MemberAddress> first = run.plan().seed() % 2 == 0 ? world.all() : drawn(random.nextLong());
        world.serve(first);
        for (int node = 0; node < run.cluster().size(); node++) {
            world.write(node, random.nextInt(4) == 0 ? drawn(random.nextLong()) : first);
            world.mode(node, random.nextInt(3) == 0 ? LookupMode.ADDRESS_SERVER : LookupMode.FILE);
        }
        if (bug == ListBug.EACH_LIST_COUNTS_AS_CONFIRMED) {
            world.onTaken(this::confirmWishAt);
        }
    }

    /** The members of each process, and none of Raft's own bugs. */
    private final class Listed implements PlantedBug {

        @Override
        public Set<String> expected() {
            return bug.expected();
        }

        @Override
        public Members members(SimCluster cluster, SimProcess process) {
            ListedMembers members = new ListedMembers(run, world, OracleMembers.of(cluster, process), process, bug);
            lookups.put(process.index(), members);
            return members;
        }
    }

    private void confirmWishAt(int node) {
        run.cluster()
                .clock()
                .after(
                        WISH_IS_KNOWN_AFTER,
                        () -> raft.node(node)
                                .filter(SimulatedNode::isUp)
                                .ifPresent(up -> up.engine().applyWish().exceptionally(refused -> null)));
    }

    /** More than half of the machines: two such lists have a node in common, so that at most one cluster is founded. */
    private List<MemberAddress> drawn(long seed) {
        Random random = new Random(seed);
        List<MemberAddress> all = new ArrayList<>(world.all());
        int size = Majority.size(all.size()) + random.nextInt(all.size() - Majority.size(all.size()) + 1);
        while (all.size() > size) {
            all.remove(random.nextInt(all.size()));
        }
        return all;
    }

    // What operators do.

    @Override
    public void perform(Operation operation) {
        if (!ListOperators.KINDS.contains(operation.kind())) {
            raft.perform(operation);
            return;
        }
        long seed = operation.argument();
        int node = Math.floorMod(seed, run.cluster().size());
        run.mark(operation.kind());
        switch (operation.kind()) {
            case ListOperators.EDIT_ONE -> writeInPieces(node, drawn(seed));
            case ListOperators.EDIT_ALL -> editNodeByNode(drawn(seed), new Random(seed));
            case ListOperators.EDIT_ALL_TO_ALL -> editNodeByNode(world.all(), new Random(seed));
            case ListOperators.STRANGER -> strangerAt(node);
            case ListOperators.SPOIL -> spoil(node, new Random(seed));
            case ListOperators.CUT_OFF -> cutOff(node, seed);
            case ListOperators.CONFIRM -> confirm(node);
            case ListOperators.SWITCH ->
                lookup(node)
                        .ifPresent(lookup -> lookup.switchTo(
                                world.mode(node) == LookupMode.FILE ? LookupMode.ADDRESS_SERVER : LookupMode.FILE));
            case ListOperators.SERVER_DOWN -> world.serverIsDown();
            case ListOperators.SERVER_ODD -> oddAnswers(new Random(seed));
            default -> world.serve(drawn(seed));
        }
    }

    private static MemberAddress oneOf(List<MemberAddress> members, long seed) {
        return members.get(Math.floorMod(seed / 31, members.size()));
    }

    private Optional<ListedMembers> lookup(int node) {
        return run.cluster().machine(node).awake() ? Optional.ofNullable(lookups.get(node)) : Optional.empty();
    }

    /** First all but the last line, then the whole: a reader in between sees a good list that nobody means, and that lacks too little to be held back. */
    private void writeInPieces(int node, List<MemberAddress> members) {
        world.write(node, ListsWorld.text(members.subList(0, Math.max(1, members.size() - 1))));
        later(PIECE_LASTS, () -> world.write(node, members));
    }

    /** Unless all has been mended by then: an edit that goes on after that would be a list of some that nobody mends. */
    private void later(Duration delay, Runnable edit) {
        run.cluster().clock().after(delay, () -> {
            if (!mended) {
                edit.run();
            }
        });
    }

    /** With up to half a minute between two files. */
    private void editNodeByNode(List<MemberAddress> members, Random random) {
        Duration delay = Duration.ZERO;
        for (int node : shuffled(random)) {
            later(delay, () -> writeInPieces(node, members));
            delay = delay.plusMillis(random.nextInt(random.nextBoolean() ? 30_000 : 300));
        }
    }

    private List<Integer> shuffled(Random random) {
        List<Integer> order = new ArrayList<>();
        for (int node = 0; node < run.cluster().size(); node++) {
            order.add(random.nextInt(order.size() + 1), node);
        }
        return order;
    }

    /** It lists all, and nobody lists it. */
    private void strangerAt(int stranger) {
        List<MemberAddress> others = new ArrayList<>(world.all());
        others.remove(run.cluster().machine(stranger).address());
        for (int node = 0; node < run.cluster().size(); node++) {
            writeInPieces(node, node == stranger ? world.all() : others);
        }
    }

    private void spoil(int node, Random random) {
        String whole = ListsWorld.text(world.all());
        world.write(
                node,
                switch (random.nextInt(6)) {
                    case 0 -> "";
                    case 1 -> "# nobody\n\n";
                    case 2 -> whole.substring(0, whole.length() - 2) + "x\n";
                    case 3 -> whole.replace("\n", "");
                    case 4 -> ListsWorld.text(world.all().subList(1, world.all().size())) + "\u0000<html>:x\n";
                    default -> ListsWorld.text(world.all().subList(0, 2)) + "n9:port\n";
                });
    }

    /** Not before the node has had a list: by nothing could it tell that lines are missing, and a node that is told that it is alone founds a cluster. */
    private void cutOff(int node, long seed) {
        if (world.hasHadList(node)) {
            world.write(node, ListsWorld.text(List.of(oneOf(world.all(), seed))));
        }
    }

    /** One name only when all have had a list, for the same reason. */
    private void oddAnswers(Random random) {
        String whole = ListsWorld.text(world.all());
        boolean allHaveHadOne = IntStream.range(0, run.cluster().size()).allMatch(world::hasHadList);
        world.serve(
                switch (random.nextInt(allHaveHadOne ? 4 : 3)) {
                    case 0 -> "";
                    case 1 -> "<html><body>" + random.nextInt() + "</body></html>";
                    case 2 -> "{\"code\":500,\"data\":\"" + whole.strip().replace("\n", ",") + "\"}";
                    default -> ListsWorld.text(List.of(oneOf(world.all(), random.nextInt(1_000))));
                });
    }

    /** Not where nothing is founded: there an operator's word that a node is alone founds a cluster of its own, as told. */
    private void confirm(int node) {
        boolean belongs = raft.node(node)
                .filter(SimulatedNode::isUp)
                .filter(up -> up.status().voters().size() > 1)
                .isPresent();
        if (belongs) {
            lookup(node).ifPresent(ListedMembers::confirm);
        }
    }

    // What must hold.

    @Override
    public void check(int index) {
        raft.check(index);
        Optional<RaftCore> core = raft.node(index).flatMap(SimulatedNode::core);
        if (core.isEmpty() || core.get().configuration().isEmpty()) {
            seen.remove(index);
            return;
        }
        Seen before = seen.get(index);
        if (before != null
                && before.index() == core.get().configurationIndex()
                && before.leads() == (core.get().role() == RaftRole.LEADER)
                && before.term() == core.get().term()) {
            return;
        }
        Seen now = new Seen(
                core.get().configurationIndex(),
                core.get().configuration().get(),
                core.get().role() == RaftRole.LEADER,
                core.get().term());
        seen.put(index, now);
        if (before != null
                && before.leads()
                && now.leads()
                && before.term() == now.term()
                && now.index() > before.index()) {
            judgeProposal(index, before.group(), now.group());
        }
    }

    /** Nobody but the wish changes the members in these runs. */
    private void judgeProposal(int leader, Configuration before, Configuration after) {
        Set<MemberAddress> wish = Set.copyOf(world.inForce(leader));
        for (NodeId node : after.members()) {
            run.require(
                    before.isMember(node) || world.namedWithin(leader, address(node), HEARD_WITHIN_NANOS),
                    ListsWorld.WISH_RESPECTED,
                    leader,
                    () -> node + " is taken in, and the leader's list has not named it: " + wish);
        }
        List<NodeId> leaving = new ArrayList<>(before.voters());
        leaving.removeAll(after.voters());
        if (leaving.isEmpty()) {
            return;
        }
        run.mark("voters leave by the list");
        for (NodeId node : leaving) {
            run.require(
                    !world.namedWithin(leader, address(node), ABSENT_NANOS),
                    ListsWorld.WISH_RESPECTED,
                    leader,
                    () -> node + " leaves, and the leader's list has named it not long ago");
        }
        long agreeing = before.voters().stream()
                .filter(voter -> world.hadWithin(index(voter), wish, HEARD_WITHIN_NANOS))
                .count();
        run.require(
                agreeing >= Majority.size(before.voters().size()),
                ListsWorld.WISH_RESPECTED,
                leader,
                () -> leaving + " leave of " + before.voters() + ", and only " + agreeing + " of them have the list "
                        + wish);
    }

    private int index(NodeId node) {
        return run.cluster().find(node).map(SimMachine::index).orElseThrow();
    }

    private MemberAddress address(NodeId node) {
        return run.cluster().machine(index(node)).address();
    }

    /** In the end somebody mends it all. */
    @Override
    public void begin(Phase phase, List<Integer> healthy) {
        if (phase == Phase.HEAL) {
            mended = true;
            world.serve(world.all());
            for (int node = 0; node < run.cluster().size(); node++) {
                world.write(node, world.all());
            }
        }
        raft.begin(phase, healthy);
    }

    @Override
    public Optional<Lack> lacking(Phase phase) {
        TreeSet<Integer> all = new TreeSet<>();
        run.cluster().machines().forEach(machine -> all.add(machine.index()));
        Set<Integer> without = phase == Phase.HEAL ? world.withoutAll(all) : Set.of();
        return without.isEmpty()
                ? raft.lacking(phase)
                : Optional.of(new Lack(
                        ListsWorld.VIEW_SANE, "all sources name all, and these nodes have not taken that: " + without));
    }

    @Override
    public void start(SimProcess process) {
        seen.remove(process.index());
        raft.start(process);
    }

    @Override
    public void stopped(int node) {
        seen.remove(node);
        lookups.remove(node);
        raft.stopped(node);
    }

    @Override
    public Optional<Integer> leader() {
        return raft.leader();
    }

    @Override
    public boolean noticesRot(int node, String file, int offset) {
        return raft.noticesRot(node, file, offset);
    }

    @Override
    public void finish() {
        raft.finish();
    }
}
