package io.muster.distro.core;

import io.muster.member.MemberView;
import io.muster.member.NodeId;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Who shares the groups as this node sees it, and which members go by another ring. Views reach members one after the other, so rings differ for a moment
 * after each change. Where they differ for longer, members dispute who is responsible for what, and all watch over all sessions until they agree.
 */
final class Ring<V> {

    /** Members whose rings differ for so long do not just learn of a change one after the other. */
    private static final long DISPUTE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final NodeId self;
    private final Rules rules;
    private final Records<V> records;
    private final Sessions<V> sessions;
    private final Trust<V> trust;
    private final Verify<V> verify;
    private final Takeover<V> takeover;

    private volatile Responsibility responsibility = Responsibility.NOBODY;
    private boolean takesGroups;

    /** Members that go by another ring, as of the latest tick. */
    private List<NodeId> differing = List.of();

    private long differsSinceNanos = SyncTasks.NEVER;

    Ring(
            NodeId self,
            Rules rules,
            Records<V> records,
            Sessions<V> sessions,
            Trust<V> trust,
            Verify<V> verify,
            Takeover<V> takeover) {
        this.self = self;
        this.rules = rules;
        this.records = records;
        this.sessions = sessions;
        this.trust = trust;
        this.verify = verify;
        this.takeover = takeover;
    }

    /** Who is responsible for which group; any thread. */
    Responsibility responsibility() {
        return responsibility;
    }

    /** Whether this node takes the groups that fall to it: it is loaded, and does not leave. */
    boolean takesGroups() {
        return takesGroups;
    }

    /** Members that go by another ring. */
    List<NodeId> differing() {
        return differing;
    }

    /** Whether the member is known to go by the same ring. */
    boolean agrees(NodeId member) {
        return verify.agrees(member, responsibility.fingerprint());
    }

    /** Divides the groups anew. */
    void reassign(MemberView view, Peers peers, boolean takesGroupsNow, Step<V> step) {
        takesGroups = takesGroupsNow;
        long before = responsibility.fingerprint();
        responsibility = Responsibility.of(view, self, takesGroups, rules);
        trust.responsibility(responsibility);
        if (responsibility.fingerprint() != before) {
            // Until they say that they go by it, too, their marks cost a question each.
            peers.alive().forEach(verify::soon);
        }
        takeover.reassign(responsibility, self, peers, step);
    }

    /** On each tick. */
    void tick(Peers peers, Step<V> step) {
        differing = verify.disputing(responsibility.fingerprint(), peers.alive());
        boolean differs = !differing.isEmpty();
        records.ringsDiffer(differs);
        if (!differs) {
            differsSinceNanos = SyncTasks.NEVER;
        } else if (differsSinceNanos == SyncTasks.NEVER) {
            differsSinceNanos = step.nowNanos;
        }
        boolean disputed = differs && step.nowNanos - differsSinceNanos >= DISPUTE_NANOS;
        if (disputed != sessions.disputed()) {
            sessions.disputed(disputed, step);
            step.notice(new Notice.RingDisputed(disputed));
        }
    }
}
