package io.muster.sim.example;

import java.util.Set;

/** Ways to break the register, each at one place of {@link RegisterNode} or {@link RegisterFile}, with the invariants that must notice. */
enum PlantedBug {
    NONE(),
    ACKS_BEFORE_SYNC("AckIsDurable"),
    DIRECTORY_NOT_SYNCED("AckIsDurable"),
    MAJORITY_IS_HALF("AckIsDurable"),
    COUNTS_REPLIES_TWICE("AckIsDurable"),
    COUNTS_LATE_REPLIES("AckIsDurable", "Atomic"),
    READS_WITHOUT_WRITING_BACK("Atomic"),
    STAMPS_BY_WALL_CLOCK("Atomic"),
    FORGETS_AT_RESTART("RecoveryFaithful"),
    OLDER_OVERWRITES_NEWER("StampMonotone"),
    CHECKSUM_SKIPPED("Integrity", "RecoveryFaithful"),
    SYNC_ERROR_IGNORED("AckIsDurable", "RecoveryFaithful"),
    RECOVERED_TAKEN_FOR_DURABLE("AckIsDurable"),
    SENDS_ONCE_ONLY("Progress");

    @SuppressWarnings("ImmutableEnumChecker") // Set.of is
    private final Set<String> expected;

    PlantedBug(String... expected) {
        this.expected = Set.of(expected);
    }

    Set<String> expected() {
        return expected;
    }
}
