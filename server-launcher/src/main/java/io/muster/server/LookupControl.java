package io.muster.server;

import io.muster.member.Member;
import io.muster.member.MemberAddress;
import io.muster.member.MemberState;
import io.muster.member.NodeId;
import io.muster.member.lookup.ListChange;
import io.muster.member.lookup.LookupHealth;
import io.muster.member.lookup.LookupMode;
import io.muster.member.lookup.LookupSwitch;
import io.muster.raft.RaftStatus;
import io.muster.server.cli.ExitCode;
import io.muster.server.config.ConfigException;
import io.muster.server.config.Configuration;
import io.muster.server.config.LookupChoice;
import io.muster.server.config.PropertiesFile;
import io.muster.server.config.ServerConfig;
import io.muster.server.http.LookupOperations;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What an operator does to the lookup of a running server (R63): shows it, switches it, has the configuration read again. Refuses what would endanger
 * data (design §4, §6), and says why. The commands read files, so they are not for an event loop; one at a time.
 *
 * @param configuration read again for each command
 * @param running the configuration that the server started with
 * @param raft says who votes
 * @param self this node
 */
record LookupControl(
        Configuration configuration,
        ServerConfig running,
        Membership membership,
        Supplier<RaftStatus> raft,
        NodeId self)
        implements LookupOperations {

    /** It does nothing that takes long; while the server stops it may do nothing any more. */
    private static final long DRIVER_ANSWERS_WITHIN_MILLIS = 1_000;

    @Override
    public Shown show() {
        LookupChoice inForce = membership.choice();
        LookupHealth health = membership.lookup().health();
        return new Shown(
                configuredMode(),
                inForce.mode().configName(),
                inForce.reason(),
                health.source(),
                health.healthy(),
                health.failuresInARow(),
                health.problem(),
                names(membership.listed()),
                names(heldBack()));
    }

    private List<MemberAddress> heldBack() {
        return membership
                .lookup()
                .heldBack()
                .toCompletableFuture()
                .completeOnTimeout(List.of(), DRIVER_ANSWERS_WITHIN_MILLIS, TimeUnit.MILLISECONDS)
                .join();
    }

    @Override
    public String standing() {
        return membership.choice().mode().configName() + ": " + String.join(", ", names(membership.listed()));
    }

    private String configuredMode() {
        try {
            LookupChoice configured = configuration.read().lookup();
            return configured.mode().configName() + ": " + configured.reason();
        } catch (ConfigException e) {
            return "the configuration has faults: " + e.problems().get(0);
        }
    }

    @Override
    public CompletionStage<Outcome> switchTo(LookupMode mode, boolean dryRun, boolean persist, boolean confirmed) {
        Optional<PropertiesFile> file = persist ? Optional.of(configuration.persistent()) : Optional.empty();
        file.ifPresent(properties -> properties.requireTakes(mode));
        ServerConfig wanted = configuration.readWith(mode);
        boolean same = wanted.lookup().sameAs(membership.choice());
        CompletionStage<Outcome> switched =
                same ? CompletableFuture.completedStage(unchanged()) : go(wanted, dryRun, confirmed);
        return switched.thenApply(outcome -> outcome.with(lasting(mode, file, dryRun)));
    }

    private String lasting(LookupMode mode, Optional<PropertiesFile> file, boolean dryRun) {
        if (file.isEmpty()) {
            return "until the restart, which goes by the configuration: " + configuredMode();
        }
        if (dryRun) {
            return "for good: member.lookup.type=" + mode.configName() + " would be written into "
                    + file.get().path();
        }
        try {
            file.get().persist(mode);
        } catch (ConfigException e) {
            return "until the restart: it could not be written down, "
                    + e.problems().get(0);
        }
        return "for good: member.lookup.type=" + mode.configName() + " stands in "
                + file.get().path();
    }

    /** A list that is held back stays so: whoever has the configuration read has not read that list. */
    @Override
    public CompletionStage<Outcome> reload() {
        ServerConfig wanted = configuration.read();
        return wanted.lookup().sameAs(membership.choice())
                ? CompletableFuture.completedStage(
                        unchanged()
                                .with(
                                        "the configuration says so. An edit of the list itself needs no reload: it is taken up within two seconds"))
                : go(wanted, false, false)
                        .thenApply(outcome ->
                                outcome.with("the configuration says so; its other settings count from the restart"));
    }

    @Override
    public CompletionStage<Outcome> confirm(List<String> names) {
        List<MemberAddress> before = membership.listed();
        LookupSwitch lookups = membership.lookup();
        return lookups.confirm(names)
                .thenCompose(done -> done
                        ? CompletableFuture.completedStage(confirmed(before))
                        : lookups.heldBack()
                                .thenCompose(held -> CompletableFuture.failedStage(
                                        notHeldBack(held, lookups.health().problem(), names))));
    }

    private Outcome confirmed(List<MemberAddress> before) {
        return outcome(membership.choice().mode(), new ListChange(before, membership.listed()))
                .with("until the source names others");
    }

    /** @param problem of the source: what it can't stand by just now can't be confirmed */
    private static ServerFailure notHeldBack(List<MemberAddress> held, String problem, List<String> names) {
        return refused("the list that is held back now is " + (held.isEmpty() ? "none" : names(held)) + ", not " + names
                + (held.isEmpty() && !problem.isEmpty() ? " (" + problem + ")" : ""));
    }

    private CompletionStage<Outcome> go(ServerConfig wanted, boolean dryRun, boolean confirmed) {
        requireSafe(wanted);
        List<MemberAddress> before = membership.listed();
        CompletionStage<List<MemberAddress>> list = dryRun
                ? membership.tryOut(wanted, confirmed)
                : membership.switchTo(wanted, confirmed, () -> requireSafe(wanted));
        return list.thenApply(after -> outcome(wanted.lookup().mode(), new ListChange(before, after)));
    }

    private static Outcome outcome(LookupMode mode, ListChange change) {
        return new Outcome(
                true, mode.configName(), names(change.after()), names(change.added()), names(change.removed()), "");
    }

    private Outcome unchanged() {
        return new Outcome(
                false, membership.choice().mode().configName(), names(membership.listed()), List.of(), List.of(), "");
    }

    private void requireSafe(ServerConfig wanted) {
        if (wanted.lookup().clustered()) {
            if (!running.listen().onLoopback() && wanted.clusterSecret().isEmpty()) {
                throw refused("cluster.secret is not set, and this server listens on "
                        + running.listen().host() + ": anybody there could pose as a member");
            }
        } else if (membership.clustered()) {
            requireSoleVoter();
        }
    }

    /** Leaving the members is safe for one that nobody else votes with (design §6), nor is about to. */
    private void requireSoleVoter() {
        RaftStatus now = raft.get();
        if (now.state() != RaftStatus.State.UP || now.clusterId().isEmpty()) {
            throw refused("this node is in no Raft group yet (" + now.reason() + "): standalone needs its sole voter");
        }
        GroupOfOthers.keeping(now).ifPresent(group -> {
            throw refused(
                    "this node is not the sole voter of its Raft group: " + group.text() + ": remove the others first");
        });
        requireNoneUp();
    }

    /** Ephemeral data are shared with whoever is up: what clients tell the others would be missed here from then on, and run out. */
    private void requireNoneUp() {
        List<MemberAddress> up = membership.view().members().stream()
                .filter(member -> member.nodeId().filter(id -> !id.equals(self)).isPresent())
                .filter(member -> member.state() == MemberState.UP || member.state() == MemberState.SUSPICIOUS)
                .map(Member::address)
                .toList();
        if (!up.isEmpty()) {
            throw refused(
                    names(up) + " share ephemeral data with this node: stop them, or take them out of the list first");
        }
    }

    private static ServerFailure refused(String why) {
        return new ServerFailure(ExitCode.FAILED, why);
    }

    private static List<String> names(List<MemberAddress> members) {
        return members.stream().map(MemberAddress::name).toList();
    }
}
