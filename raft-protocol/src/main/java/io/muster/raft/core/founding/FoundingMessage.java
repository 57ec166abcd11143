package io.muster.raft.core.founding;

import java.util.List;
import java.util.Optional;

/** A message between nodes of which some belong to no cluster; the sender is known from the channel. */
public sealed interface FoundingMessage {

    <T> T accept(Visitor<T> visitor);

    /** One method a kind. */
    interface Visitor<T> {
        T ask(Ask message);

        T answer(Answer message);

        T promiseRequest(PromiseRequest message);

        T promiseReply(PromiseReply message);
    }

    /**
     * What are you?
     *
     * @param question the answer carries it back
     */
    record Ask(long question) implements FoundingMessage {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.ask(this);
        }
    }

    /**
     * The answer to {@link Ask}.
     *
     * @param names the sender's list, sorted
     * @param promise what the sender has promised
     * @param attempt the sender's own try to found, if it makes one
     */
    record Answer(
            long question, Standing standing, List<String> names, Optional<Promise> promise, Optional<Long> attempt)
            implements FoundingMessage {
        public Answer {
            names = List.copyOf(names);
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.answer(this);
        }
    }

    /**
     * Promise yourself to me.
     *
     * @param names the founder's list
     */
    record PromiseRequest(long attempt, List<String> names) implements FoundingMessage {
        public PromiseRequest {
            names = List.copyOf(names);
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.promiseRequest(this);
        }
    }

    /** The answer to {@link PromiseRequest}: the promise is durable. A refusal is silent; the next {@link Answer} tells why. */
    record PromiseReply(long attempt) implements FoundingMessage {
        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.promiseReply(this);
        }
    }
}
