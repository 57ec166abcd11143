package io.muster.server.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code muster raft …}: the engine of the persistent data. */
@Command(
        name = "raft",
        description =
                "Shows and steers the Raft engine (persistent data). Nodes are named as they are listed, host:port, or by node id.",
        subcommands = {
            RaftStatusCommand.class,
            RaftCommand.TransferLeader.class,
            RaftCommand.Add.class,
            RaftCommand.Remove.class,
            RaftCommand.Found.class,
            RaftJoinCommand.class,
            RaftCommand.ApplyWish.class,
            RaftCommand.PauseWish.class,
            RaftCommand.ResumeWish.class,
            RaftCommand.ResetMembership.class,
            RaftCommand.Snapshot.class
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class RaftCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new CommandLine.ParameterException(spec.commandLine(), "say what to do");
    }

    /** {@code muster raft transfer-leader}. */
    @Command(
            name = "transfer-leader",
            description = "Hands leadership to a voter, by default to the one that is furthest.")
    static final class TransferLeader extends RaftSteering {

        @Parameters(index = "0", arity = "0..1", paramLabel = "NODE", defaultValue = "", description = "who shall lead")
        private String node;

        @Override
        void run(AdminApi api, PrintWriter out) {
            tellLeader(api, out, "transferLeader", node, false);
        }
    }

    /** {@code muster raft add}. */
    @Command(name = "add", description = "Takes a node in as a learner, which votes as soon as it has caught up.")
    static final class Add extends RaftSteering {

        @Parameters(index = "0", paramLabel = "NODE", description = "who comes")
        private String node;

        @Override
        void run(AdminApi api, PrintWriter out) {
            tellLeader(api, out, "addMember", node, false);
        }
    }

    /** {@code muster raft remove}. */
    @Command(
            name = "remove",
            description =
                    "Lets a member go; refused while the member list still names it, unless pause-wish came before.")
    static final class Remove extends RaftSteering {

        @Parameters(index = "0", paramLabel = "NODE", description = "who leaves")
        private String node;

        @Option(
                names = "--confirm-losing-half",
                description =
                        "do it even if half of the voters leave, so that the rest may be too few to hold what was written")
        private boolean confirmed;

        @Override
        void run(AdminApi api, PrintWriter out) {
            tellLeader(api, out, "removeMember", node, confirmed);
        }
    }

    /** {@code muster raft found}. */
    @Command(
            name = "found",
            description =
                    "Founds the group though not all listed members have met. For a first start where one is missing for good.")
    static final class Found extends RaftSteering {

        @Option(
                names = "--members",
                paramLabel = "NODES",
                defaultValue = "",
                description = "who belongs to it, with commas between; by default all that this server has met")
        private String members;

        @Option(
                names = "--confirm-second-cluster",
                description =
                        "if a member belongs to a cluster already, there will be two, and what one of them holds is lost to the other")
        private boolean confirmed;

        @Override
        void run(AdminApi api, PrintWriter out) {
            require(
                    confirmed,
                    "--confirm-second-cluster",
                    "a member that belongs to a cluster already makes it a second one");
            tell(api, out, "found", members, true);
        }
    }

    /** {@code muster raft apply-wish}. */
    @Command(
            name = "apply-wish",
            description = "Makes the voters follow the member list now, without waiting and whoever leaves.")
    static final class ApplyWish extends RaftSteering {

        @Option(
                names = {"--confirm", "--confirm-losing-half"},
                description = "whoever is not listed leaves at once, be it half of the voters or more")
        private boolean confirmed;

        @Override
        void run(AdminApi api, PrintWriter out) {
            require(confirmed, "--confirm", "whoever is not listed leaves at once, be it half of the voters or more");
            tellLeader(api, out, "applyWish", "", true);
        }
    }

    /** {@code muster raft pause-wish}. */
    @Command(name = "pause-wish", description = "Stops making the voters follow the member list, in the whole group.")
    static final class PauseWish extends RaftSteering {

        @Override
        void run(AdminApi api, PrintWriter out) {
            tellLeader(api, out, "pauseWish", "", false);
        }
    }

    /** {@code muster raft resume-wish}. */
    @Command(name = "resume-wish", description = "Makes the voters follow the member list again.")
    static final class ResumeWish extends RaftSteering {

        @Override
        void run(AdminApi api, PrintWriter out) {
            tellLeader(api, out, "resumeWish", "", false);
        }
    }

    /** {@code muster raft reset-membership}. */
    @Command(
            name = "reset-membership",
            description =
                    "Declares a majority lost for good: the named nodes, the asked server among them, are the voters from now on.")
    static final class ResetMembership extends RaftSteering {

        @Option(
                names = "--voters",
                required = true,
                paramLabel = "NODES",
                description =
                        "who is left, with commas between; ask the one whose lastTerm is highest, among those the one whose lastIndex is")
        private String voters;

        @Option(
                names = "--confirm-data-loss",
                description =
                        "what only the lost voters hold is lost, acknowledged or not; they must never come back together, with their data")
        private boolean confirmed;

        @Override
        void run(AdminApi api, PrintWriter out) {
            require(confirmed, "--confirm-data-loss", "what only the lost voters hold is lost, acknowledged or not");
            tell(api, out, "resetMembership", voters, true);
        }
    }

    /** {@code muster raft snapshot}. */
    @Command(name = "snapshot", description = "Takes a snapshot now and cuts the log.")
    static final class Snapshot extends RaftSteering {

        @Override
        void run(AdminApi api, PrintWriter out) {
            tell(api, out, "doSnapshot", "", false);
        }
    }
}
