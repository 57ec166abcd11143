package broken.member;

import broken.raft.core.ImpureCore;

/** Knows an engine. */
public final class NosyMember {

    public ImpureCore engine() {
        return new ImpureCore();
    }
}
