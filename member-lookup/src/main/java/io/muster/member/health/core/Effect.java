package io.muster.member.health.core;

import io.muster.member.MemberAddress;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import java.util.List;

/** What the driver is to do, in the order given. */
public sealed interface Effect {

    void accept(Visitor visitor);

    /** One method a kind. */
    interface Visitor {
        void dial(Dial effect);

        void send(Send effect);

        void publish(Publish effect);

        void tell(Tell effect);

        void measured(Measured effect);
    }

    /** Keep connections to these addresses and no others. */
    record Dial(List<MemberAddress> addresses) implements Effect {
        public Dial {
            addresses = List.copyOf(addresses);
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.dial(this);
        }
    }

    /** Send a message; it may get lost. */
    record Send(NodeId to, HealthMessage message) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.send(this);
        }
    }

    /** Both engines are to see this view. */
    record Publish(MemberView view) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.publish(this);
        }
    }

    /** Worth telling people. */
    record Tell(Notice notice) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.tell(this);
        }
    }

    /** A member answered a probe after so long. */
    record Measured(NodeId peer, long roundTripNanos) implements Effect {
        @Override
        public void accept(Visitor visitor) {
            visitor.measured(this);
        }
    }
}
