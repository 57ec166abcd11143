package io.muster.raft.simulation;

import io.muster.member.NodeId;
import io.muster.member.port.Time;
import io.muster.raft.RaftRole;
import io.muster.raft.core.Effect;
import io.muster.raft.core.HardState;
import io.muster.raft.core.Input;
import io.muster.raft.core.Machine;
import io.muster.raft.core.RaftCore;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.core.message.PeerMessage.AppendEntriesReply;
import io.muster.raft.core.message.PeerMessage.InstallSnapshot;
import io.muster.raft.core.message.PeerMessage.RequestVoteReply;
import io.muster.raft.core.snapshot.SnapshotHead;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Cores whose driver does something wrong, or that are told something wrong. */
final class BrokenMachine {

    private BrokenMachine() {}

    static Machine storing(Machine machine, UnaryOperator<HardState> forgetting) {
        return (input, now) -> machine.on(input, now).stream()
                .map(effect -> effect instanceof Effect.Persist persist
                        ? new Effect.Persist(persist.id(), forgetting.apply(persist.hardState()), persist.entries())
                        : effect)
                .toList();
    }

    /** Messages of a kind do not wait for what they stand on. */
    static Machine sendingEarly(Machine machine, Predicate<PeerMessage> kind) {
        return (input, now) -> machine.on(input, now).stream()
                .map(effect -> effect instanceof Effect.Send send && kind.test(send.message())
                        ? new Effect.Send(send.to(), send.message(), 0)
                        : effect)
                .toList();
    }

    static Machine countingItselfEarly(Machine machine) {
        return (input, now) -> {
            List<Effect> effects = new ArrayList<>(machine.on(input, now));
            if (input instanceof Input.Propose) {
                for (Effect effect : List.copyOf(effects)) {
                    if (effect instanceof Effect.Persist persist) {
                        effects.addAll(machine.on(new Input.Persisted(persist.id()), now));
                    }
                }
            }
            return effects;
        };
    }

    /** Each vote counts for all voters. */
    static Machine countingVotesTwice(RaftCore core) {
        return (input, now) -> {
            List<Effect> effects = new ArrayList<>(core.on(input, now));
            if (input instanceof Input.Received received
                    && received.message() instanceof RequestVoteReply reply
                    && reply.granted()) {
                for (NodeId voter : core.configuration().orElseThrow().voters()) {
                    effects.addAll(core.on(new Input.Received(voter, reply), now));
                }
            }
            return effects;
        };
    }

    static Machine committingOnAppend(RaftCore core) {
        return (input, now) -> {
            List<Effect> effects = new ArrayList<>(core.on(input, now));
            if (input instanceof Input.Propose && core.role() == RaftRole.LEADER) {
                effects.add(new Effect.Commit(core.log().lastIndex()));
            }
            return effects;
        };
    }

    /** A leader serves reads as long as its wall clock says that a majority has answered lately. */
    static Machine readingByWallClock(RaftCore core, Time time, Duration lease) {
        return new Machine() {
            private long answeredWallMillis = Long.MIN_VALUE / 2;

            @Override
            public List<Effect> on(Input input, long nowNanos) {
                boolean held = time.wallMillis() - answeredWallMillis < lease.toMillis();
                if (input instanceof Input.ReadIndex read && core.leadershipEffective() && held) {
                    return List.of(new Effect.ReadAt(read.request(), core.commitIndex()));
                }
                if (input instanceof Input.Received received
                        && received.message() instanceof AppendEntriesReply reply
                        && reply.term() == core.term()
                        && core.role() == RaftRole.LEADER) {
                    answeredWallMillis = time.wallMillis();
                }
                return core.on(input, nowNanos);
            }
        };
    }

    /** Answers to any leadership check count for the latest. */
    static Machine takingOldRounds(RaftCore core) {
        return new Machine() {
            private long latestRound;

            @Override
            public List<Effect> on(Input input, long nowNanos) {
                Input told = input;
                if (input instanceof Input.Received received
                        && received.message() instanceof AppendEntriesReply reply
                        && reply.round() < latestRound) {
                    told = new Input.Received(
                            received.from(),
                            new AppendEntriesReply(
                                    reply.term(),
                                    reply.success(),
                                    reply.index(),
                                    reply.hintIndex(),
                                    reply.hintTerm(),
                                    latestRound,
                                    reply.digest()));
                }
                List<Effect> effects = core.on(told, nowNanos);
                effects.forEach(effect -> {
                    if (effect instanceof Effect.Replicate replicate) {
                        latestRound = replicate.round();
                    }
                });
                return effects;
            }
        };
    }

    /** A received snapshot is said to end in another term than it does. */
    static Machine mistakingSnapshotTerm(Machine machine) {
        return (input, now) -> machine.on(
                input instanceof Input.Received received && received.message() instanceof InstallSnapshot install
                        ? new Input.Received(received.from(), withTerm(install))
                        : input,
                now);
    }

    private static InstallSnapshot withTerm(InstallSnapshot install) {
        SnapshotHead head = install.head();
        SnapshotHead wrong = new SnapshotHead(head.index(), Math.max(1, head.term() - 1), head.configuration());
        return new InstallSnapshot(install.term(), wrong, install.offset(), install.bytes(), install.last());
    }

    static HardState withoutVote(HardState state) {
        return new HardState(state.term(), Optional.empty(), state.commitIndex());
    }

    static HardState withoutTerm(HardState state) {
        return new HardState(0, Optional.empty(), state.commitIndex());
    }
}
