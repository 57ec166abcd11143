package io.muster.naming.registry;

import static io.muster.naming.registry.RegistryFixture.ALICE;
import static io.muster.naming.registry.RegistryFixture.FIRST;
import static io.muster.naming.registry.RegistryFixture.ORDERS;
import static io.muster.naming.registry.RegistryFixture.SECOND;
import static io.muster.naming.registry.RegistryFixture.await;
import static io.muster.naming.registry.RegistryFixture.ephemeralKey;
import static io.muster.naming.registry.RegistryFixture.metadata;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.consistency.Mark;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.MetadataEdit;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Metadata of many instances at once (nacos-v1-http.md §3.4). */
class MetadataBatchTest extends EditedOrders {

    @Test
    void batch_putsAndRemovesKeysOfAllInstancesOfAKind() {
        fixture.register(Instance.ephemeral(FIRST).withMetadata(metadata("own", "1")));
        fixture.register(SECOND);
        fixture.register(Instance.of(SECOND, false));
        List<MetadataBatch.Target> all = fixture.registry.metadataBatch().all(ORDERS, true);

        MetadataBatch.Result put = edit(all, MetadataEdit.put(metadata("zone", "a")));

        assertThat(put.overlay()).isEqualTo(OverlayOutcome.WRITTEN);
        assertThat(put.updated())
                .extracting(MetadataBatch.Target::wireForm)
                .containsExactly("10.0.0.1:8080:unknown:DEFAULT:ephemeral", "10.0.0.2:8080:unknown:DEFAULT:ephemeral");
        assertThat(fixture.view(FIRST).shown().metadata())
                .isEqualTo(metadata("own", "1").with(metadata("zone", "a")));

        edit(all, MetadataEdit.remove(List.of("own", "zone")));
        assertThat(fixture.view(FIRST).shown().metadata()).isEqualTo(Metadata.EMPTY);

        fixture.register(Instance.ephemeral(FIRST).withMetadata(metadata("own", "1")));
        assertThat(fixture.view(FIRST).shown().metadata())
                .as("the operator's word on the key outlives the client's")
                .isEqualTo(Metadata.EMPTY);
    }

    @Test
    void batch_passesOverWhatItDoesNotFind() {
        fixture.register(FIRST);
        MetadataBatch.Target known = new MetadataBatch.Target(FIRST, true);

        MetadataBatch.Result result = edit(
                List.of(new MetadataBatch.Target(SECOND, true), known, new MetadataBatch.Target(FIRST, false)),
                MetadataEdit.put(metadata("zone", "a")));

        assertThat(result.updated()).containsExactly(known);
        assertThat(edit(List.of(), MetadataEdit.put(metadata("a", "b"))).updated())
                .isEmpty();
    }

    @Test
    void batch_ofMany_editsThemAll() {
        for (int i = 0; i < 200; i++) {
            fixture.register(new InstanceKey("10.0.1." + i, 80, "DEFAULT"));
        }

        MetadataBatch.Result result =
                edit(fixture.registry.metadataBatch().all(ORDERS, true), MetadataEdit.put(metadata("zone", "a")));

        assertThat(result.updated()).hasSize(200);
        assertThat(fixture.orders().instances())
                .allSatisfy(instance -> assertThat(instance.shown().metadata()).isEqualTo(metadata("zone", "a")));
    }

    @Test
    void batch_ofManyUnknownInstances_isAnswered() {
        MetadataBatch.Target unknown = new MetadataBatch.Target(FIRST, true);

        CompletionStage<MetadataBatch.Result> result = fixture.registry
                .metadataBatch()
                .edit(ORDERS, Collections.nCopies(50_000, unknown), MetadataEdit.put(metadata("zone", "a")), ALICE);

        assertThat(result.toCompletableFuture()).isDone();
        assertThat(await(result).updated()).isEmpty();
    }

    @Test
    void batch_inWhichAnEngineThrows_leavesOutThatInstanceOnly() {
        fixture.register(FIRST);
        fixture.register(SECOND);
        fixture.consistency.beforeNextApply(() -> {
            throw new IllegalStateException("broke");
        });

        CompletionStage<MetadataBatch.Result> result = fixture.registry
                .metadataBatch()
                .edit(
                        ORDERS,
                        List.of(new MetadataBatch.Target(FIRST, true), new MetadataBatch.Target(SECOND, true)),
                        MetadataEdit.put(metadata("zone", "a")),
                        ALICE);

        assertThat(result.toCompletableFuture()).isDone();
        assertThat(await(result).updated()).containsExactly(new MetadataBatch.Target(SECOND, true));
    }

    /** Each side is within the bounds alone; neither the client nor any reader can help what they come to together. */
    @Test
    void overlayAndClientTogetherBeyondTheBounds_areStillRegisteredAndShown() {
        fixture.register(FIRST);
        edit(List.of(new MetadataBatch.Target(FIRST, true)), MetadataEdit.put(entries("operator", 200)));

        fixture.register(Instance.ephemeral(FIRST).withMetadata(entries("client", 200)));

        assertThat(fixture.view(FIRST).shown().metadata().size()).isEqualTo(400);
        fixture.consistency.mark(ephemeralKey(FIRST), Mark.UNHEALTHY);
        assertThat(fixture.orders().instances()).hasSize(1);
        assertThat(await(fixture.registry.registrations().beat(ORDERS, FIRST, Optional.empty(), ALICE))
                        .known())
                .isTrue();
        assertThat(edit(List.of(new MetadataBatch.Target(FIRST, true)), MetadataEdit.put(entries("more", 200)))
                        .updated())
                .as("what a request itself would store is bounded")
                .isEmpty();
    }

    private static Metadata entries(String prefix, int count) {
        Map<String, String> map = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            map.put(prefix + i, "");
        }
        return Metadata.of(map);
    }
}
