package io.muster.distro.sim.cluster;

import io.muster.distro.sim.ProcessTime;
import io.muster.member.MemberView;
import io.muster.member.NodeId;
import io.muster.member.port.Members;
import io.muster.member.port.Net;
import io.muster.member.port.Ports;
import io.muster.member.port.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * The thread of one engine in a process, which can be held up while the rest of the process runs on, as by a listener that never returns. What it is given
 * meanwhile, frames and views as well, waits in order; only its disk goes on.
 */
final class EngineThread extends ProcessTime {

    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private boolean heldUp;

    EngineThread(Time process) {
        super(process);
    }

    /** The same ports, with all that comes from them on this thread. */
    Ports on(Ports ports) {
        return new Ports(this, ports.rng(), new HeldNet(ports.net()), ports.disk(), new HeldMembers(ports.members()));
    }

    void holdUp() {
        heldUp = true;
    }

    /** Until what has waited is done, too: a process that is paused meanwhile does it later. */
    boolean heldUp() {
        return heldUp || !waiting.isEmpty();
    }

    /** Goes on with what has waited. */
    void goOn() {
        process.execute(() -> {
            heldUp = false;
            work();
        });
    }

    private void work() {
        while (!heldUp && !waiting.isEmpty()) {
            waiting.remove().run();
        }
    }

    private void run(Runnable task) {
        if (heldUp || !waiting.isEmpty()) {
            waiting.add(task);
        } else {
            task.run();
        }
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        Cancellable cancellable = new Cancellable(task);
        cancellable.timer = process.after(delay, () -> run(cancellable));
        return cancellable;
    }

    @Override
    public void execute(Runnable task) {
        process.execute(() -> run(task));
    }

    /** May be cancelled while it waits. */
    private static final class Cancellable implements Timer, Runnable {

        private final Runnable task;
        private Timer timer = () -> {};
        private boolean cancelled;

        Cancellable(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            if (!cancelled) {
                task.run();
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
            timer.cancel();
        }
    }

    private final class HeldNet implements Net {

        private final Net net;

        HeldNet(Net net) {
            this.net = net;
        }

        @Override
        public void send(NodeId to, byte[] frame) {
            net.send(to, frame);
        }

        @Override
        public void onFrame(FrameHandler handler) {
            net.onFrame((from, frame) -> EngineThread.this.run(() -> handler.onFrame(from, frame)));
        }
    }

    private final class HeldMembers implements Members {

        private final Members members;

        HeldMembers(Members members) {
            this.members = members;
        }

        @Override
        public MemberView view() {
            return members.view();
        }

        @Override
        public void onChange(Consumer<MemberView> listener) {
            members.onChange(view -> EngineThread.this.run(() -> listener.accept(view)));
        }
    }
}
