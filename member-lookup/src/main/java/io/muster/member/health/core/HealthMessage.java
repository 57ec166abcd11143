package io.muster.member.health.core;

import io.muster.member.MemberAddress;
import io.muster.member.NodeId;
import java.util.List;

/** What members tell each other about who is alive. Who sent a message is proven by the channel. */
public sealed interface HealthMessage {

    /** Addresses in a question; the others' turn comes in later rounds. */
    int ADDRESSES_MAX = 32;

    /** Characters in the host of an address that is asked about; no name that resolves is longer. */
    int HOST_CHARS_MAX = 255;

    void accept(Visitor visitor);

    /** One method a kind. */
    interface Visitor {
        void probe(Probe message);

        void probeAnswer(ProbeAnswer message);

        void askReach(AskReach message);

        void reachAnswer(ReachAnswer message);

        void leaving(Leaving message);
    }

    /**
     * Are you there? Answered at once by {@link ProbeAnswer}. It may be old or a copy, so the receiver takes it for a hint only, and believes
     * what it says when an answer to a probe of its own says the same.
     *
     * @param sequence rising within a run
     * @param listsYou whether the sender's lookup lists the receiver
     */
    record Probe(long sequence, Announcement says, boolean listsYou) implements HealthMessage {
        @Override
        public void accept(Visitor visitor) {
            visitor.probe(this);
        }
    }

    /**
     * Yes.
     *
     * @param sequence of the probe
     * @param toRunId the run that sent the probe
     * @param wallMillis the answering node's wall clock
     */
    record ProbeAnswer(long sequence, long toRunId, Announcement says, boolean listsYou, long wallMillis)
            implements HealthMessage {
        @Override
        public void accept(Visitor visitor) {
            visitor.probeAnswer(this);
        }
    }

    /**
     * I don't reach these; do you? Answered at once by {@link ReachAnswer}.
     *
     * @param round rising within a run
     * @param fromRunId the run that asks
     * @param suspects at most {@link MemberHealth#MEMBERS_MAX}
     * @param addresses at which the asker reaches nobody; at most {@link #ADDRESSES_MAX}
     */
    record AskReach(long round, long fromRunId, List<Suspect> suspects, List<MemberAddress> addresses)
            implements HealthMessage {
        public AskReach {
            suspects = List.copyOf(suspects);
            addresses = List.copyOf(addresses);
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.askReach(this);
        }
    }

    /**
     * A node asked about.
     *
     * @param runId as last heard by the one who asks
     */
    record Suspect(NodeId nodeId, long runId) {}

    /**
     * When these answered me last. Who is left out has not answered, or not for long, or is not known.
     *
     * @param toRunId the run that asked
     * @param reached at most {@link MemberHealth#MEMBERS_MAX}
     * @param found at addresses asked about; at most {@link #ADDRESSES_MAX}
     */
    record ReachAnswer(long round, long toRunId, List<Reached> reached, List<FoundAt> found) implements HealthMessage {
        public ReachAnswer {
            reached = List.copyOf(reached);
            found = List.copyOf(found);
        }

        @Override
        public void accept(Visitor visitor) {
            visitor.reachAnswer(this);
        }
    }

    /**
     * A node that answers the one who was asked.
     *
     * @param runId of the process that answered
     * @param loaded as it said itself, as were the next two
     * @param listDigest see {@link Announcement}
     * @param wishDigest see {@link Announcement}
     * @param ageMillis how long ago it answered; zero or more
     */
    record Reached(NodeId nodeId, long runId, boolean loaded, long listDigest, long wishDigest, int ageMillis) {}

    /** The node to which an address led the one who was asked, and which is still connected there. */
    record FoundAt(MemberAddress address, Reached reached) {}

    /** This run ends, in good order; not answered. */
    record Leaving(long runId) implements HealthMessage {
        @Override
        public void accept(Visitor visitor) {
            visitor.leaving(this);
        }
    }
}
