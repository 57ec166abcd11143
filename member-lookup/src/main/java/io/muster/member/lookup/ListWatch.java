package io.muster.member.lookup;

import io.muster.member.MemberAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What successive looks at a file of members amount to: a list is taken once the file has been still from one look to the next and has no fault
 * (R61). Whoever writes it slowly, in pieces or a hundred times a second is waited for; a fault keeps the last good list and is told once, until
 * a good list has come or another fault.
 *
 * <p>Pure: a look goes in, a verdict comes out. One thread.
 */
final class ListWatch {

    /** Somebody who generates ever new nonsense does not get a page of warnings for it. */
    static final int FAULTS_REMEMBERED_MAX = 100;

    /**
     * The file at one moment.
     *
     * @param stamp what tells one state of the file from the next: times, length, identity, and the target of a link
     * @param content its list; or why it can't be read
     */
    record Look(Object stamp, Content content) {}

    /** What stood in the file. */
    sealed interface Content {

        record Read(MemberList list) implements Content {}

        record Unreadable(List<String> problems) implements Content {}
    }

    /**
     * What to do about a look.
     *
     * @param taken a new list to go by
     * @param warnings faults that were not told before
     * @param notes remarks on the list that was taken
     */
    record Verdict(Optional<List<MemberAddress>> taken, List<String> warnings, List<String> notes) {

        static final Verdict NOTHING = new Verdict(Optional.empty(), List.of(), List.of());
    }

    private final String source;
    private final Set<String> told = new LinkedHashSet<>();

    /** What the previous look saw; null once it has been judged. */
    private @Nullable Look pending;

    private Object judgedStamp;

    /** What is wrong with the file as it was judged last; empty if nothing is. */
    private String problem = "";

    /** Judgements in a row that found it bad. */
    private int refusals;

    private List<MemberAddress> current;

    /**
     * @param source names the file in messages
     * @param stamp of the file as it was read at the start
     * @param current what it said then
     */
    ListWatch(String source, Object stamp, List<MemberAddress> current) {
        this.source = source;
        this.judgedStamp = stamp;
        this.current = List.copyOf(current);
    }

    /** Whether a file with this stamp has to be read: one that was judged as it stands need not. */
    boolean wants(Object stamp) {
        return pending != null || !stamp.equals(judgedStamp);
    }

    Verdict saw(Look look) {
        if (!wants(look.stamp())) {
            return Verdict.NOTHING;
        }
        if (!Objects.equals(look, pending)) {
            pending = look;
            return Verdict.NOTHING;
        }
        pending = null;
        judgedStamp = look.stamp();
        return judged(look.content());
    }

    private Verdict judged(Content content) {
        if (content instanceof Content.Unreadable unreadable) {
            return refused(unreadable.problems());
        }
        MemberList list = ((Content.Read) content).list();
        try {
            return good(list.orThrow(source), list.notes());
        } catch (MemberListException e) {
            return refused(e.problems());
        }
    }

    /** What is wrong with the file as it was judged last; empty if nothing is. */
    String problem() {
        return problem;
    }

    /** How many times in a row it was found bad. */
    int refusals() {
        return refusals;
    }

    private Verdict good(List<MemberAddress> members, List<String> notes) {
        told.clear();
        problem = "";
        refusals = 0;
        if (members.equals(current)) {
            return Verdict.NOTHING;
        }
        current = members;
        return new Verdict(Optional.of(members), List.of(), notes);
    }

    private Verdict refused(List<String> problems) {
        problem = String.join("; ", problems);
        refusals++;
        List<String> fresh = problems.stream()
                .filter(problem -> told.size() < FAULTS_REMEMBERED_MAX && told.add(problem))
                .toList();
        return new Verdict(Optional.empty(), fresh, List.of());
    }
}
