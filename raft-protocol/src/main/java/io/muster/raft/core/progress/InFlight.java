package io.muster.raft.core.progress;

import java.util.ArrayDeque;

/**
 * The messages with entries that one follower has not answered, oldest first. What it may hold is bounded in messages and in bytes; one message
 * always fits, however large.
 */
public final class InFlight {

    private final int messagesMax;
    private final long bytesMax;

    /** With rising last indices. */
    private final ArrayDeque<Message> messages = new ArrayDeque<>();

    private long bytes;

    private record Message(long lastIndex, long bytes) {}

    public InFlight(int messagesMax, long bytesMax) {
        this.messagesMax = messagesMax;
        this.bytesMax = bytesMax;
    }

    public boolean hasRoom() {
        return messages.isEmpty() || (messages.size() < messagesMax && bytes < bytesMax);
    }

    public boolean isEmpty() {
        return messages.isEmpty();
    }

    public int messageCount() {
        return messages.size();
    }

    public long bytes() {
        return bytes;
    }

    void add(long lastIndex, long messageBytes) {
        messages.add(new Message(lastIndex, messageBytes));
        bytes += messageBytes;
    }

    /** The entries up to the index have come; false if that answers nothing here. */
    boolean answeredTo(long index) {
        boolean any = false;
        while (!messages.isEmpty() && messages.peek().lastIndex <= index) {
            bytes -= messages.remove().bytes;
            any = true;
        }
        return any;
    }

    void clear() {
        messages.clear();
        bytes = 0;
    }
}
