package io.muster.member.lookup;

import io.muster.member.MemberAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What successive looks at a file of members amount to: a list is taken once the file has been still from one look to the next and has no fault
 * (R61). Whoever writes it slowly, in pieces or a hundred times a second is waited for; a fault keeps the last good list and is told once, until
 * a good list has come or another fault.
 *
 * <p>Somebody may touch or replace the file all the time: then what it says is taken once all of {@link #UNSETTLED_LOOKS_MAX} looks in a row found the same,
 * which pieces of a file that is being written don't give, and where they did not, that is told.
 *
 * <p>Pure: a look goes in, a verdict comes out. One thread.
 */
public final class ListWatch {

    /** So many looks without two of a still file, half a minute of them, are a fault of its own. */
    static final int UNSETTLED_LOOKS_MAX = 60;

    /** Somebody who generates ever new nonsense does not get a page of warnings for it. */
    static final int FAULTS_REMEMBERED_MAX = 100;

    /**
     * The file at one moment.
     *
     * @param stamp what tells one state of the file from the next: times, length, identity, and the target of a link
     * @param content its list; or why it can't be read
     */
    public record Look(Object stamp, Content content) {}

    /** What stood in the file. */
    public sealed interface Content {

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
    public record Verdict(Optional<List<MemberAddress>> taken, List<String> warnings, List<String> notes) {

        static final Verdict NOTHING = new Verdict(Optional.empty(), List.of(), List.of());
    }

    private final String source;
    private final Set<String> told = new LinkedHashSet<>();

    /** What the previous look saw; null once it has been judged. */
    private @Nullable Look pending;

    /** Looks since the last judgement. */
    private int unsettled;

    /** Of those, the last ones that found the same content. */
    private int alike;

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
    public ListWatch(String source, Object stamp, List<MemberAddress> current) {
        this.source = source;
        this.judgedStamp = stamp;
        this.current = List.copyOf(current);
    }

    /** Whether a file with this stamp has to be read: one that was judged as it stands need not. */
    public boolean wants(Object stamp) {
        return pending != null || !stamp.equals(judgedStamp);
    }

    public Verdict saw(Look look) {
        if (!wants(look.stamp())) {
            return Verdict.NOTHING;
        }
        alike = pending != null && pending.content().equals(look.content()) ? alike + 1 : 1;
        unsettled++;
        if (!look.equals(pending) && alike < UNSETTLED_LOOKS_MAX) {
            pending = look;
            return unsettled % UNSETTLED_LOOKS_MAX == 0
                    ? refused(List.of(source + " is being written all the time: it has not been still for "
                            + UNSETTLED_LOOKS_MAX + " looks"))
                    : Verdict.NOTHING;
        }
        pending = null;
        unsettled = 0;
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
    public String problem() {
        return problem;
    }

    /** How many times in a row it was found bad. */
    public int refusals() {
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
