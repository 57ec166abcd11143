package io.muster.server;

import io.muster.consistency.Readiness;
import io.muster.member.Member;
import io.muster.member.MemberState;
import io.muster.member.MemberView;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What the health page says of the members: who is not UP, and why. Always well: other members being away is no reason to send clients away
 * from this one. Any thread may ask.
 */
record MembersCheck(Supplier<MemberView> members) implements Supplier<Readiness> {

    /** More do not make the line more useful. */
    private static final int NAMED_MAX = 10;

    @Override
    public Readiness get() {
        List<Member> all = members.get().members();
        List<Member> away =
                all.stream().filter(member -> member.state() != MemberState.UP).toList();
        String count = all.size() - away.size() + " of " + all.size() + " UP";
        if (away.isEmpty()) {
            return new Readiness(true, count);
        }
        String named = away.stream()
                .limit(NAMED_MAX)
                .map(member ->
                        member.address().name() + " is " + member.state() + " (" + oneLine(member.reason()) + ")")
                .collect(Collectors.joining(", "));
        int more = away.size() - NAMED_MAX;
        return new Readiness(true, count + "; " + named + (more > 0 ? ", and " + more + " more" : ""));
    }

    /** A reason may hold what a peer said. */
    private static String oneLine(String reason) {
        return reason.replaceAll("\\p{Cntrl}", " ");
    }
}
