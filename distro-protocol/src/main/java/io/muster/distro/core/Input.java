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
     * This node counts as loaded (R49). Nothing but views of members comes before it.
     *
     * @param coldStart no snapshot was found, but this node is known to have held data: lists may be short for a while (design §5)
     */
    record Loaded<V>(boolean coldStart) implements Input<V> {
        @Override
        public void to(Handler<V> handler) {
            handler.loaded(coldStart);
        }
    }

    /** Changes that one caller wants; each stands alone. */
    record Write<V>(List<Change<V>> changes) implements Input<V> {
        @Override
        public void to(Handler<V> handler) {
            handler.write(changes);
        }
    }

    /** Data that were renewed while they were not HEALTHY, as {@link Records#renew} told. */
    record Renewed<V>(List<Key> keys) implements Input<V> {
        @Override
        public void to(Handler<V> handler) {
            handler.renewed(keys);
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

    /** Time passed. */
    record Tick<V>() implements Input<V> {
        @Override
        public void to(Handler<V> handler) {
            handler.tick();
        }
    }

    /** One method for each kind, so that the compiler reports a forgotten one. */
    interface Handler<V> {

        void loaded(boolean coldStart);

        void write(List<Change<V>> changes);

        void renewed(List<Key> keys);

        void merge(NodeId from, List<DistroRecord<V>> records);

        void view(MemberView view);

        void tick();
    }
}
