package io.muster.raft.driver;

import io.muster.raft.StateMachine;

/** Whether this node leads and the first entry of its term is applied (R24); the state machine hears of the change. */
final class EffectiveLeadership {

    private final StateMachine<?, ?> stateMachine;
    private final FirstCatchUp catchUp;
    private boolean holds;

    EffectiveLeadership(StateMachine<?, ?> stateMachine, FirstCatchUp catchUp) {
        this.stateMachine = stateMachine;
        this.catchUp = catchUp;
    }

    boolean holds() {
        return holds;
    }

    void begins(long term) {
        if (!holds) {
            holds = true;
            catchUp.reached();
            stateMachine.leaderStart(term);
        }
    }

    void ends() {
        if (holds) {
            holds = false;
            stateMachine.leaderStop();
        }
    }
}
