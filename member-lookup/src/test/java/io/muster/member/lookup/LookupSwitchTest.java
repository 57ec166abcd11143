package io.muster.member.lookup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.member.MemberAddress;
import io.muster.member.port.VertxTime;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** R63: the new lookup has given a good list before the old one stops, and a failed switch leaves all as it was. */
class LookupSwitchTest {

    private static final Duration FIRST_LIST_WITHIN = Duration.ofMillis(200);

    private final Vertx vertx = Vertx.vertx();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final Scripted old = new Scripted(names("a", "b"));
    private final LookupSwitch lookups = new LookupSwitch(
            new VertxTime(vertx.getOrCreateContext()),
            new ListListener() {
                @Override
                public void listed(List<MemberAddress> members) {
                    heard.add(String.join(
                            " ", members.stream().map(MemberAddress::host).toList()));
                }

                @Override
                public void refused(String problem) {
                    heard.add("refused: " + problem);
                }
            },
            members -> CompletableFuture.completedStage(members.containsAll(names("a"))),
            FIRST_LIST_WITHIN);

    /** A lookup that says what the test has it say. */
    private static final class Scripted implements MemberLookup {

        private final List<MemberAddress> first;
        private final List<ListListener> listeners = new ArrayList<>();
        private volatile boolean stopped;
        private volatile String problem = "";

        Scripted(List<MemberAddress> first) {
            this.first = first;
        }

        @Override
        public String mode() {
            return "scripted";
        }

        @Override
        public void start(ListListener listener) {
            listeners.add(listener);
            if (!first.isEmpty()) {
                listener.listed(first);
            }
        }

        void say(Consumer<ListListener> news) {
            listeners.forEach(news);
        }

        @Override
        public LookupHealth health() {
            return new LookupHealth(
                    "the script", problem.isEmpty(), 0, first.isEmpty() ? "nothing is written" : problem);
        }

        @Override
        public void stop() {
            stopped = true;
        }
    }

    @BeforeEach
    void beginWithTheOldOne() throws Exception {
        assertThat(outcome(lookups.begin(old, List.of()))).isEqualTo(names("a", "b"));
    }

    @AfterEach
    void close() throws Exception {
        lookups.stop();
        outcome(vertx.close().toCompletionStage());
    }

    @Test
    void listsAndRefusals_ofTheOneInForce_areHeard() {
        old.say(listener -> listener.listed(names("a", "b", "c")));
        old.say(listener -> listener.refused("line 3"));
        await().untilAsserted(() -> assertThat(heard).containsExactly("a b", "a b c", "refused: line 3"));
    }

    @Test
    void switch_takesTheNewList_andStopsTheOldLookup() throws Exception {
        Scripted next = new Scripted(names("a", "b", "c"));
        assertThat(outcome(lookups.to(next, list -> ready(), () -> {}))).isEqualTo(names("a", "b", "c"));
        assertThat(old.stopped).isTrue();
        assertThat(next.stopped).isFalse();
        assertThat(lookups.current()).isSameAs(next);
        old.say(listener -> listener.listed(names("z")));
        next.say(listener -> listener.listed(names("a", "b", "c", "d")));
        await().untilAsserted(() -> assertThat(heard).containsExactly("a b", "a b c", "a b c d"));
    }

    @Test
    void lookupWithoutAList_leavesAllAsItWas() {
        Scripted silent = new Scripted(List.of());
        CompletionStage<?> switched = lookups.to(silent, list -> ready(), () -> {});
        await().untilAsserted(() -> assertThat(switched.toCompletableFuture())
                .isCompletedExceptionally()
                .isNotCancelled());
        assertThat(switched.toCompletableFuture())
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingRootCause()
                .withMessage("the script gave no list within 200 ms: nothing is written");
        assertThatTheOldOneGoesOn(silent);
    }

    @Test
    void readinessThatFails_leavesAllAsItWas() {
        Scripted next = new Scripted(names("c"));
        CompletionStage<?> switched = lookups.to(
                next, list -> CompletableFuture.failedStage(new IllegalStateException("the port is taken")), () -> {});
        assertThat(switched.toCompletableFuture())
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .havingRootCause()
                .withMessage("the port is taken");
        assertThatTheOldOneGoesOn(next);
    }

    private void assertThatTheOldOneGoesOn(Scripted refused) {
        assertThat(refused.stopped).isTrue();
        assertThat(old.stopped).isFalse();
        assertThat(lookups.current()).isSameAs(old);
        refused.say(listener -> listener.listed(names("z")));
        old.say(listener -> listener.listed(names("a", "b", "d")));
        await().untilAsserted(() -> assertThat(heard).containsExactly("a b", "a b d"));
    }

    /** What the new lookup says while its first list is being made ready for is what goes by in the end. */
    @Test
    void listThatComesMeanwhile_isTheOneTaken() throws Exception {
        CompletableFuture<Void> readiness = new CompletableFuture<>();
        Scripted next = new Scripted(names("c"));
        CompletionStage<List<MemberAddress>> switched = lookups.to(next, list -> readiness, () -> {});
        next.say(listener -> listener.listed(names("c", "d")));
        CompletionStage<?> second = lookups.to(new Scripted(names("e")), list -> ready(), () -> {});
        assertThat(second.toCompletableFuture())
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .withMessageContaining("another switch");
        readiness.complete(null);
        assertThat(outcome(switched)).isEqualTo(names("c", "d"));
        assertThat(heard).containsExactly("a b", "c d");
    }

    @Test
    void tryingOut_showsTheList_andChangesNothing() throws Exception {
        Scripted next = new Scripted(names("c"));
        assertThat(outcome(lookups.tryOut(next))).isEqualTo(names("c"));
        assertThatTheOldOneGoesOn(next);
    }

    /** IX3: an address server that has restarted with one name, a file that was cut off at the end of a line. */
    @Test
    void shorterListThatLosesHalf_isHeldBack_untilTheSourceIsWellAgain() {
        old.say(listener -> listener.listed(names("a")));
        await().untilAsserted(() -> assertThat(heard).hasSize(2));
        assertThat(heard.get(1))
                .startsWith("refused: the script names [a:8848]")
                .contains("held back");
        assertThat(lookups.health().healthy()).isFalse();
        assertThat(lookups.health().problem()).contains("held back", "'lookup confirm'");
        old.say(listener -> listener.listed(names("a", "b", "c")));
        await().untilAsserted(() -> assertThat(heard).hasSize(3).endsWith("a b c"));
        assertThat(lookups.health().problem()).doesNotContain("held back");
    }

    @Test
    void listThatIsHeldBack_isTakenWhenSomebodyConfirmsIt() throws Exception {
        assertThat(outcome(lookups.confirm(List.of("a:8848"))))
                .as("nothing is held back")
                .isFalse();
        old.say(listener -> listener.listed(names("a")));
        await().until(() -> lookups.health().problem().contains("held back"));
        assertThat(outcome(lookups.heldBack())).isEqualTo(names("a"));
        assertThat(outcome(lookups.confirm(List.of("b:8848"))))
                .as("another list")
                .isFalse();
        assertThat(outcome(lookups.confirm(List.of("a:8848")))).isTrue();
        assertThat(heard).endsWith("a");
        assertThat(outcome(lookups.confirm(List.of("a:8848")))).isFalse();
    }

    /** What was read of it before is not what the source says now. */
    @Test
    void listThatTheSourceNoLongerGives_isNotTaken_andItsNewFaultIsShown() throws Exception {
        old.say(listener -> listener.listed(names("a")));
        await().until(() -> lookups.health().problem().contains("held back"));
        old.problem = "line 1: nonsense";
        assertThat(lookups.health().problem()).startsWith("line 1: nonsense").contains("held back");
        assertThat(outcome(lookups.heldBack())).isEmpty();
        assertThat(outcome(lookups.confirm(List.of("a:8848")))).isFalse();
        old.problem = "";
        assertThat(outcome(lookups.confirm(List.of("a:8848")))).isTrue();
    }

    /** X11: all have moved. The list of another environment looks the same, but for this node. */
    @Test
    void asManyOthers_areTakenWithThisNodeAmongThem_andHeldBackWithout() {
        old.say(listener -> listener.listed(names("x", "y")));
        await().until(() -> lookups.health().problem().contains("held back"));
        old.say(listener -> listener.listed(names("a", "x")));
        await().untilAsserted(() -> assertThat(heard).hasSize(3).endsWith("a x"));
    }

    /** A node that restarts beside an address server that has restarted, too. */
    @Test
    void firstListThatLosesHalfOfTheOneRemembered_isHeldBack() {
        Scripted first = new Scripted(names("a"));
        assertThat(lookups.begin(first, names("a", "b", "c")).toCompletableFuture())
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .withMessageContaining("held back");
        first.say(listener -> listener.listed(names("a", "b", "c")));
        await().untilAsserted(() -> assertThat(heard).endsWith("a b c"));
    }

    /** Names that can't be looked up in time make a known cluster no unknown one. */
    @Test
    void firstListThatCantBeCheckedInTime_isHeldBack_whereAnotherIsRemembered() {
        LookupSwitch checking = unheard(members -> new CompletableFuture<>());

        assertThat(checking.begin(new Scripted(names("x", "y", "z")), names("a", "b", "c"))
                        .toCompletableFuture())
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(HeldBackException.class)
                .withMessageContaining("could not be told within 200 ms");
    }

    /** The check of a list looks names up, and may end after somebody has confirmed it. */
    @Test
    void confirmedList_staysTaken_whateverALateCheckOfItSays() throws Exception {
        CompletableFuture<Boolean> check = new CompletableFuture<>();
        Scripted source = new Scripted(names("a", "b", "c"));
        LookupSwitch checked = unheard(members -> check);
        outcome(checked.begin(source, List.of()));
        source.say(listener -> listener.listed(names("a")));
        await().until(() -> checked.health().problem().contains("held back"));
        source.say(listener -> listener.listed(names("x", "y", "z")));
        assertThat(outcome(checked.confirm(List.of("x:8848", "y:8848", "z:8848"))))
                .isTrue();

        check.complete(false);
        outcome(checked.heldBack());
        assertThat(checked.health().problem()).doesNotContain("held back");
        checked.stop();
    }

    /** One whose lists nobody hears of. */
    private LookupSwitch unheard(Function<List<MemberAddress>, CompletionStage<Boolean>> namesThisNode) {
        return new LookupSwitch(
                new VertxTime(vertx.getOrCreateContext()),
                new ListListener() {
                    @Override
                    public void listed(List<MemberAddress> members) {}

                    @Override
                    public void refused(String problem) {}
                },
                namesThisNode,
                FIRST_LIST_WITHIN);
    }

    private static CompletionStage<Void> ready() {
        return CompletableFuture.completedStage(null);
    }

    private static <T> T outcome(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static List<MemberAddress> names(String... hosts) {
        return Stream.of(hosts).map(host -> new MemberAddress(host, 8848, 7848)).toList();
    }
}
