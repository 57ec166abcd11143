package io.muster.raft.datum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.consistency.Change;
import io.muster.consistency.ChangeEvent;
import io.muster.consistency.Condition;
import io.muster.consistency.Datum;
import io.muster.consistency.Interest;
import io.muster.consistency.Key;
import io.muster.consistency.Mode;
import io.muster.consistency.Removal;
import io.muster.member.NodeId;
import io.muster.member.NodeIdentity;
import io.muster.raft.RaftMetrics;
import io.muster.raft.StateMachine;
import io.muster.raft.StateMachine.Committed;
import io.muster.raft.Texts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DatumStateMachineTest {

    private static final NodeIdentity NODE = new NodeIdentity(new NodeId(1, 1), 77);

    private final DatumStateMachine<String> state = newState();
    private long index;

    private static DatumStateMachine<String> newState() {
        return new DatumStateMachine<>(NODE, Texts.CODEC, RaftMetrics.NONE);
    }

    private static Key key(String id) {
        return Key.persistent("g", id);
    }

    private DatumResult<String> apply(DatumCommand<String> command) {
        index++;
        return state.apply(List.of(new Committed<>(index, command))).get(0);
    }

    private DatumCommand<String> command(long leftAfter, Change<String> change) {
        DatumStateMachine.Encoded<String> encoded = state.encode(List.of(change));
        return state.leaves(encoded.command(), encoded.bytes(), leftAfter);
    }

    private DatumCommand<String> command(Change<String> change) {
        return state.encode(List.of(change)).command();
    }

    /** Invariant ExactlyOnce: the repeat of a request takes no effect, and is told what the first try was told. */
    @Test
    void repeatedRequest_takesEffectOnce() {
        DatumCommand<String> put = command(Change.put(key("a"), "1", Condition.ABSENT));
        DatumResult<String> first = apply(put);
        apply(command(Change.put(key("a"), "2")));
        String digest = state.digest();

        DatumResult<String> repeat = apply(put);

        assertThat(repeat).isEqualTo(first);
        assertThat(state.get(key("a"))).get().extracting(Datum::value).isEqualTo("2");
        assertThat(state.digest()).isEqualTo(digest);
    }

    /**
     * R17, ExactlyOnce: a copy that the network held back for longer than requests are remembered does not undo what came after. (Dissertation §6.3 ends
     * sessions for that; here the command itself tells its age.)
     */
    @Test
    void repeatThatComesTooLateToBeKnown_takesNoEffect() {
        DatumCommand<String> put = command(Change.put(key("a"), "1"));
        apply(put);
        apply(command(Change.put(key("a"), "2")));
        for (int i = 0; i < RequestTable.REQUESTS_MAX; i++) {
            apply(command(i, Change.put(key("b"), "x")));
        }
        String digest = state.digest();

        assertThat(apply(put)).isInstanceOf(DatumResult.TooLate.class);
        assertThat(state.get(key("a"))).get().extracting(Datum::value).isEqualTo("2");
        assertThat(state.digest()).isEqualTo(digest);
    }

    /** What the bytes tell of it is what the proposer's own command tells: else nodes would differ in what is too late. */
    @Test
    void commandThatLeaves_tellsWhen_inItsBytesToo() {
        DatumStateMachine.Encoded<String> encoded = state.encode(List.of(Change.put(key("a"), "1")));
        DatumCommand<String> left = state.leaves(encoded.command(), encoded.bytes(), 77);

        assertThat(left.leftAfter()).isEqualTo(77);
        assertThat(state.decode(encoded.bytes()).leftAfter()).isEqualTo(77);
        assertThat(state.decode(encoded.bytes())).usingRecursiveComparison().isEqualTo(left);
    }

    /** The table knows every request that may still take effect. */
    @Test
    void repeatThatComesJustInTime_isKnown() {
        DatumCommand<String> put = command(Change.put(key("a"), "1"));
        DatumResult<String> first = apply(put);
        for (int i = 0; i < RequestTable.REQUESTS_MAX - 1; i++) {
            apply(command(i, Change.put(key("b"), "x")));
        }

        assertThat(apply(put)).isEqualTo(first);
    }

    @Test
    void repeatedRefusal_isRefusedAgain_evenIfItWouldHoldNow() {
        DatumCommand<String> put = command(Change.put(key("a"), "1", Condition.PRESENT));
        assertThat(apply(put)).isInstanceOf(DatumResult.Conflicted.class);
        apply(command(Change.put(key("a"), "2")));

        assertThat(apply(put)).isInstanceOf(DatumResult.Conflicted.class);
        assertThat(state.get(key("a"))).get().extracting(Datum::value).isEqualTo("2");
    }

    /** The same commands, as the proposer has them or as others read them from the log, give the same state. */
    @Test
    void commandFromBytes_doesWhatTheOriginalDoes() {
        DatumStateMachine<String> follower = newState();
        Random random = new Random(5);
        for (int i = 0; i < 500; i++) {
            List<Change<String>> changes = new ArrayList<>();
            for (int j = 0; j <= random.nextInt(3); j++) {
                changes.add(randomChange(random, "k" + (random.nextInt(8) + 8 * j), i));
            }
            DatumStateMachine.Encoded<String> encoded = state.encode(changes);
            index++;
            List<DatumResult<String>> here = state.apply(List.of(new Committed<>(index, encoded.command())));
            List<DatumResult<String>> there =
                    follower.apply(List.of(new Committed<>(index, follower.decode(encoded.bytes()))));
            assertThat(there).isEqualTo(here);
            assertThat(follower.digest()).isEqualTo(state.digest());
        }
    }

    private static Change<String> randomChange(Random random, String id, int round) {
        Condition condition = List.of(Condition.ALWAYS, Condition.ALWAYS, Condition.ABSENT, Condition.PRESENT)
                .get(random.nextInt(4));
        return random.nextInt(4) == 0
                ? Change.remove(key(id), List.of(Removal.values()).get(random.nextInt(4)), condition)
                : Change.put(key(id), "v" + round, condition);
    }

    /** The digest stands for the content: whatever way led there, and nothing else. */
    @Test
    void digest_tellsContentsApart() {
        String empty = state.digest();
        apply(command(Change.put(key("a"), "1")));
        String one = state.digest();
        apply(command(Change.put(key("a"), "2")));

        assertThat(one).isNotEqualTo(empty).isNotEqualTo(state.digest());
        assertThat(state.digest()).matches("1.1-[0-9a-f]{16}");
    }

    @Test
    void requestTable_isBounded_andForgetsTheOldestFirst() {
        RequestTable table = new RequestTable();
        for (int i = 0; i <= RequestTable.REQUESTS_MAX; i++) {
            table.add(new RequestId(NODE.nodeId(), 1, i), new RequestTable.Answer(i + 1, RequestTable.NO_CONFLICT));
        }

        assertThat(table.size()).isEqualTo(RequestTable.REQUESTS_MAX);
        assertThat(table.find(new RequestId(NODE.nodeId(), 1, 0))).isEmpty();
        assertThat(table.find(new RequestId(NODE.nodeId(), 1, 1))).isPresent();
    }

    /** Invariant SnapshotFaithful: the state as of the beginning, whatever is applied while it is being saved (R20). */
    @Test
    void snapshot_isTheStateAsOfItsBeginning_whileChangesGoOn() {
        Random random = new Random(11);
        for (int round = 0; round < 60; round++) {
            int keys = 1 + random.nextInt(3_000);
            for (int i = 0; i < keys; i++) {
                apply(command(Change.put(key("k" + random.nextInt(4_000)), "v".repeat(random.nextInt(60)) + i)));
            }
            Map<Key, String> expected = contents(state);
            String digest = state.digest();
            StateMachine.SnapshotSource source = state.snapshotSave();
            DatumStateMachine<String> loaded = newState();
            StateMachine.SnapshotSink sink = loaded.snapshotLoad();

            Optional<byte[]> chunk = source.next();
            while (chunk.isPresent()) {
                sink.chunk(chunk.get());
                for (int i = 0; i < 300; i++) {
                    apply(command(randomChange(random, "k" + random.nextInt(4_000), round)));
                }
                chunk = source.next();
            }
            source.close();
            sink.done();

            assertThat(contents(loaded)).isEqualTo(expected);
            assertThat(loaded.digest()).isEqualTo(digest);
        }
    }

    /** R19: a snapshot that replaces the state is told in log order, bit by bit; who comes in the middle hears the new state once. */
    @Test
    void replacedState_isToldInBoundedSteps() {
        DatumStateMachine<String> target = newState();
        target.restored();
        List<ChangeEvent<String>> heard = new ArrayList<>();
        target.prepareListener(Interest.all(Mode.PERSISTENT), heard::addAll)
                .putInForce()
                .run();
        target.apply(List.of(
                new Committed<>(1, command(Change.put(key("gone"), "1"))),
                new Committed<>(2, command(Change.put(key("same"), "1")))));
        apply(command(Change.put(key("passes"), "1")));
        apply(command(Change.put(key("same"), "1")));
        apply(command(Change.remove(key("passes"), Removal.CLIENT)));
        int count = 2 * StateDifference.VISITS_MAX;
        for (int i = count; i > 0; i--) {
            apply(command(Change.put(key("k" + i), "v")));
        }
        heard.clear();

        List<ChangeEvent<String>> heardLater = new ArrayList<>();
        StateMachine.SnapshotSink sink = target.snapshotInstall(index);
        chunks().forEach(sink::chunk);
        sink.done();
        int steps = 0;
        int before = 0;
        while (!sink.goOn()) {
            steps++;
            assertThat(heard.size() - before).isLessThanOrEqualTo(Listeners.REPLAY_EVENTS_MAX);
            if (before == 0 && !heard.isEmpty()) {
                target.prepareListener(Interest.all(Mode.PERSISTENT), heardLater::addAll)
                        .putInForce()
                        .run();
            }
            before = heard.size();
        }

        assertThat(steps).isGreaterThan(count / Listeners.REPLAY_EVENTS_MAX);
        assertThat(heard.get(0)).isInstanceOfSatisfying(ChangeEvent.Removed.class, removed -> {
            assertThat(removed.key()).isEqualTo(key("gone"));
            assertThat(removed.cause()).as("X21: nobody knows why").isEqualTo(Removal.WHILE_AWAY);
        });
        assertThat(heard.subList(1, heard.size()))
                .extracting(ChangeEvent::key)
                .startsWith(key("k" + count))
                .endsWith(key("k1"))
                .hasSize(count);
        assertThat(heardLater).hasSize(count + 1);
        assertThat(target.digest()).isEqualTo(state.digest());
    }

    private static NavigableMap<Key, String> contents(DatumStateMachine<String> state) {
        TreeMap<Key, String> contents = new TreeMap<>();
        state.forEach(datum -> contents.put(datum.key(), datum.version() + " " + datum.value()));
        return contents;
    }

    /** M24: the table of requests is part of the snapshot. */
    @Test
    void loadedState_knowsTheRequestsThatWereApplied() {
        DatumCommand<String> put = command(Change.put(key("a"), "1", Condition.ABSENT));
        DatumResult<String> first = apply(put);
        DatumStateMachine<String> loaded = newState();
        load(loaded, chunks());

        assertThat(loaded.apply(List.of(new Committed<>(2, put)))).containsExactly(first);
    }

    @Test
    void snapshotBytes_isAboutTheLengthOfASnapshot() {
        for (int i = 0; i < 5_000; i++) {
            apply(command(Change.put(key("k" + i % 700 + "é漢\ud83d\ude00"), "v".repeat(i % 50))));
        }
        long length = chunks().stream().mapToLong(chunk -> chunk.length).sum();

        assertThat(state.snapshotBytes()).isBetween(length - 1_000, length + 1_000);
    }

    @Test
    void incompleteOrDamagedSnapshots_areRefused() {
        apply(command(Change.put(key("a"), "1")));
        List<byte[]> chunks = chunks();

        assertThatThrownBy(() -> load(newState(), chunks.subList(0, chunks.size() - 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ends before its last chunk");
        assertThatThrownBy(() -> load(newState(), chunks.subList(1, chunks.size())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the snapshot says 1 data");
    }

    private List<byte[]> chunks() {
        List<byte[]> chunks = new ArrayList<>();
        StateMachine.SnapshotSource source = state.snapshotSave();
        for (Optional<byte[]> chunk = source.next(); chunk.isPresent(); chunk = source.next()) {
            chunks.add(chunk.get());
        }
        source.close();
        return chunks;
    }

    private static void load(DatumStateMachine<String> target, List<byte[]> chunks) {
        StateMachine.SnapshotSink sink = target.snapshotLoad();
        chunks.forEach(sink::chunk);
        sink.done();
    }

    @Test
    void malformedCommands_areRefused() {
        byte[] bytes = state.encode(List.of(Change.put(key("a"), "1"))).bytes();
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> state.decode(cut)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** R19: nothing while the state is being restored, then all of it, then each change. */
    @Test
    void listeners_hearOfTheRestoredStateOnce() {
        List<String> heard = new ArrayList<>();
        state.prepareListener(
                        Interest.all(Mode.PERSISTENT),
                        events -> events.forEach(e -> heard.add(e.key().id())))
                .putInForce()
                .run();
        apply(command(Change.put(key("a"), "1")));
        apply(command(Change.put(key("b"), "1")));
        assertThat(heard).isEmpty();

        state.restored();
        assertThat(heard).containsExactly("a", "b");
        apply(command(Change.put(key("c"), "1")));
        assertThat(heard).containsExactly("a", "b", "c");
    }

    @Test
    void removal_tellsItsCauseAndWhoDecidedIt() {
        state.restored();
        List<ChangeEvent<String>> heard = new ArrayList<>();
        state.prepareListener(Interest.all(Mode.PERSISTENT), heard::addAll)
                .putInForce()
                .run();
        apply(command(Change.put(key("a"), "1")));

        apply(command(Change.remove(key("a"), Removal.HOUSEKEEPING)));

        assertThat(heard.get(1)).isInstanceOfSatisfying(ChangeEvent.Removed.class, removed -> {
            assertThat(removed.cause()).isEqualTo(Removal.HOUSEKEEPING);
            assertThat(removed.by()).isEqualTo(NODE.nodeId().toString());
            assertThat(removed.version().asLong()).isEqualTo(2);
        });
    }
}
