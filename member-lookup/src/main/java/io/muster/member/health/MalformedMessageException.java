package io.muster.member.health;

/** A frame holds no message of member health; the text says why. */
final class MalformedMessageException extends Exception {

    private static final long serialVersionUID = 1L;

    MalformedMessageException(String why) {
        super(why);
    }
}
