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
            FIRST_LIST_WITHIN);

    /** A lookup that says what the test has it say. */
    private static final class Scripted implements MemberLookup {

        private final List<MemberAddress> first;
        private final List<ListListener> listeners = new ArrayList<>();
        private volatile boolean stopped;

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
            return new LookupHealth("the script", false, 1, "nothing is written");
        }

        @Override
        public void stop() {
            stopped = true;
        }
    }

    @BeforeEach
    void beginWithTheOldOne() throws Exception {
        assertThat(outcome(lookups.begin(old))).isEqualTo(names("a", "b"));
    }

    @AfterEach
    void close() throws Exception {
        lookups.stop();
        outcome(vertx.close().toCompletionStage());
    }

    @Test
    void listsAndRefusals_ofTheOneInForce_areHeard() {
        old.say(listener -> listener.listed(names("a", "c")));
        old.say(listener -> listener.refused("line 3"));
        await().untilAsserted(() -> assertThat(heard).containsExactly("a b", "a c", "refused: line 3"));
    }

    @Test
    void switch_takesTheNewList_andStopsTheOldLookup() throws Exception {
        Scripted next = new Scripted(names("a", "b", "c"));
        assertThat(outcome(lookups.to(next, list -> ready()))).isEqualTo(names("a", "b", "c"));
        assertThat(old.stopped).isTrue();
        assertThat(next.stopped).isFalse();
        assertThat(lookups.current()).isSameAs(next);
        old.say(listener -> listener.listed(names("z")));
        next.say(listener -> listener.listed(names("d")));
        await().untilAsserted(() -> assertThat(heard).containsExactly("a b", "a b c", "d"));
    }

    @Test
    void lookupWithoutAList_leavesAllAsItWas() {
        Scripted silent = new Scripted(List.of());
        CompletionStage<?> switched = lookups.to(silent, list -> ready());
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
        CompletionStage<?> switched =
                lookups.to(next, list -> CompletableFuture.failedStage(new IllegalStateException("the port is taken")));
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
        old.say(listener -> listener.listed(names("a")));
        await().untilAsserted(() -> assertThat(heard).containsExactly("a b", "a"));
    }

    /** What the new lookup says while its first list is being made ready for is what goes by in the end. */
    @Test
    void listThatComesMeanwhile_isTheOneTaken() throws Exception {
        CompletableFuture<Void> readiness = new CompletableFuture<>();
        Scripted next = new Scripted(names("c"));
        CompletionStage<List<MemberAddress>> switched = lookups.to(next, list -> readiness);
        next.say(listener -> listener.listed(names("c", "d")));
        CompletionStage<?> second = lookups.to(new Scripted(names("e")), list -> ready());
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
