package io.muster.member.lookup;

import io.muster.member.MemberAddress;
import java.util.List;

/** The node alone (R60): one list with itself, no file and no network. */
public final class StandaloneLookup implements MemberLookup {

    private final MemberAddress self;

    public StandaloneLookup(MemberAddress self) {
        this.self = self;
    }

    @Override
    public String mode() {
        return LookupMode.STANDALONE.configName();
    }

    @Override
    public void start(ListListener listener) {
        listener.listed(List.of(self));
    }

    @Override
    public LookupHealth health() {
        return LookupHealth.good("this node alone");
    }

    @Override
    public void stop() {
        // Nothing runs.
    }
}
