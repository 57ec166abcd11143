package broken.distro;

import broken.raft.core.ImpureCore;

/** Half of a package cycle, and knows the other engine. */
public final class DistroFriend {

    public ImpureCore core() {
        return new ImpureCore();
    }
}
