package io.muster.member.lookup;

import java.util.List;

/** A member list can't be used: it can't be read, has faults, or names nobody. Says all that is wrong; the operator has to mend it. */
public sealed class MemberListException extends RuntimeException permits HeldBackException {

    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // a list of strings; exceptions of this kind are never serialized
    private final List<String> problems;

    MemberListException(List<String> problems) {
        super(String.join("\n", problems), null, false, false);
        this.problems = List.copyOf(problems);
    }

    /** One line each: the source, the place in it, the text, and what is wrong. */
    public List<String> problems() {
        return problems;
    }
}
