package io.muster.member.channel;

import io.muster.member.port.LinkEvent;
import io.muster.member.port.Time;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Brings what happens to connections to whoever listens, on its thread. */
final class LinkEvents {

    /** Null until somebody takes the links; never changes after. */
    private volatile @Nullable Time driver;

    /** Null until it is set; never changes after. */
    private volatile @Nullable Consumer<LinkEvent> listener;

    private volatile boolean stopped;

    void on(Time time) {
        if (driver != null) {
            throw new IllegalStateException("the links are taken once");
        }
        driver = time;
    }

    void listen(Consumer<LinkEvent> events) {
        if (listener != null) {
            throw new IllegalStateException("the listener of link events is set once");
        }
        listener = events;
    }

    /** The channel's thread. */
    void tell(LinkEvent event) {
        Time time = driver;
        Consumer<LinkEvent> events = listener;
        if (time != null && events != null && !stopped) {
            time.execute(() -> {
                if (!stopped) {
                    events.accept(event);
                }
            });
        }
    }

    /** Nothing is told any more. */
    void stop() {
        stopped = true;
    }
}
