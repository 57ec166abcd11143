package io.muster.member.lookup;

import io.muster.member.MemberAddress;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The members that the configuration names itself ({@code member.list}): one list, which stays. Counts as a file that never changes. */
public final class FixedListLookup implements MemberLookup {

    private static final Logger LOG = LoggerFactory.getLogger(FixedListLookup.class);

    private final List<MemberAddress> members;
    private final List<String> notes;
    private final String source;

    /**
     * @param members what was configured
     * @param source names the setting, for messages
     * @throws MemberListException if the list has faults, or names nobody
     */
    public FixedListLookup(MemberList members, String source) {
        this.members = members.orThrow(source);
        this.notes = members.notes();
        this.source = source;
    }

    @Override
    public String mode() {
        return LookupMode.FILE.configName();
    }

    @Override
    public void start(ListListener listener) {
        notes.forEach(note -> LOG.info("{}, {}", source, note));
        listener.listed(members);
    }

    @Override
    public LookupHealth health() {
        return LookupHealth.good(source);
    }

    @Override
    public void stop() {
        // Nothing runs.
    }
}
