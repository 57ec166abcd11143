package io.muster.raft.driver;

import io.muster.member.ClusterId;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import io.muster.member.port.Time;
import io.muster.raft.core.founding.Founding;
import io.muster.raft.core.founding.FoundingEffect;
import io.muster.raft.core.founding.FoundingMessage;
import io.muster.raft.core.founding.MemberList;
import io.muster.raft.core.founding.Promise;
import io.muster.raft.core.founding.Standing;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Drives the {@link Founding} machine of a node in a clustered mode; its duties are numbered there. */
final class FoundingDriver {

    private static final Logger LOG = LoggerFactory.getLogger(FoundingDriver.class);

    private final Founding machine;
    private final Time time;
    private final PeerLink peers;
    private final Owner owner;
    private final Alarm wake;
    private final Executor executor = new Executor();

    /** What the machine was told last. */
    private Standing told;

    private MemberList list = MemberList.EMPTY;

    /** To which cluster each node belongs, as it said last; of listed nodes only. */
    private final TreeMap<NodeId, ClusterId> clusters = new TreeMap<>();

    /** To which clusters listed members belong that said so when they were refused as another cluster's. */
    private List<ClusterId> refused = List.of();

    /** Who carries out what concerns more than founding. */
    interface Owner {

        void turn(Runnable step);

        /** Makes the promise durable, then runs the rest in a turn. */
        void store(Optional<Promise> promise, Runnable stored);

        /** @param members for whom */
        void found(ClusterId clusterId, int votersBeforeWrites, List<NodeId> members);

        void join(ClusterId clusterId);

        void moveTo(ClusterId clusterId);
    }

    FoundingDriver(
            NodeId self,
            Standing standing,
            Optional<Promise> promise,
            long intervalNanos,
            RandomGenerator random,
            Time time,
            PeerLink peers,
            Owner owner) {
        this.machine = new Founding(self, standing, promise, intervalNanos, random);
        this.told = standing;
        this.time = time;
        this.peers = peers;
        this.owner = owner;
        this.wake = new Alarm(time, () -> owner.turn(() -> run(machine.tick(time.monoNanos()))));
    }

    void stop() {
        wake.cancel();
    }

    String reason() {
        return machine.reason();
    }

    /** The lookup or the handshakes have told something new. */
    void listed(MemberView view) {
        List<MemberList.Listed> listed = view.wish().entries().stream()
                .map(entry -> new MemberList.Listed(entry.address(), entry.nodeId()))
                .toList();
        if (listed.size() > MemberList.MEMBERS_MAX) {
            LOG.warn(
                    "The member list names {} members; a group is founded by {} at most",
                    listed.size(),
                    MemberList.MEMBERS_MAX);
            return;
        }
        list = new MemberList(listed);
        refused = view.members().stream()
                .flatMap(member -> member.otherCluster().stream())
                .toList();
        clusters.keySet().retainAll(list.known());
        run(machine.listed(list, time.monoNanos()));
        wake.noLaterThan(time.monoNanos());
    }

    void received(NodeId from, FoundingMessage message) {
        if (message instanceof FoundingMessage.Answer answer && list.known().contains(from)) {
            answer.standing().clusterId().ifPresentOrElse(id -> clusters.put(from, id), () -> clusters.remove(from));
        }
        run(machine.received(from, message, time.monoNanos()));
    }

    /** What this node is, durably; tells the machine if that has changed. */
    void standing(Standing now) {
        if (!now.equals(told)) {
            told = now;
            run(machine.standingChanged(now, time.monoNanos()));
        }
    }

    /** Founds at once, as an operator has told; what stands against it, if anything does. */
    Optional<String> foundAsTold(List<NodeId> members) {
        List<FoundingEffect> effects = machine.foundAsTold(members, time.monoNanos());
        run(effects);
        boolean founds = effects.stream().anyMatch(effect -> effect instanceof FoundingEffect.Found);
        return founds ? Optional.empty() : Optional.of(machine.reason());
    }

    /** Other clusters than this one to which listed members belong. */
    List<ClusterId> otherClusters(Optional<ClusterId> own) {
        TreeSet<String> names = new TreeSet<>();
        clusters.values().forEach(id -> names.add(id.toString()));
        refused.forEach(id -> names.add(id.toString()));
        own.ifPresent(id -> names.remove(id.toString()));
        return names.stream().map(ClusterId::parse).toList();
    }

    private void run(List<FoundingEffect> effects) {
        effects.forEach(effect -> effect.accept(executor));
    }

    /** Carries out effects, each in one method. */
    private final class Executor implements FoundingEffect.Visitor {

        @Override
        public void send(FoundingEffect.Send effect) {
            peers.send(effect.to(), effect.message());
        }

        @Override
        public void storePromise(FoundingEffect.StorePromise effect) {
            owner.store(effect.promise(), () -> run(machine.promiseStored(time.monoNanos())));
        }

        @Override
        public void found(FoundingEffect.Found effect) {
            LOG.info("This node founds cluster {} with {}", effect.clusterId(), effect.members());
            owner.found(effect.clusterId(), effect.votersBeforeWrites(), effect.members());
        }

        @Override
        public void join(FoundingEffect.Join effect) {
            LOG.info("This node joins cluster {}", effect.clusterId());
            owner.join(effect.clusterId());
        }

        @Override
        public void dissolve(FoundingEffect.Dissolve effect) {
            LOG.warn(
                    "Cluster {}, in which no client has written anything, is given up for cluster {}",
                    effect.own(),
                    effect.clusterId());
            owner.moveTo(effect.clusterId());
        }

        @Override
        public void wakeAt(FoundingEffect.WakeAt effect) {
            wake.at(effect.nanos());
        }
    }
}
