package io.muster.naming.registry;

import static io.muster.naming.registry.RegistryFixture.ALICE;
import static io.muster.naming.registry.RegistryFixture.FIRST;
import static io.muster.naming.registry.RegistryFixture.ORDERS;
import static io.muster.naming.registry.RegistryFixture.await;
import static io.muster.naming.registry.RegistryFixture.overlayKey;

import io.muster.naming.model.Instance;
import io.muster.naming.model.InstancePatch;
import io.muster.naming.model.MetadataEdit;
import io.muster.naming.model.Overlay;
import io.muster.naming.model.WordStamp;
import java.util.List;
import java.util.Optional;

/** What tests of operators' edits have in common: one instance, and what is said, stored and shown of it. */
abstract class EditedOrders {

    static final InstancePatch WEIGHT_5 = weight(5);
    static final InstancePatch DISABLE = new InstancePatch(
            Optional.empty(), Optional.of(false), Optional.empty(), Optional.empty(), Optional.empty());

    final RegistryFixture fixture = new RegistryFixture();
    final InstanceEdits edits = fixture.registry.edits();

    static InstancePatch weight(double weight) {
        return new InstancePatch(
                Optional.of(weight), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    static InstancePatch healthy(boolean healthy) {
        return new InstancePatch(
                Optional.empty(), Optional.empty(), Optional.of(healthy), Optional.empty(), Optional.empty());
    }

    /** The fields of what is stored. */
    Overlay overlay() {
        return ((Overlay) fixture.consistency.value(overlayKey(FIRST))).saidAs(WordStamp.NONE);
    }

    /** What the client registered, whatever operators said of it. */
    Instance registered() {
        return fixture.view(FIRST).registered().withWord(Optional.empty());
    }

    Instance shown() {
        return fixture.view(FIRST).shown().withWord(Optional.empty());
    }

    OverlayOutcome patch(InstancePatch patch) {
        return await(edits.patch(ORDERS, FIRST, patch, ALICE));
    }

    OverlayOutcome update(InstancePatch given, boolean mustExist) {
        return await(edits.update(ORDERS, FIRST, true, given, mustExist, ALICE));
    }

    MetadataBatch.Result edit(List<MetadataBatch.Target> targets, MetadataEdit edit) {
        return await(fixture.registry.metadataBatch().edit(ORDERS, targets, edit, ALICE));
    }
}
