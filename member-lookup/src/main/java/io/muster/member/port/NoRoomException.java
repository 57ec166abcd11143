package io.muster.member.port;

import java.io.IOException;

/** A write or an allocation found no room; what was on disk before is not in doubt. */
final class NoRoomException extends IOException {

    private static final long serialVersionUID = 1L;

    NoRoomException(String message) {
        super(message);
    }
}
