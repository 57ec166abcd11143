package io.muster.raft.driver;

/** What a node in a cluster looks after from time to time, since nobody tells it: lost frames, the wish, a full disk. */
final class Pulse {

    private static final long INTERVAL_MILLIS = 250;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final DriverState<?, ?> state;
    private final ClientRequests<?, ?> requests;
    private final OwnGroup group;
    private final EffectiveLeadership leadership;
    private final FirstCatchUp catchUp;
    private final Alarm alarm;

    Pulse(
            DriverState<?, ?> state,
            ClientRequests<?, ?> requests,
            OwnGroup group,
            EffectiveLeadership leadership,
            FirstCatchUp catchUp,
            Turns turns) {
        this.state = state;
        this.requests = requests;
        this.group = group;
        this.leadership = leadership;
        this.catchUp = catchUp;
        this.alarm = new Alarm(state.time, () -> turns.turn(this::beat));
    }

    void begin() {
        alarm.at(state.time.monoNanos() + INTERVAL_MILLIS * NANOS_PER_MILLI);
    }

    Alarm alarm() {
        return alarm;
    }

    private void beat() {
        long now = state.time.monoNanos();
        alarm.at(now + INTERVAL_MILLIS * NANOS_PER_MILLI);
        if (state.isMoving()) {
            return;
        }
        GroupMembership members = group.members();
        state.replica().pulse(members::nextRequest);
        requests.again(now - state.config.electionTimeoutMillis() * NANOS_PER_MILLI);
        Replica<?, ?> replica = state.replica();
        members.pulse(
                replica::feed,
                replica.core(),
                leadership.holds(),
                replica.storage().shortage());
        catchUp.lookAfter(state.core());
    }
}
