package io.muster.member.channel;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Puts the fragments of one lane of one connection together; pure. It grows with what has come, never with what is announced, and lets go of what
 * does not go on.
 */
final class FragmentJoiner {

    /** An unfinished message that got no fragment for so many ticks is dropped: its sender most likely went on over another connection. */
    private static final int IDLE_TICKS_MAX = 5;

    private static final byte[] NOTHING = {};

    private final int messageBytesMax;

    /** The fragments so far; empty between messages. */
    private byte[] joined = NOTHING;

    private int joinedBytes;
    private boolean inside;

    /** Whether the rest of a message that was dropped may still come. */
    private boolean skipping;

    /** In a row without a fragment. */
    private int idleTicks;

    FragmentJoiner(int messageBytesMax) {
        this.messageBytesMax = messageBytesMax;
    }

    /**
     * Takes the next frame of the lane. One that begins a message drops an unfinished one: its sender went on over another connection.
     *
     * @param messages gets the message that it completes
     */
    Optional<Refusal> add(WireFrame frame, Consumer<byte[]> messages) {
        idleTicks = 0;
        if (frame.continued() && skipping) {
            return Optional.empty();
        }
        skipping = false;
        if (frame.continued() && !inside) {
            return Optional.of(new Refusal(RefusalKind.MALFORMED, "the end of a message without its beginning"));
        }
        if (!frame.continued()) {
            reset();
        }
        byte[] payload = frame.payload();
        if (payload.length > messageBytesMax - joinedBytes) {
            reset();
            return Optional.of(new Refusal(RefusalKind.LENGTH, "a message of more than " + messageBytesMax + " bytes"));
        }
        if (!inside && !frame.more()) {
            messages.accept(payload);
            return Optional.empty();
        }
        inside = true;
        append(payload);
        if (!frame.more()) {
            byte[] message = Arrays.copyOf(joined, joinedBytes);
            reset();
            messages.accept(message);
        }
        return Optional.empty();
    }

    /**
     * Once a ping interval.
     *
     * @return whether an unfinished message was dropped
     */
    boolean tick() {
        if (!inside || ++idleTicks < IDLE_TICKS_MAX) {
            return false;
        }
        reset();
        skipping = true;
        return true;
    }

    /** What the unfinished message holds in memory. */
    int heldBytes() {
        return joined.length;
    }

    private void append(byte[] payload) {
        int needed = joinedBytes + payload.length;
        if (needed > joined.length) {
            int doubled = (int) Math.min(messageBytesMax, 2L * joined.length);
            joined = Arrays.copyOf(joined, Math.max(needed, doubled));
        }
        System.arraycopy(payload, 0, joined, joinedBytes, payload.length);
        joinedBytes = needed;
    }

    private void reset() {
        joined = NOTHING;
        joinedBytes = 0;
        inside = false;
    }
}
