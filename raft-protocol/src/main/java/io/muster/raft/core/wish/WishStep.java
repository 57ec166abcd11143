package io.muster.raft.core.wish;

import io.muster.raft.core.membership.MembershipChange;

/** What the wish asks for now. */
public sealed interface WishStep {

    /** One line for people. */
    String reason();

    /** The members are as wished. */
    record Done() implements WishStep {
        @Override
        public String reason() {
            return "the members are as wished";
        }
    }

    /** Nothing now: something must happen first, by itself. */
    record Wait(String reason) implements WishStep {}

    /** Nothing without an operator: {@code bin/muster raft apply-wish --confirm}. */
    record NeedsConfirmation(String reason) implements WishStep {}

    /** Feed this to the core. */
    record Change(MembershipChange change, String reason) implements WishStep {}
}
