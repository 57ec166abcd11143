package io.muster.member.health.core;

import io.muster.member.NodeId;
import java.util.ArrayList;
import java.util.List;

/** The present step of {@link MemberHealth}: its moment, and what comes of it. One object for all steps. */
final class Turn {

    private final AwakeClock awake;
    private final NoticeGate gate = new NoticeGate();
    private Now now;
    private List<Effect> effects = new ArrayList<>();

    /** Whether the view may be out of date. */
    private boolean stale;

    Turn(AwakeClock awake, Now now) {
        this.awake = awake;
        this.now = now;
    }

    /** @return for how long this node stood still before the step; 0 if it did not */
    long begin(Now moment) {
        now = moment;
        effects = new ArrayList<>();
        return awake.step(moment.nanos());
    }

    Now now() {
        return now;
    }

    long awakeNanos() {
        return awake.nanos();
    }

    long wallMillis() {
        return now.wallMillis();
    }

    /** Something has changed that views may show. */
    void news(boolean isNews) {
        stale |= isNews;
    }

    /** Whether there was news since the last time. */
    boolean takeNews() {
        boolean was = stale;
        stale = false;
        return was;
    }

    void add(Effect effect) {
        effects.add(effect);
    }

    void send(NodeId to, HealthMessage message) {
        effects.add(new Effect.Send(to, message));
    }

    void tell(Notice notice) {
        if (gate.opensFor(now.nanos())) {
            effects.add(new Effect.Tell(notice));
        }
    }

    /** Tells of what goes on and on, once in a while. */
    void tellAgain(Notice notice) {
        if (gate.opensAgainFor(notice, now.nanos())) {
            effects.add(new Effect.Tell(notice));
        }
    }

    List<Effect> effects() {
        return effects;
    }

    long noticesSuppressed() {
        return gate.suppressed();
    }
}
