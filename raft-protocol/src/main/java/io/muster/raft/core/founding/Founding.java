package io.muster.raft.core.founding;

import io.muster.member.ClusterId;
import io.muster.member.NodeId;
import io.muster.raft.core.founding.FoundingMessage.Answer;
import io.muster.raft.core.founding.FoundingMessage.Ask;
import io.muster.raft.core.founding.FoundingMessage.PromiseReply;
import io.muster.raft.core.founding.FoundingMessage.PromiseRequest;
import io.muster.raft.core.quorum.Majority;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * One node's part in founding, and in finding the cluster to join. Each method is one input; it gives the effects to carry out, in order.
 *
 * <p>The node asks every listed member again and again what it is. The lowest-named one founds when <em>all</em> answer, are empty, have the same list,
 * and have durably promised themselves to this try of it. Everybody else joins whatever cluster the listed members belong to.
 *
 * <p><b>Invariant</b> (FoundOnce, part of IR10; M29): the lists of two clusters that were founded without an operator's word have no node in common. For a
 * founder holds a promise of every node of its list, a node's promise is to one founder at a time, and it ends only when the founder itself, asked
 * after the promise, has forgotten the try or belongs to a cluster; either way that promise founds nothing any more. Should the founder be lost, another
 * node that had promised itself to the same try tells to which cluster that led.
 */
public final class Founding {

    /** An answer older than so many intervals no longer shows that a member is there. */
    private static final int ANSWER_INTERVALS = 3;

    /** Which cluster a member belongs to is remembered for so many intervals, lest a few lost answers hide that there are two clusters. */
    private static final int CLUSTER_INTERVALS = 20;

    private final NodeId self;
    private final long intervalNanos;
    private final RandomGenerator random;
    private final Receiver receiver = new Receiver();

    private Standing standing;
    private MemberList list = MemberList.EMPTY;
    private long listedNanos;

    /** As stored, or on its way to the disk. */
    private Optional<Promise> promise;

    /** Promises that are not yet durable; while there are any, nothing is said of them. */
    private int promisesBeingStored;

    /** The own try to found, with who has promised itself to it. Volatile: a restart forgets it. */
    private Optional<Long> attempt = Optional.empty();

    private final TreeSet<NodeId> promised = new TreeSet<>();

    /** Once a cluster is founded, joined or dissolved, until the driver says that it is done. */
    private boolean settling;

    /** The question of this round and of the one before, since answers may take long; after a promise both are newer than it. */
    private long question;

    private long previousQuestion;

    private final TreeMap<NodeId, Heard> heard = new TreeMap<>();
    private String reason = "the member list is not known yet";
    private long nowNanos;
    private long dueNanos = Long.MIN_VALUE;
    private List<FoundingEffect> effects = new ArrayList<>();

    private record Heard(Answer answer, long nanos) {}

    /**
     * @param promise as stored
     * @param intervalNanos between two questions to each member
     * @param random draws cluster ids and names tries and questions; no two nodes, and no two runs of one, may draw the same
     */
    public Founding(
            NodeId self, Standing standing, Optional<Promise> promise, long intervalNanos, RandomGenerator random) {
        this.self = self;
        this.standing = standing;
        this.promise = promise;
        this.intervalNanos = intervalNanos;
        this.random = random;
        this.question = random.nextLong();
        this.previousQuestion = question;
    }

    /** What this node waits for, one line for people. */
    public String reason() {
        return reason;
    }

    public Optional<Promise> promise() {
        return promise;
    }

    // Inputs.

    /** The list has changed, or who answers at its addresses. */
    public List<FoundingEffect> listed(MemberList newList, long now) {
        begin(now);
        if (!newList.equals(list)) {
            list = newList;
            listedNanos = now;
            giveUpAttempt();
            askAll();
            decide();
        }
        return effects;
    }

    public List<FoundingEffect> tick(long now) {
        begin(now);
        if (now >= dueNanos) {
            askAll();
            attempt.ifPresent(this::requestPromises);
            decide();
        }
        emit(new FoundingEffect.WakeAt(dueNanos));
        return effects;
    }

    /** A message came; {@code from} is proven. */
    public List<FoundingEffect> received(NodeId from, FoundingMessage message, long now) {
        begin(now);
        receiver.from = from;
        message.accept(receiver);
        decide();
        return effects;
    }

    /** The oldest {@link FoundingEffect.StorePromise} that was not reported yet is durable. */
    public List<FoundingEffect> promiseStored(long now) {
        begin(now);
        promisesBeingStored--;
        if (promisesBeingStored == 0) {
            promise.ifPresent(this::keep);
        }
        decide();
        return effects;
    }

    /** The promise is durable: it may be given. */
    private void keep(Promise stored) {
        if (!stored.founder().equals(self)) {
            send(stored.founder(), new PromiseReply(stored.attempt()));
        } else if (attempt.equals(Optional.of(stored.attempt()))) {
            promised.add(self);
        }
    }

    /** What this node is has changed, durably. */
    public List<FoundingEffect> standingChanged(Standing newStanding, long now) {
        begin(now);
        boolean clusterChanged = !newStanding.clusterId().equals(standing.clusterId());
        standing = newStanding;
        if (clusterChanged || !settling) {
            settling = false;
            attempt = Optional.empty();
        }
        decide();
        return effects;
    }

    /**
     * An operator takes the risk that members are missing (design §4): this node founds at once, whatever others say or were promised.
     *
     * @param members for whom the cluster is founded
     * @return empty if this node is not empty; {@link #reason} says why
     */
    public List<FoundingEffect> foundAsTold(List<NodeId> members, long now) {
        begin(now);
        if (standing.isEmpty() && !settling) {
            TreeSet<NodeId> all = new TreeSet<>(members);
            all.add(self);
            found(List.copyOf(all));
        } else {
            reason = "this node is not empty"
                    + standing.clusterId()
                            .map(id -> ": it belongs to cluster " + id)
                            .orElse("");
        }
        return effects;
    }

    // Asking.

    private void begin(long now) {
        nowNanos = now;
        effects = new ArrayList<>();
    }

    private void askAll() {
        previousQuestion = question;
        question = random.nextLong();
        dueNanos = nowNanos + intervalNanos;
        TreeSet<NodeId> asked = new TreeSet<>(list.known());
        promise.map(Promise::founder).ifPresent(asked::add);
        asked.remove(self);
        asked.forEach(member -> send(member, new Ask(question)));
    }

    /** One method a message. */
    // Void has no value but null.
    @SuppressWarnings("NullAway")
    private final class Receiver implements FoundingMessage.Visitor<Void> {

        private NodeId from = self;

        @Override
        public Void ask(Ask message) {
            // While a promise is on its way to the disk, what this node says of itself could be taken for its word.
            if (promisesBeingStored == 0) {
                send(from, new Answer(message.question(), standing, list.names(), promise, attempt));
            }
            return null;
        }

        @Override
        public Void answer(Answer message) {
            if (message.question() == question || message.question() == previousQuestion) {
                heard.put(from, new Heard(message, nowNanos));
                releaseIfForgotten(from, message);
            }
            return null;
        }

        @Override
        public Void promiseRequest(PromiseRequest message) {
            boolean free = promise.isEmpty() || promise.get().founder().equals(from);
            boolean agreed =
                    message.names().equals(list.names()) && list.lowest().equals(Optional.of(from));
            if (!standing.isEmpty() || settling || !free || !agreed || from.equals(self)) {
                return null;
            }
            Promise wanted = new Promise(from, message.attempt());
            if (!promise.equals(Optional.of(wanted))) {
                store(Optional.of(wanted));
            } else if (promisesBeingStored == 0) {
                keep(wanted);
            }
            return null;
        }

        @Override
        public Void promiseReply(PromiseReply message) {
            if (attempt.equals(Optional.of(message.attempt()))) {
                promised.add(from);
            }
            return null;
        }
    }

    private void store(Optional<Promise> newPromise) {
        promise = newPromise;
        promisesBeingStored++;
        // Answers to older questions may be older than the promise.
        question = random.nextLong();
        previousQuestion = question;
        emit(new FoundingEffect.StorePromise(promise));
    }

    /** The founder was asked after the promise: if it is not at that try and has founded nothing, the promise binds no longer. */
    private void releaseIfForgotten(NodeId from, Answer answer) {
        Optional<Promise> toSender = promise.filter(given -> given.founder().equals(from) && promisesBeingStored == 0);
        boolean forgotten = toSender.isPresent()
                && answer.standing().clusterId().isEmpty()
                && !answer.attempt().equals(toSender.map(Promise::attempt));
        if (forgotten) {
            store(Optional.empty());
        }
    }

    // Deciding.

    private void decide() {
        if (settling || list.members().isEmpty()) {
            return;
        }
        if (standing.clusterId().isEmpty()) {
            lookForCluster();
        } else {
            compareClusters(standing.clusterId().get());
        }
    }

    /** Clusters that listed members belong to, with one answer each. */
    private NavigableMap<String, Answer> clustersHeard() {
        TreeMap<String, Answer> clusters = new TreeMap<>();
        for (NodeId member : list.known()) {
            heardWithin(member, CLUSTER_INTERVALS)
                    .ifPresent(answer -> answer.standing().clusterId().ifPresent(id -> {
                        boolean tellsMore = !clusters.containsKey(id.toString())
                                || answer.standing().voterCount()
                                        > clusters.get(id.toString()).standing().voterCount();
                        if (tellsMore) {
                            clusters.put(id.toString(), answer);
                        }
                    }));
        }
        return clusters;
    }

    private Optional<Answer> fresh(NodeId member) {
        return heardWithin(member, ANSWER_INTERVALS);
    }

    private Optional<Answer> heardWithin(NodeId member, int intervals) {
        return Optional.ofNullable(heard.get(member))
                .filter(last -> nowNanos - last.nanos < intervals * intervalNanos)
                .map(Heard::answer);
    }

    /** A listed member that had promised itself to the same try, and has heard from its founder what became of that. */
    private Optional<Answer> boundByTheSame() {
        return list.known().stream()
                .flatMap(member -> fresh(member).stream())
                .filter(answer -> answer.standing().clusterId().isPresent()
                        && answer.promise().equals(promise))
                .findFirst();
    }

    private void lookForCluster() {
        Optional<NodeId> founder = promise.map(Promise::founder).filter(node -> !node.equals(self));
        if (founder.isPresent()) {
            fresh(founder.get())
                    .or(this::boundByTheSame)
                    .flatMap(answer -> answer.standing().clusterId())
                    .ifPresentOrElse(
                            this::join,
                            () -> reason = "promised to node " + founder.get()
                                    + ", which has not founded yet; if it is lost for good, found explicitly");
            return;
        }
        NavigableMap<String, Answer> clusters = clustersHeard();
        if (clusters.size() > 1) {
            reason = "listed members belong to different clusters: " + String.join(", ", clusters.keySet());
            giveUpAttempt();
        } else if (clusters.size() == 1 && !hasAskedAll()) {
            reason = "waits a moment for the answers of all listed members";
            giveUpAttempt();
        } else if (clusters.size() == 1) {
            giveUpAttempt();
            clusters.firstEntry().getValue().standing().clusterId().ifPresent(this::join);
        } else if (standing.setAside()) {
            reason = "data was set aside as damaged; waits for a listed member that belongs to a cluster";
        } else {
            foundIfAllAgree();
        }
    }

    /** Whether all have answered, or have had the time for it: they could name another cluster. */
    private boolean hasAskedAll() {
        return nowNanos - listedNanos >= ANSWER_INTERVALS * intervalNanos
                || list.known().stream()
                        .allMatch(member -> member.equals(self) || fresh(member).isPresent());
    }

    private void foundIfAllAgree() {
        Optional<String> obstacle = obstacle();
        if (obstacle.isPresent()) {
            reason = obstacle.get();
            giveUpAttempt();
            return;
        }
        if (!list.lowest().equals(Optional.of(self))) {
            reason = "waits for " + list.names().get(0) + " to found the cluster";
            return;
        }
        if (attempt.isEmpty()) {
            long drawn = random.nextLong();
            attempt = Optional.of(drawn);
            promised.clear();
            store(Optional.of(new Promise(self, drawn)));
            requestPromises(drawn);
        }
        reason = "founds the cluster when all " + list.members().size() + " members have promised to join: "
                + promised.size() + " have";
        if (promised.containsAll(list.known()) && promisesBeingStored == 0) {
            found(list.known());
        }
    }

    private void requestPromises(long drawn) {
        list.known().stream()
                .filter(member -> !member.equals(self) && !promised.contains(member))
                .forEach(member -> send(member, new PromiseRequest(drawn, list.names())));
    }

    /** Why nobody can found now. */
    private Optional<String> obstacle() {
        if (!list.isResolved() || !list.known().contains(self)) {
            return Optional.of("not all listed members have been reached: " + unresolved());
        }
        if (list.known().size() < list.members().size()) {
            return Optional.of("two listed addresses lead to one node: " + list.names());
        }
        for (MemberList.Listed member : list.members()) {
            NodeId node = member.node().orElseThrow();
            if (!node.equals(self)) {
                Optional<String> objection = objection(member, fresh(node), node);
                if (objection.isPresent()) {
                    return objection;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<String> objection(MemberList.Listed member, Optional<Answer> answer, NodeId node) {
        if (answer.isEmpty()) {
            // Its word counts more than its answers, which may be lost.
            return promised.contains(node) && attempt.isPresent()
                    ? Optional.empty()
                    : Optional.of(member.address().name() + " does not answer");
        }
        if (!answer.get().standing().isEmpty()) {
            return Optional.of(member.address().name() + " is not empty");
        }
        if (!answer.get().names().equals(list.names())) {
            return Optional.of(member.address().name() + " has another list: "
                    + answer.get().names() + " instead of " + list.names());
        }
        Optional<NodeId> other = answer.get().promise().map(Promise::founder);
        return other.isPresent() && !other.equals(list.lowest()) && !other.equals(Optional.of(node))
                ? Optional.of(member.address().name() + " is promised to node " + other.get())
                : Optional.empty();
    }

    private List<String> unresolved() {
        return list.members().stream()
                .filter(member -> member.node().isEmpty())
                .map(member -> member.address().name())
                .toList();
    }

    /** Not once it has founded: those who promised themselves are bound until they see the cluster. */
    private void giveUpAttempt() {
        if (settling) {
            return;
        }
        attempt = Optional.empty();
        promised.clear();
        if (promise.filter(given -> given.founder().equals(self)).isPresent()) {
            store(Optional.empty());
        }
    }

    private void found(List<NodeId> members) {
        settling = true;
        ClusterId drawn = ClusterId.draw(random);
        reason = "founds cluster " + drawn;
        emit(new FoundingEffect.Found(drawn, Majority.size(members.size()), members));
    }

    private void join(ClusterId cluster) {
        settling = true;
        reason = "joins cluster " + cluster;
        emit(new FoundingEffect.Join(cluster));
    }

    /** A cluster without client entries gives way: to one that has more to lose, or between two equal ones the higher id to the lower. */
    private void compareClusters(ClusterId own) {
        NavigableMap<String, Answer> clusters = clustersHeard();
        clusters.remove(own.toString());
        if (clusters.isEmpty()) {
            reason = "belongs to cluster " + own;
            return;
        }
        Map.Entry<String, Answer> other = clusters.firstEntry();
        reason = "belongs to cluster " + own + ", but listed members belong to " + String.join(", ", clusters.keySet());
        if (clusters.size() == 1
                && givesWay(own, other.getKey(), other.getValue().standing())) {
            settling = true;
            emit(new FoundingEffect.Dissolve(
                    own, other.getValue().standing().clusterId().orElseThrow()));
        }
    }

    private boolean givesWay(ClusterId own, String otherId, Standing other) {
        if (standing.clientEntries() || standing.setAside()) {
            return false;
        }
        if (!standing.voter()) {
            // Its cluster may still come for it, unless everybody listed is known to belong to the other.
            return list.known().stream()
                    .filter(member -> !member.equals(self))
                    .allMatch(member -> fresh(member)
                            .flatMap(answer -> answer.standing().clusterId())
                            .filter(id -> id.toString().equals(otherId))
                            .isPresent());
        }
        boolean otherHasMoreToLose = other.clientEntries() || other.voterCount() > 1;
        return standing.voterCount() == 1 && (otherHasMoreToLose || otherId.compareTo(own.toString()) < 0);
    }

    private void send(NodeId to, FoundingMessage message) {
        emit(new FoundingEffect.Send(to, message));
    }

    private void emit(FoundingEffect effect) {
        effects.add(effect);
    }
}
