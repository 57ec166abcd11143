package broken.raft.core;

import broken.distro.DistroFriend;
import java.util.concurrent.locks.ReentrantLock;

/** Takes locks, looks at the clock, and knows the other engine. */
public final class ImpureCore {

    private final ReentrantLock lock = new ReentrantLock();

    public long now() {
        lock.lock();
        return System.nanoTime();
    }

    public DistroFriend friend() {
        return new DistroFriend();
    }
}
