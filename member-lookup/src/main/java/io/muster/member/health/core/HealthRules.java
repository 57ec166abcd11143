package io.muster.member.health.core;

import io.muster.member.NodeId;
import java.util.Optional;

/** The decisions on which the truth of views hangs, apart from the rest so that tests can break each one and see it caught. */
public class HealthRules {

    /** Whether time in which this node stood still is held against nobody. */
    protected boolean forgivesStandStill() {
        return true;
    }

    /** Whether members are asked before one is DOWN. */
    protected boolean asksBeforeDown() {
        return true;
    }

    /** Who is at an address where one node was known and another answers. */
    protected NodeId nodeAt(Optional<NodeId> known, NodeId answering) {
        return answering;
    }

    /** Whether a process is another than the one known. */
    protected boolean isNewRun(long known, long heard) {
        return known != heard;
    }

    /** Whether an answer that belongs to no probe in time is dropped. */
    protected boolean dropsUnaskedAnswers() {
        return true;
    }
}
