package io.muster.member.lookup;

import java.util.List;

/** The first list of a source is good, but lacks so much of the one known from before that it is held back; that one stays in force. */
public final class HeldBackException extends MemberListException {

    private static final long serialVersionUID = 1L;

    HeldBackException(String problem) {
        super(List.of(problem));
    }
}
