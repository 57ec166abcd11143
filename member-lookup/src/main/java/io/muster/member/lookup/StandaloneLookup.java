package io.muster.member.lookup;

import io.muster.member.MemberAddress;
import java.util.List;
import java.util.function.Consumer;

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
    public void start(Consumer<List<MemberAddress>> onList) {
        onList.accept(List.of(self));
    }

    @Override
    public void stop() {
        // Nothing runs.
    }
}
