package io.muster.sim.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What is left of a failed run: one line, and below {@code target/sim/} the plan, the plan shrunk, and what happened in words, for which the
 * run is repeated.
 */
final class FailureReport {

    /** A story keeps its last lines only. */
    private static final int STORY_LINES_MAX = 20_000;

    private final Subject subject;
    private final Path directory;
    private final String again;

    /** @param again the beginning of a command line, or nothing */
    FailureReport(Subject subject, Path directory, String again) {
        this.subject = subject;
        this.directory = directory;
        this.again = again;
    }

    /** Writes the files of a failed run that was shrunk to this plan. */
    String write(SimResult failed, Plan shrunk) {
        String name = subject.name() + "-" + failed.plan().seed();
        Path plan = store(name + ".plan.json", PlanJson.write(failed.plan()));
        store(name + ".story.txt", story(failed.plan()));
        Path small = store(name + ".shrunk.json", PlanJson.write(shrunk));
        store(name + ".shrunk.story.txt", story(shrunk));
        boolean drawnAgain = failed.plan().shape().equals(PlanShape.SHORT);
        String seed = again + "-Dsim.seed=" + failed.plan().seed() + "\n     or: ";
        return failed.line(CodeVersion.current()) + "\n  again: " + (drawnAgain ? seed : "") + again + "-Dsim.plan="
                + plan.toAbsolutePath() + "\n  shrunk to " + shrunk.faults().size() + " faults, "
                + shrunk.operations().size() + " operations, " + shrunk.nodes() + " nodes: -Dsim.plan=" + small;
    }

    private String story(Plan plan) {
        Deque<String> lines = new ArrayDeque<>();
        SimResult result = new Simulation(subject, plan)
                .toldTo(line -> {
                    if (lines.size() == STORY_LINES_MAX) {
                        lines.remove();
                    }
                    lines.add(line);
                })
                .run();
        List<String> text = new ArrayList<>(lines);
        text.add(result.line(CodeVersion.current()));
        result.failure().ifPresent(failure -> text.add(String.valueOf(failure.cause())));
        return String.join("\n", text) + "\n";
    }

    private Path store(String name, String text) {
        try {
            Files.createDirectories(directory);
            return Files.writeString(directory.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
