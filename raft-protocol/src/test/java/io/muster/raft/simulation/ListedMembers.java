package io.muster.raft.simulation;

import io.muster.member.Member;
import io.muster.member.MemberAddress;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import io.muster.member.Wish;
import io.muster.member.lookup.HeldBackException;
import io.muster.member.lookup.ListChange;
import io.muster.member.lookup.LookupMode;
import io.muster.member.lookup.LookupSwitch;
import io.muster.member.lookup.MemberListException;
import io.muster.member.lookup.MemberLookup;
import io.muster.member.port.Members;
import io.muster.member.port.Time;
import io.muster.sim.cluster.SimMachine;
import io.muster.sim.cluster.SimProcess;
import io.muster.sim.run.SimRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * The members of one process, whose wish is what its own lookup says: {@link LookupSwitch} and the watches under it as in production, on the process's time, with
 * the memory that the launcher keeps for it. Who has the same wish is known a second late, as by probes.
 */
final class ListedMembers implements Members {

    private static final Duration AGAIN_AFTER = Duration.ofSeconds(1);

    private final SimRun run;
    private final ListsWorld world;
    private final Members members;
    private final SimProcess process;
    private final ListBug bug;
    private final Time time;
    private final List<Consumer<MemberView>> listeners = new ArrayList<>();
    private LookupSwitch lookups;
    private boolean hasList;
    private MemberView told;

    ListedMembers(SimRun run, ListsWorld world, Members members, SimProcess process, ListBug bug) {
        this.run = run;
        this.world = world;
        this.members = members;
        this.process = process;
        this.bug = bug;
        this.time = process.time();
        this.lookups = fresh();
        this.told = view();
        members.onChange(view -> tell());
        time.after(Duration.ofNanos(1), this::begin);
        time.after(AGAIN_AFTER, this::lookAround);
    }

    private int node() {
        return process.index();
    }

    private LookupSwitch fresh() {
        return new LookupSwitch(
                time,
                list -> take(list, false),
                list -> CompletableFuture.completedStage(list.contains(process.address())));
    }

    private MemberLookup lookup(LookupMode mode) {
        return mode == LookupMode.FILE
                ? new FileOfNode(world, node(), time, bug)
                : new ServerOfRun(world, node(), time, bug);
    }

    /** A list that loses half of this one is held back from the start on. */
    private List<MemberAddress> known() {
        return bug == ListBug.FORGOTTEN_AT_THE_RESTART ? List.of() : world.remembered(node());
    }

    /** As the launcher starts: with the source's list, or the one that was in force last; a file with faults keeps it from starting. */
    private void begin() {
        lookups = fresh();
        MemberLookup first = lookup(world.mode(node()));
        if (bug == ListBug.WHAT_LOSES_HALF_IS_TAKEN) {
            takeAnything(first);
            return;
        }
        lookups.begin(first, known()).whenComplete((list, failure) -> {
            if (failure != null) {
                time.execute(() -> startFailed(cause(failure)));
            }
        });
    }

    private void takeAnything(MemberLookup first) {
        try {
            first.start(list -> take(list, false));
        } catch (MemberListException | FileOfNode.NotYet e) {
            time.after(AGAIN_AFTER, this::begin);
        }
    }

    private void startFailed(Throwable failure) {
        boolean goesOn = world.mode(node()) == LookupMode.ADDRESS_SERVER || failure instanceof HeldBackException;
        if (!goesOn) {
            time.after(AGAIN_AFTER, this::begin);
        } else if (!hasList && !known().isEmpty()) {
            world.isTold(node(), "start from memory");
            take(known(), true);
        }
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private void take(List<MemberAddress> list, boolean fromMemory) {
        hasList = true;
        world.takes(node(), list, fromMemory);
        tell();
    }

    // What operators do.

    void switchTo(LookupMode mode) {
        if (!hasList || bug == ListBug.WHAT_LOSES_HALF_IS_TAKEN) {
            return;
        }
        lookups.to(
                        lookup(mode),
                        list -> {
                            ListChange change = new ListChange(world.inForce(node()), list);
                            boolean refused =
                                    (change.losesHalf() && change.isShorter()) || !list.contains(process.address());
                            return refused
                                    ? CompletableFuture.failedStage(new IllegalStateException("refused"))
                                    : CompletableFuture.completedStage(null);
                        },
                        () -> world.mode(node(), mode))
                .whenComplete((list, failure) -> world.isTold(node(), failure == null ? "switched" : "not switched"));
    }

    /** Reads which list is held back, and confirms just that. */
    void confirm() {
        if (!hasList || bug == ListBug.WHAT_LOSES_HALF_IS_TAKEN) {
            return;
        }
        lookups.heldBack().thenAccept(held -> {
            if (held.isEmpty()) {
                return;
            }
            world.confirmed(node(), held);
            List<String> names = held.stream().map(MemberAddress::name).toList();
            CompletionStage<Boolean> confirmed = bug == ListBug.CONFIRMATION_IGNORED
                    ? CompletableFuture.completedStage(true)
                    : lookups.confirm(names);
            confirmed.thenAccept(done -> {
                boolean taken = !done || world.inForce(node()).equals(held);
                world.isTold(node(), "list confirmed");
                // What a stage throws is lost in it.
                time.execute(() -> run.require(
                        taken, ListsWorld.VIEW_SANE, node(), () -> held + " was confirmed, and did not come in force"));
            });
        });
    }

    // The view.

    private void lookAround() {
        tell();
        time.after(AGAIN_AFTER, this::lookAround);
    }

    private void tell() {
        MemberView now = view();
        if (!now.equals(told)) {
            told = now;
            listeners.forEach(listener -> listener.accept(now));
        }
    }

    @Override
    public MemberView view() {
        MemberView view = members.view();
        if (!hasList) {
            return new MemberView(view.revision(), view.self(), view.members(), Wish.NONE);
        }
        List<MemberAddress> list = wished();
        List<Wish.Entry> entries = list.stream()
                .map(address -> new Wish.Entry(address, nodeAt(view, address)))
                .toList();
        boolean resolved = entries.stream().allMatch(entry -> entry.nodeId().isPresent());
        return new MemberView(
                view.revision(), view.self(), view.members(), new Wish(entries, resolved ? sharedBy(view) : List.of()));
    }

    private List<MemberAddress> wished() {
        List<MemberAddress> list = world.inForce(node());
        if (bug != ListBug.STRANGERS_ARE_WISHED_FOR) {
            return list;
        }
        TreeSet<MemberAddress> more = new TreeSet<>(list);
        for (SimMachine other : run.cluster().machines()) {
            if (world.names(other.index(), process.address())) {
                more.add(other.address());
            }
        }
        return List.copyOf(more);
    }

    private static Optional<NodeId> nodeAt(MemberView view, MemberAddress address) {
        return view.members().stream()
                .filter(member -> member.address().equals(address))
                .findFirst()
                .flatMap(Member::nodeId);
    }

    private List<NodeId> sharedBy(MemberView view) {
        Set<MemberAddress> own = Set.copyOf(world.inForce(node()));
        return view.members().stream()
                .filter(member -> member.state() == MemberState.UP)
                .filter(member -> bug == ListBug.WISH_OF_ONE_IS_ENOUGH
                        || run.cluster().machines().stream()
                                .filter(machine -> machine.address().equals(member.address()))
                                .anyMatch(machine -> Set.copyOf(world.inForce(machine.index()))
                                        .equals(own)))
                .flatMap(member -> member.nodeId().stream())
                .toList();
    }

    @Override
    public void onChange(Consumer<MemberView> listener) {
        listeners.add(listener);
    }
}
