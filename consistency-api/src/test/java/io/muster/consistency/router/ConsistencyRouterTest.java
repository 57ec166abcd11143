package io.muster.consistency.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.consistency.Change;
import io.muster.consistency.ConsistencyException;
import io.muster.consistency.ConsistencyService;
import io.muster.consistency.Interest;
import io.muster.consistency.Key;
import io.muster.consistency.Lease;
import io.muster.consistency.Mode;
import io.muster.consistency.Removal;
import io.muster.consistency.Renewal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** R1: the key alone decides the engine. */
class ConsistencyRouterTest {

    private static final Key INSTANCE = Key.ephemeral("orders", "10.0.0.1:80");
    private static final Key DECLARATION = Key.persistent("orders", "service");
    private static final Lease LEASE = new Lease(15_000, 30_000);

    private final RecordingEngine distro = new RecordingEngine();
    private final RecordingEngine raft = new RecordingEngine();
    private final ConsistencyService<String> router = new ConsistencyRouter<>(distro, raft);

    @Test
    void writes_goToTheEngineOfTheKeysMode() {
        router.put(INSTANCE, "up", LEASE);
        router.put(DECLARATION, "declared");
        router.remove(INSTANCE, Removal.CLIENT);
        router.remove(DECLARATION, Removal.OPERATOR);

        assertThat(distro.calls).containsExactly("apply " + INSTANCE, "apply " + INSTANCE);
        assertThat(raft.calls).containsExactly("apply " + DECLARATION, "apply " + DECLARATION);
    }

    @Test
    void readsListenersAndReadiness_goToTheEngineOfTheMode() {
        router.get(INSTANCE);
        router.group(Mode.EPHEMERAL, "orders");
        router.forEach(Mode.EPHEMERAL, datum -> {});
        router.listen(Interest.all(Mode.EPHEMERAL), events -> {});
        router.readiness(Mode.EPHEMERAL);
        assertThat(raft.calls).isEmpty();
        assertThat(distro.calls)
                .containsExactly("get " + INSTANCE, "group orders", "forEach", "listen EPHEMERAL:*", "readiness");

        router.get(DECLARATION);
        router.listen(Interest.group(Mode.PERSISTENT, "orders"), events -> {});
        assertThat(raft.calls).containsExactly("get " + DECLARATION, "listen PERSISTENT:orders");
    }

    @Test
    void linearizableRead_waitsForThePersistentEnginesBarrier() {
        router.getLinearizable(DECLARATION);

        assertThat(raft.calls).containsExactly("readBarrier", "get " + DECLARATION);
        assertThat(distro.calls).isEmpty();
    }

    @Test
    void linearizableRead_ofAnEphemeralKey_isInvalid() {
        assertThatThrownBy(() ->
                        router.getLinearizable(INSTANCE).toCompletableFuture().join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(ConsistencyException.Invalid.class);
    }

    @Test
    void renew_ofAPersistentKey_isInvalid() {
        assertThat(router.renew(INSTANCE)).isEqualTo(Renewal.RENEWED);
        assertThatThrownBy(() -> router.renew(DECLARATION)).isInstanceOf(ConsistencyException.Invalid.class);
    }

    @Test
    void batch_ofMixedModes_isRefusedBeforeAnyEngineSeesIt() {
        refused(List.of(Change.put(INSTANCE, "up", LEASE), Change.put(DECLARATION, "declared")), "one mode only");
    }

    @Test
    void batch_withAKeyTwice_isRefused() {
        refused(List.of(Change.put(DECLARATION, "a"), Change.put(DECLARATION, "b")), "a key once only");
    }

    @Test
    void batch_withoutChangesOrWithTooMany_isRefused() {
        refused(List.of(), "this one has 0");
        List<Change<String>> tooMany = new ArrayList<>();
        for (int i = 0; i <= ConsistencyService.BATCH_CHANGES_MAX; i++) {
            tooMany.add(Change.put(Key.persistent("orders", "i" + i), "x"));
        }
        refused(tooMany, "this one has 10001");
    }

    private void refused(List<Change<String>> batch, String message) {
        assertThatThrownBy(() -> router.apply(batch).toCompletableFuture().join())
                .hasCauseInstanceOf(ConsistencyException.Invalid.class)
                .hasMessageContaining(message);
        assertThat(distro.calls).isEmpty();
        assertThat(raft.calls).isEmpty();
    }
}
