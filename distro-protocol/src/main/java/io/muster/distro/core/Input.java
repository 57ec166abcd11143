package io.muster.distro.core;

import io.muster.consistency.Change;
import io.muster.consistency.Key;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import java.util.List;

/** What can happen to the core. */
public sealed interface Input<V> {

    /** Hands itself to the method of its kind. */
    void to(Handler<V> handler);

    /**
     * The process is up: loading begins (R49). A node with nobody else on its list counts as loaded at once. Nothing but views of members
     * comes before it.
     *
     * @param heldData this node is known to have held data before: if nobody has a snapshot for it, lists may be short for a while (design
     *     §5, "Cold start")
     */
    record Start<V>(boolean heldData) implements Input<V> {
        @Override
        public void to(Handler<V> handler) {
            handler.start(heldData);
        }
    }

    /**
     * Changes that one caller wants; each stands alone.
     *
     * @param call names it in {@link Effects.Outcome}; not used before
     */
    record Write<V>(long call, List<Change<V>> changes) implements Input<V> {
        @Override
        public void to(Handler<V> handler) {
            handler.write(call, changes);
        }
    }

    /** Data that were renewed while they were not HEALTHY, as {@link Records#renew} told. */
    record Renewed<V>(List<Key> keys) implements Input<V> {
        @Override
        public void to(Handler<V> handler) {
            handler.renewed(keys);
        }
    }

    /** Sessions of other members that were renewed here, as {@link Records#renew} told. */
    record Heard<V>(List<Key> keys) implements Input<V> {
        @Override
        public void to(Handler<V> handler) {
            handler.heard(keys);
        }
    }

    /**
     * A message of another member came.
     *
     * @param clock of the sender when it sent this
     */
    record Received<V>(NodeId from, long clock, Message<V> message) implements Input<V> {
        @Override
        public void to(Handler<V> handler) {
            handler.received(from, clock, message);
        }
    }

    /** What another member holds, in any order and any number of times. */
    record Merge<V>(NodeId from, List<DistroRecord<V>> records) implements Input<V> {
        @Override
        public void to(Handler<V> handler) {
            handler.merge(from, records);
        }
    }

    /** The members changed. */
    record View<V>(MemberView view) implements Input<V> {
        @Override
        public void to(Handler<V> handler) {
            handler.view(view);
        }
    }

    /** This node is about to stop: it hands its leases over, and passes on what comes from now on. */
    record Leave<V>() implements Input<V> {
        @Override
        public void to(Handler<V> handler) {
            handler.leave();
        }
    }

    /** The time has come that {@link Effects#wakeAtNanos} asked for. */
    record Wake<V>() implements Input<V> {
        @Override
        public void to(Handler<V> handler) {
            handler.wake();
        }
    }

    /** Time passed. */
    record Tick<V>() implements Input<V> {
        @Override
        public void to(Handler<V> handler) {
            handler.tick();
        }
    }

    /** One method for each kind, so that the compiler reports a forgotten one. */
    interface Handler<V> {

        void start(boolean heldData);

        void write(long call, List<Change<V>> changes);

        void renewed(List<Key> keys);

        void heard(List<Key> keys);

        void received(NodeId from, long clock, Message<V> message);

        void merge(NodeId from, List<DistroRecord<V>> records);

        void view(MemberView view);

        void leave();

        void wake();

        void tick();
    }
}
