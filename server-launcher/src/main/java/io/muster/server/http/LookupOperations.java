package io.muster.server.http;

import io.muster.member.lookup.LookupMode;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * What an operator may do to the lookup while the server runs (R63). The commands read files, so they are not for an event loop. A refusal, which
 * leaves all as it was, is an exception with a message for the operator, thrown or in the stage.
 */
public interface LookupOperations {

    /**
     * The lookup as it is.
     *
     * @param configured mode that the next start would choose, and why
     * @param running mode in force
     * @param reason why that is in force
     * @param source where the list comes from
     * @param healthy whether the source has given a good list lately
     * @param failuresInARow since the last good list
     * @param problem what was wrong with the last one; empty if nothing was
     * @param members the list in force
     * @param heldBack the list that waits for {@link #confirm}; empty if none does
     */
    record Shown(
            String configured,
            String running,
            String reason,
            String source,
            boolean healthy,
            int failuresInARow,
            String problem,
            List<String> members,
            List<String> heldBack) {}

    /**
     * What came of a command.
     *
     * @param changed whether the lookup is another one now, or would be
     * @param mode in force
     * @param members the list in force
     * @param added what it has and the one before had not
     * @param removed what the one before had and it has not
     * @param lasts for how long, for people
     */
    record Outcome(
            boolean changed,
            String mode,
            List<String> members,
            List<String> added,
            List<String> removed,
            String lasts) {

        public Outcome with(String newLasts) {
            return new Outcome(changed, mode, members, added, removed, newLasts);
        }
    }

    Shown show();

    /** Mode and list in force in one line, for the audit; any thread. */
    String standing();

    /**
     * @param dryRun whether to say only what would happen
     * @param persist whether to write the mode into the configuration file, so that it outlasts a restart
     * @param confirmed whether the list may lack half of the members in force
     */
    CompletionStage<Outcome> switchTo(LookupMode mode, boolean dryRun, boolean persist, boolean confirmed);

    /** Reads the configuration again, and switches if the lookup that it calls for is another one. */
    CompletionStage<Outcome> reload();

    /**
     * Takes the list that is held back.
     *
     * @param names of all its members, as {@link #show} has shown them
     */
    CompletionStage<Outcome> confirm(List<String> names);
}
