package io.muster.raft.simulation;

import io.muster.sim.run.KillMatrix;
import io.muster.sim.run.PlanShape;
import java.util.Arrays;
import java.util.List;

/**
 * Hunts planted bugs, each until one of the invariants named for it fails, and prints bug, rounds, seeds and invariants; a survivor blocks release ({@code
 * spec/simulation.md} §10). {@code RaftKillMatrix [ROUNDS [BUG…]]}; a bug is named by the beginning of its name.
 */
final class RaftKillMatrix {

    static final int ROUNDS_DEFAULT = 3;

    private RaftKillMatrix() {}

    public static void main(String[] arguments) throws InterruptedException {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : ROUNDS_DEFAULT;
        List<String> names = arguments.length > 1 ? Arrays.asList(arguments).subList(1, arguments.length) : List.of("");
        System.exit(hunt(rounds, names).stream().allMatch(KillMatrix.Row::killed) ? 0 : 1);
    }

    /**
     * Hunts on all cores, and prints each row as soon as it is there.
     *
     * @param names beginnings of the bugs' names
     */
    @SuppressWarnings("SystemOut") // the matrix is what one runs this for
    static List<KillMatrix.Row> hunt(int rounds, List<String> names) throws InterruptedException {
        List<KillMatrix.PlantedBug> bugs = Arrays.stream(Mutation.values())
                .filter(bug -> names.stream().anyMatch(bug.name()::startsWith))
                .map(Mutation::planted)
                .toList();
        List<KillMatrix.Row> rows = new KillMatrix(PlanShape.SHORT, rounds, KillMatrix.SEEDS_MAX)
                .huntAll(bugs, Runtime.getRuntime().availableProcessors(), row -> System.out.println(row.line()));
        System.out.print(KillMatrix.toJson(rows));
        long survivors = rows.stream().filter(row -> !row.killed()).count();
        System.out.println(rows.size() + " bugs planted, " + survivors + " survived");
        return rows;
    }
}
