package io.muster.simulation.health;

import io.muster.consistency.Datum;
import io.muster.consistency.Key;
import io.muster.consistency.Mode;
import io.muster.naming.model.Instance;
import io.muster.naming.model.InstanceKey;
import io.muster.naming.model.InstanceKind;
import io.muster.naming.model.Keys;
import io.muster.naming.model.Metadata;
import io.muster.naming.model.RegistryRecord;
import io.muster.naming.model.Selector;
import io.muster.naming.model.ServiceDefinition;
import io.muster.naming.model.ServiceName;
import io.muster.naming.registry.Caller;
import io.muster.naming.registry.InstanceView;
import io.muster.naming.registry.RegistryException;
import io.muster.sim.run.InvariantViolation;
import io.muster.sim.run.SimRun;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Hostile clients, who register instances of services that hold one kind (docs/decisions/0035) as the other, under the addresses of those that are there.
 *
 * <p>IX2 {@code RightEngine}: they are refused; at no member does either engine hold an instance that was not registered as of its kind, and no reader sees one
 * that its service does not hold.
 */
final class OtherKind {

    private static final Caller HOSTILE = new Caller("", "10.3.0.66");

    /**
     * A service and the addresses that are registered there.
     *
     * @param ephemeral the kind that it holds
     */
    record Held(ServiceName service, boolean ephemeral, List<InstanceKey> instances) {}

    private final SimRun run;
    private final GroupModel group;
    private final List<Held> held;
    private final IntFunction<@Nullable CheckedNode> nodes;

    /** Thrown where an answer is heard it would reach nobody. */
    private Optional<InvariantViolation> taken = Optional.empty();

    OtherKind(SimRun run, GroupModel group, List<Held> held, IntFunction<@Nullable CheckedNode> nodes) {
        this.run = run;
        this.group = group;
        this.held = held;
        this.nodes = nodes;
    }

    /** What the admin says of each service, before anything else happens. */
    void declare() {
        for (Held one : held) {
            InstanceKind kind = one.ephemeral() ? InstanceKind.EPHEMERAL : InstanceKind.PERSISTENT;
            Metadata word = Metadata.of(Map.of(InstanceKind.KEY, kind.name().toLowerCase(Locale.ROOT)));
            group.install(Keys.service(one.service().keyGroup()), new ServiceDefinition(0, word, Selector.NONE));
        }
    }

    /** Somebody registers, or beats, as the other kind. */
    void attack(int number, int machine, boolean beats) {
        CheckedNode node = nodes.apply(machine);
        if (node == null || !node.serves()) {
            return;
        }
        Held target = held.get(number % held.size());
        InstanceKey key = target.instances().get(number % target.instances().size());
        Instance other = Instance.of(key, !target.ephemeral());
        if (beats && other.ephemeral()) {
            // Answered as known where the address is registered: who is checked needs no beats. What counts is that
            // nothing comes of it.
            node.registry.registrations().beat(target.service(), key, Optional.of(other), HOSTILE);
            run.mark("beat of the other kind");
            return;
        }
        node.registry
                .registrations()
                .register(target.service(), other, HOSTILE)
                .whenComplete((done, error) -> answered(node, target, other, error));
    }

    private void answered(CheckedNode node, Held target, Instance other, @Nullable Throwable error) {
        if (error == null && taken.isEmpty()) {
            taken = Optional.of(new InvariantViolation(
                    "IX2",
                    node.process.index(),
                    "RightEngine: " + other.key() + " was taken as " + kind(other.ephemeral()) + " by "
                            + target.service()));
        }
        Throwable cause =
                error instanceof CompletionException wrapped && wrapped.getCause() != null ? wrapped.getCause() : error;
        if (cause instanceof RegistryException.WrongKind) {
            run.mark("other kind refused");
        }
    }

    /** At all members, whether they serve or not. */
    void check() {
        taken.ifPresent(violation -> {
            throw violation;
        });
        for (int machine = 0; machine < run.cluster().size(); machine++) {
            CheckedNode node = nodes.apply(machine);
            if (node != null) {
                int at = machine;
                node.engine.forEach(Mode.EPHEMERAL, datum -> rightEngine(at, Mode.EPHEMERAL, datum));
                group.copy(machine).data.values().forEach(datum -> rightEngine(at, Mode.PERSISTENT, datum));
                held.forEach(one -> rightKind(node, one));
            }
        }
    }

    private void rightEngine(int machine, Mode engine, Datum<RegistryRecord> datum) {
        Key key = datum.key();
        require(key.mode() == engine, machine, "the engine for " + engine + " holds " + key);
        if (datum.value() instanceof Instance instance) {
            boolean ephemeral = engine == Mode.EPHEMERAL;
            require(
                    instance.ephemeral() == ephemeral,
                    machine,
                    key + " was registered as " + kind(instance.ephemeral()) + ", and is " + kind(ephemeral));
        }
    }

    private void rightKind(CheckedNode node, Held one) {
        List<InstanceView> shown = node.registry
                .index()
                .find(one.service())
                .map(view -> view.instances())
                .orElse(List.of());
        for (InstanceView instance : shown) {
            require(
                    instance.ephemeral() == one.ephemeral(),
                    node.process.index(),
                    one.service() + " holds " + kind(one.ephemeral()) + " instances, and shows " + instance.key()
                            + " as " + kind(instance.ephemeral()));
        }
    }

    private static String kind(boolean ephemeral) {
        return ephemeral ? "ephemeral" : "persistent";
    }

    private static void require(boolean holds, int machine, String what) {
        if (!holds) {
            throw new InvariantViolation("IX2", machine, "RightEngine: " + what);
        }
    }
}
