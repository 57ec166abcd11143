package io.muster.sim.linearizability;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * Draws histories of a store. What clients are told comes from a store that executes each command at some instant
 * between its call and its return, so a history is linearizable until {@link #withOneAnswerChanged} spoils it, which it
 * may or may not do.
 */
final class RandomHistories {

    /**
     * @param values how many values there are to write; few make many coincidences
     * @param unknown which part of the operations has an unknown outcome; half of those take effect
     * @param failed which part fails definitely
     * @param readsAll whether there are reads of all
     */
    record Shape(int operations, int clients, int keys, int values, double unknown, double failed, boolean readsAll) {}

    private record Drawn(Operation<StoreCommand, StoreResult> operation, double instant, boolean takesEffect) {}

    private static final int LONGEST_OPERATION = 5;
    private static final int LONGEST_DELAY = 40;

    private final Random random;

    RandomHistories(long seed) {
        this.random = new Random(seed);
    }

    /** A history of at most seven operations, few enough for {@link BruteForce}. */
    History<StoreCommand, StoreResult> small() {
        Shape shape = new Shape(
                1 + random.nextInt(7),
                1 + random.nextInt(4),
                1 + random.nextInt(2),
                1 + random.nextInt(3),
                0.2,
                0.1,
                random.nextInt(4) == 0);
        History<StoreCommand, StoreResult> history = linearizable(shape);
        return random.nextBoolean() ? withOneAnswerChanged(history, shape) : history;
    }

    History<StoreCommand, StoreResult> linearizable(Shape shape) {
        List<Drawn> drawn = new ArrayList<>();
        long[] freeAt = new long[shape.clients()];
        for (int i = 0; i < shape.operations(); i++) {
            int client = random.nextInt(shape.clients());
            long call = freeAt[client] + random.nextInt(3);
            long ret = call + 1 + random.nextInt(LONGEST_OPERATION);
            freeAt[client] = ret;
            drawn.add(draw(shape, "c" + client, call, ret));
        }
        drawn.sort(Comparator.comparingDouble(Drawn::instant));
        TreeMap<String, String> store = new TreeMap<>();
        List<Operation<StoreCommand, StoreResult>> operations = new ArrayList<>();
        for (Drawn each : drawn) {
            Operation<StoreCommand, StoreResult> operation = each.operation();
            if (each.takesEffect()) {
                StoreResult result = BruteForce.execute(operation.key(), operation.command(), store);
                operation = operation.outcome() instanceof Outcome.Ok<StoreResult>
                        ? with(operation, new Outcome.Ok<>(result))
                        : operation;
            }
            operations.add(operation);
        }
        operations.sort(Comparator.comparing(Operation::call));
        return new History<>(operations);
    }

    /** The same history, but one read or compare-and-set, if there is any, is answered by chance. */
    History<StoreCommand, StoreResult> withOneAnswerChanged(History<StoreCommand, StoreResult> history, Shape shape) {
        List<Operation<StoreCommand, StoreResult>> operations = new ArrayList<>(history.operations());
        List<Integer> telling = new ArrayList<>();
        for (int i = 0; i < operations.size(); i++) {
            if (operations.get(i).outcome() instanceof Outcome.Ok<StoreResult>
                    && !(operations.get(i).command() instanceof StoreCommand.Put)
                    && !(operations.get(i).command() instanceof StoreCommand.Delete)) {
                telling.add(i);
            }
        }
        if (!telling.isEmpty()) {
            int i = telling.get(random.nextInt(telling.size()));
            operations.set(i, with(operations.get(i), new Outcome.Ok<>(answer(operations.get(i), shape))));
        }
        return new History<>(operations);
    }

    private Drawn draw(Shape shape, String client, long call, long ret) {
        StoreCommand command = command(shape);
        String key = command instanceof StoreCommand.ReadAll ? "" : "k" + random.nextInt(shape.keys());
        double chance = random.nextDouble();
        boolean unknown = chance < shape.unknown();
        boolean failed = !unknown && chance < shape.unknown() + shape.failed();
        Outcome<StoreResult> outcome = unknown
                ? new Outcome.Unknown<>()
                : failed ? new Outcome.Failed<>() : new Outcome.Ok<>(new StoreResult.Done());
        double latest = unknown ? ret + LONGEST_DELAY * random.nextDouble() : ret;
        double instant = call + (latest - call) * random.nextDouble();
        boolean takesEffect = !failed && !(unknown && random.nextBoolean());
        return new Drawn(
                new Operation<>(client, key, command, outcome, Moment.at(call), Moment.at(ret)), instant, takesEffect);
    }

    private StoreCommand command(Shape shape) {
        return switch (random.nextInt(shape.readsAll() ? 7 : 6)) {
            case 0, 1 -> new StoreCommand.Put(value(shape));
            case 2 -> new StoreCommand.Delete();
            case 3 -> new StoreCommand.Cas(valueOrAbsent(shape), value(shape));
            case 4, 5 -> new StoreCommand.Read();
            default -> new StoreCommand.ReadAll();
        };
    }

    private StoreResult answer(Operation<StoreCommand, StoreResult> operation, Shape shape) {
        if (operation.command() instanceof StoreCommand.Read) {
            return new StoreResult.Value(valueOrAbsent(shape));
        }
        if (operation.command() instanceof StoreCommand.Cas) {
            return random.nextBoolean() ? new StoreResult.Done() : new StoreResult.Conflict();
        }
        TreeMap<String, String> values = new TreeMap<>();
        for (int key = 0; key < shape.keys(); key++) {
            String name = "k" + key;
            valueOrAbsent(shape).ifPresent(value -> values.put(name, value));
        }
        return new StoreResult.Values(values);
    }

    private Optional<String> valueOrAbsent(Shape shape) {
        return random.nextInt(3) == 0 ? Optional.empty() : Optional.of(value(shape));
    }

    private String value(Shape shape) {
        return "v" + random.nextInt(shape.values());
    }

    private static Operation<StoreCommand, StoreResult> with(
            Operation<StoreCommand, StoreResult> operation, Outcome<StoreResult> outcome) {
        return new Operation<>(
                operation.client(), operation.key(), operation.command(), outcome, operation.call(), operation.ret());
    }
}
