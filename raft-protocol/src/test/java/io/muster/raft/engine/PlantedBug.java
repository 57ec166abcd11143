package io.muster.raft.engine;

import io.muster.member.port.Disk;
import io.muster.raft.core.Effect;
import io.muster.raft.core.HardState;
import io.muster.raft.core.Input;
import io.muster.raft.core.Machine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Deliberate bugs ({@code spec/simulation.md} §10), each at the seam between engine and disk or between driver and core, and who must find it. */
enum PlantedBug {

    /** The log is not synced before the acknowledgement. */
    ACK_BEFORE_SYNC("AckIsDurable RecoveryFaithful VoteOnce") {
        @Override
        Disk around(Disk disk) {
            return new ForwardingDisk(disk) {
                @Override
                public void sync(String file, Completion<Void> completion) {
                    if (file.endsWith(".seg")) {
                        skip(completion);
                    } else {
                        super.sync(file, completion);
                    }
                }
            };
        }
    },

    /** M11: the leader counts itself before its own write is durable. */
    LEADER_COUNTS_ITSELF_EARLY("AckIsDurable StateMachineSafety SnapshotFaithful") {
        @Override
        Machine around(Machine machine) {
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
    },

    /** M13: a failed sync is taken for a successful one. */
    SYNC_ERROR_IGNORED("AckIsDurable RecoveryFaithful VoteOnce SnapshotFaithful") {
        @Override
        Disk around(Disk disk) {
            return new ForwardingDisk(disk) {
                @Override
                public void sync(String file, Completion<Void> completion) {
                    super.sync(file, Completion.of(done -> done(completion), error -> done(completion)));
                }
            };
        }
    },

    /** M02: the term is not persisted. */
    TERM_KEPT_IN_MEMORY("RecoveryFaithful VoteOnce") {
        @Override
        Machine around(Machine machine) {
            return (input, now) -> machine.on(input, now).stream()
                    .map(effect -> effect instanceof Effect.Persist persist
                            ? new Effect.Persist(
                                    persist.id(),
                                    new HardState(
                                            0,
                                            Optional.empty(),
                                            persist.hardState().commitIndex()),
                                    persist.entries())
                            : effect)
                    .toList();
        }
    },

    /** M25: a snapshot gets its name before its bytes are synced. */
    SNAPSHOT_RENAMED_BEFORE_SYNC("RecoveryFaithful") {
        @Override
        Disk around(Disk disk) {
            return new ForwardingDisk(disk) {
                @Override
                public void sync(String file, Completion<Void> completion) {
                    if (file.contains("snapshot")) {
                        skip(completion);
                    } else {
                        super.sync(file, completion);
                    }
                }
            };
        }
    },

    /** M25: names are not synced. */
    DIRECTORY_NOT_SYNCED("AckIsDurable RecoveryFaithful VoteOnce") {
        @Override
        Disk around(Disk disk) {
            return new ForwardingDisk(disk) {
                @Override
                public void syncDirectory(String directory, Completion<Void> completion) {
                    skip(completion);
                }
            };
        }
    },

    /** The log is cut off before the snapshot that replaces it is there. */
    LOG_DELETED_WITHOUT_SNAPSHOT("RecoveryFaithful") {
        @Override
        Disk around(Disk disk) {
            return new ForwardingDisk(disk) {
                @Override
                public void rename(String from, String to, Completion<Void> completion) {
                    if (from.contains("snapshot")) {
                        skip(completion);
                    } else {
                        super.rename(from, to, completion);
                    }
                }
            };
        }
    };

    /** Names, with spaces between. */
    private final String killers;

    PlantedBug(String killers) {
        this.killers = killers;
    }

    /** Any of these invariants may be the one that finds it. */
    List<String> killers() {
        return List.of(killers.split(" "));
    }

    Disk around(Disk disk) {
        return disk;
    }

    Machine around(Machine machine) {
        return machine;
    }

    UnaryOperator<Disk> diskSeam() {
        return this::around;
    }

    UnaryOperator<Machine> coreSeam() {
        return this::around;
    }
}
