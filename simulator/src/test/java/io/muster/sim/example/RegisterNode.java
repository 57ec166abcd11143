package io.muster.sim.example;

import io.muster.member.NodeId;
import io.muster.member.port.Disk.Completion;
import io.muster.member.port.Lane;
import io.muster.member.port.Net;
import io.muster.sim.cluster.SimProcess;
import io.muster.sim.example.RegisterMessage.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One replica, and the coordinator of the operations that clients give to it. An operation asks a majority for the newest value, stores that
 * value (a read) or the next one (a write) at a majority, and is then done.
 */
final class RegisterNode {

    private static final Duration RESEND_EVERY = Duration.ofMillis(100);

    /** An operation that has asked so often is given up: whether it takes effect is unknown. */
    private static final int ASKS_MAX = 20;

    /** What a node tells to whoever watches it. */
    interface Watcher {

        /** A branch that matters. */
        void mark(String name);

        /** A place where a crash would hurt. */
        void sensitive(String point);

        /** The value is on its way under this stamp, for the first time. */
        void issued(int key, Stored stored);

        /** The node has promised to keep this. */
        void promised(int key, Stamp stamp);

        /** The node has read its file. */
        void recovered(Map<Integer, Stored> registers);

        /** The node can't go on. */
        void exit(String reason);
    }

    /** Who waits for an operation. */
    interface Answer {
        void done(Stored result);
    }

    /** An operation under way. */
    private final class Round {

        private final long id;
        private final int key;
        private final Optional<Long> writes;
        private final Answer answer;
        private final List<NodeId> answered = new ArrayList<>();
        private Kind asks = Kind.QUERY;
        private int asked;
        private Stored newest = Stored.NOTHING;

        Round(long id, int key, Optional<Long> writes, Answer answer) {
            this.id = id;
            this.key = key;
            this.writes = writes;
            this.answer = answer;
        }

        void ask() {
            tell();
            if (bug != PlantedBug.SENDS_ONCE_ONLY) {
                process.time().after(RESEND_EVERY, () -> {
                    if (rounds.get(id) == this) {
                        askAgain();
                    }
                });
            }
        }

        private void tell() {
            for (NodeId member : members) {
                send(member, new RegisterMessage(asks, id, key, newest));
            }
        }

        private void askAgain() {
            asked++;
            if (asked == ASKS_MAX) {
                watcher.mark("given up");
                rounds.remove(id);
            } else {
                watcher.mark("asked again");
                ask();
            }
        }

        void on(NodeId from, RegisterMessage reply) {
            Kind awaited = asks == Kind.QUERY ? Kind.STATE : Kind.STORED;
            if (reply.kind() != awaited) {
                watcher.mark("late reply dropped");
                return;
            }
            if (bug != PlantedBug.COUNTS_REPLIES_TWICE && answered.contains(from)) {
                watcher.mark("double reply dropped");
                return;
            }
            answered.add(from);
            if (asks == Kind.QUERY && reply.stored().stamp().compareTo(newest.stamp()) > 0) {
                newest = reply.stored();
            }
            if (answered.size() >= majority()) {
                watcher.sensitive("majority reached");
                advance();
            }
        }

        private void advance() {
            if (asks == Kind.STORE || (writes.isEmpty() && bug == PlantedBug.READS_WITHOUT_WRITING_BACK)) {
                rounds.remove(id);
                answer.done(newest);
                return;
            }
            writes.ifPresent(value -> {
                newest = new Stored(nextStamp(key, newest.stamp()), value);
                watcher.issued(key, newest);
            });
            asks = Kind.STORE;
            answered.clear();
            tell();
        }
    }

    private final SimProcess process;
    private final List<NodeId> members;
    private final PlantedBug bug;
    private final Watcher watcher;
    private final Net net;
    private final RegisterFile file;
    private final Map<Integer, Stored> registers = new TreeMap<>();
    private final Map<Integer, Long> lastIssued = new TreeMap<>();
    private final Map<Long, Round> rounds = new TreeMap<>();

    /** What waits for the registers as they are now to be durable. */
    private List<Runnable> afterNextSave = new ArrayList<>();

    private boolean saving;
    private boolean dirty;
    private boolean serving;
    private long nextRound;

    RegisterNode(SimProcess process, List<NodeId> members, PlantedBug bug, Watcher watcher) {
        this.process = process;
        this.members = members;
        this.bug = bug;
        this.watcher = watcher;
        this.net = process.net(Lane.RAFT);
        this.file = new RegisterFile(process.disk(), bug, () -> watcher.sensitive("renamed"));
        // So that no round is taken for one of an earlier life.
        this.nextRound = process.rng().stream("rounds").nextLong() >>> 1;
    }

    void start() {
        net.onFrame(this::onFrame);
        file.load(Completion.of(this::loaded, error -> watcher.exit("can't read: " + error.getMessage())));
    }

    /** Whether it takes operations; one whose file is damaged, or that is no member, never does. */
    boolean serving() {
        return serving;
    }

    /** Whether no operation that it coordinates is under way. */
    boolean idle() {
        return rounds.isEmpty();
    }

    Map<Integer, Stored> registers() {
        return registers;
    }

    void read(int key, Answer answer) {
        begin(key, Optional.empty(), answer);
    }

    void write(int key, long value, Answer answer) {
        begin(key, Optional.of(value), answer);
    }

    private void begin(int key, Optional<Long> writes, Answer answer) {
        if (serving) {
            long id = nextRound++;
            Round round = new Round(id, key, writes, answer);
            rounds.put(id, round);
            round.ask();
        }
    }

    private void loaded(Optional<Map<Integer, Stored>> found) {
        if (found.isEmpty()) {
            watcher.mark("damaged file found");
            return;
        }
        registers.putAll(found.get());
        // A process that was killed may have renamed the file and not synced the directory: what is read here need not
        // be durable.
        dirty = bug != PlantedBug.RECOVERED_TAKEN_FOR_DURABLE;
        serving = members.contains(process.identity().nodeId());
        if (serving) {
            watcher.recovered(registers);
        }
    }

    private void onFrame(NodeId from, byte[] frame) {
        Optional<RegisterMessage> message = RegisterMessage.decode(frame, bug != PlantedBug.CHECKSUM_SKIPPED);
        if (message.isEmpty()) {
            watcher.mark("damaged frame refused");
        } else if (serving && members.contains(from)) {
            on(from, message.get());
        }
    }

    private void on(NodeId from, RegisterMessage message) {
        switch (message.kind()) {
            case QUERY -> {
                Stored mine = registers.getOrDefault(message.key(), Stored.NOTHING);
                send(from, new RegisterMessage(Kind.STATE, message.round(), message.key(), mine));
            }
            case STORE -> store(from, message);
            case STATE, STORED -> onReply(from, message);
        }
    }

    private void onReply(NodeId from, RegisterMessage reply) {
        Round round = rounds.get(reply.round());
        if (round == null && bug == PlantedBug.COUNTS_LATE_REPLIES) {
            round = rounds.values().stream()
                    .filter(other -> other.key == reply.key())
                    .findFirst()
                    .orElse(null);
        }
        if (round == null) {
            watcher.mark("reply to a finished round dropped");
        } else {
            round.on(from, reply);
        }
    }

    private void store(NodeId from, RegisterMessage message) {
        watcher.sensitive("store received");
        Stored mine = registers.getOrDefault(message.key(), Stored.NOTHING);
        boolean newer = message.stored().stamp().compareTo(mine.stamp()) > 0;
        if (newer || bug == PlantedBug.OLDER_OVERWRITES_NEWER) {
            registers.put(message.key(), message.stored());
            dirty = true;
        } else {
            watcher.mark("older value not stored");
        }
        if (bug == PlantedBug.ACKS_BEFORE_SYNC) {
            acknowledge(from, message);
            whenDurable(() -> {});
        } else {
            whenDurable(() -> acknowledge(from, message));
        }
    }

    private void acknowledge(NodeId from, RegisterMessage message) {
        watcher.promised(message.key(), message.stored().stamp());
        send(from, new RegisterMessage(Kind.STORED, message.round(), message.key(), Stored.NOTHING));
        watcher.sensitive("stored sent");
    }

    /** Runs the task when all that the registers hold now is on disk. */
    private void whenDurable(Runnable task) {
        if (!dirty && !saving) {
            task.run();
            return;
        }
        afterNextSave.add(task);
        dirty = true;
        saveIfDirty();
    }

    private void saveIfDirty() {
        if (saving || !dirty) {
            return;
        }
        List<Runnable> waiting = afterNextSave;
        afterNextSave = new ArrayList<>();
        dirty = false;
        saving = true;
        file.save(
                registers,
                Completion.of(
                        done -> {
                            saving = false;
                            watcher.sensitive("saved");
                            waiting.forEach(Runnable::run);
                            saveIfDirty();
                        },
                        error -> watcher.exit("can't write: " + error.getMessage())));
    }

    private void send(NodeId to, RegisterMessage message) {
        if (to.equals(process.identity().nodeId())) {
            process.time().execute(() -> on(to, message));
        } else {
            net.send(to, message.encode());
        }
    }

    private Stamp nextStamp(int key, Stamp newest) {
        long counter = Math.max(newest.counter(), lastIssued.getOrDefault(key, 0L)) + 1;
        if (bug == PlantedBug.STAMPS_BY_WALL_CLOCK) {
            counter = process.time().wallMillis();
        }
        lastIssued.put(key, counter);
        return new Stamp(counter, process.identity().runId());
    }

    private int majority() {
        return bug == PlantedBug.MAJORITY_IS_HALF ? Math.max(1, members.size() / 2) : members.size() / 2 + 1;
    }
}
