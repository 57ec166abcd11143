package io.muster.raft.simulation;

import io.muster.member.NodeId;
import io.muster.member.port.Time;
import io.muster.raft.RaftRole;
import io.muster.raft.core.Effect;
import io.muster.raft.core.HardState;
import io.muster.raft.core.Input;
import io.muster.raft.core.Machine;
import io.muster.raft.core.RaftCore;
import io.muster.raft.core.digest.DigestClaim;
import io.muster.raft.core.message.PeerMessage;
import io.muster.raft.core.message.PeerMessage.AppendEntries;
import io.muster.raft.core.message.PeerMessage.AppendEntriesReply;
import io.muster.raft.core.message.PeerMessage.InstallSnapshot;
import io.muster.raft.core.message.PeerMessage.RequestVoteReply;
import io.muster.raft.core.snapshot.SnapshotHead;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    /** What the leader says of its state is right, whoever agrees with it; and it asks nobody. */
    static Machine believingTheLeaderAlone(RaftCore core) {
        return (input, now) -> core.on(
                input instanceof Input.Received received
                        ? new Input.Received(received.from(), believed(received.message()))
                        : input,
                now);
    }

    private static PeerMessage believed(PeerMessage message) {
        if (message instanceof AppendEntriesReply reply) {
            return reply.withDigest(Optional.empty());
        }
        return message instanceof AppendEntries append ? believed(append) : message;
    }

    private static AppendEntries believed(AppendEntries append) {
        return new AppendEntries(
                append.term(),
                append.prevLogIndex(),
                append.prevLogTerm(),
                append.entries(),
                append.leaderCommit(),
                append.round(),
                append.digest().map(claim -> new DigestClaim(claim.digest(), true)));
    }

    /** A snapshot that takes the log's place is taken to end in another term than it does; the file itself is right. */
    static Machine mistakingSnapshotTerm(RaftCore core) {
        return new Machine() {
            private final Map<SnapshotHead, SnapshotHead> rightByWrong = new HashMap<>();

            @Override
            public List<Effect> on(Input input, long nowNanos) {
                boolean comes =
                        input instanceof Input.Received received && received.message() instanceof InstallSnapshot;
                return core.on(comes ? mistaken((Input.Received) input) : input, nowNanos).stream()
                        .map(this::corrected)
                        .toList();
            }

            private Input mistaken(Input.Received received) {
                InstallSnapshot install = (InstallSnapshot) received.message();
                SnapshotHead head = install.head();
                SnapshotHead wrong = new SnapshotHead(head.index(), Math.max(1, head.term() - 1), head.configuration());
                rightByWrong.put(wrong, head);
                return new Input.Received(
                        received.from(),
                        new InstallSnapshot(install.term(), wrong, install.offset(), install.bytes(), install.last()));
            }

            private Effect corrected(Effect effect) {
                if (effect instanceof Effect.StoreChunk store) {
                    return new Effect.StoreChunk(
                            store.id(),
                            store.from(),
                            rightByWrong.getOrDefault(store.head(), store.head()),
                            store.offset(),
                            store.bytes(),
                            store.last());
                }
                return effect instanceof Effect.LoadSnapshot load
                        ? new Effect.LoadSnapshot(rightByWrong.getOrDefault(load.head(), load.head()), load.logIsKept())
                        : effect;
            }
        };
    }

    static HardState withoutVote(HardState state) {
        return new HardState(state.term(), Optional.empty(), state.commitIndex());
    }

    static HardState withoutTerm(HardState state) {
        return new HardState(0, Optional.empty(), state.commitIndex());
    }
}
