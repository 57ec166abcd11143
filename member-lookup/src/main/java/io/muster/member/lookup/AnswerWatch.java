package io.muster.member.lookup;

import io.muster.member.MemberAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What successive answers of an address server amount to (R62): a good list is taken when it differs from the one before; whatever else it says, or that it says
 * nothing, is counted, leaves the last good list in force for however long, and is told once until a good list has come.
 *
 * <p>Pure: an answer goes in, a verdict comes out. One thread.
 */
public final class AnswerWatch {

    /** A server whose error page bears the time does not get a warning for each answer. */
    static final int FAULTS_REMEMBERED_MAX = 100;

    /**
     * What to do about an answer.
     *
     * @param taken a new list to go by
     * @param warning a fault that was not told before
     * @param recovered whether it is the first good answer after faults
     */
    public record Verdict(Optional<List<MemberAddress>> taken, Optional<String> warning, boolean recovered) {}

    private final String source;
    private final Set<String> told = new LinkedHashSet<>();

    /** Given last; empty before the first. */
    private List<MemberAddress> current = List.of();

    private int failuresInARow;
    private long answers;
    private String problem = "not asked yet";

    /** @param source names the server in messages */
    public AnswerWatch(String source) {
        this.source = source;
    }

    /** It has answered with a body, in whatever form. */
    public Verdict answered(String body) {
        try {
            return good(ServerListBody.read(body, source).orThrow(source));
        } catch (MemberListException e) {
            return bad(String.valueOf(e.getMessage()));
        }
    }

    /** There was no whole answer, or one that says that it failed. */
    public Verdict failed(String cause) {
        return bad(source + " gave no list: " + cause);
    }

    private Verdict good(List<MemberAddress> members) {
        boolean recovered = !told.isEmpty();
        told.clear();
        failuresInARow = 0;
        answers++;
        problem = "";
        boolean isNew = !members.equals(current);
        current = members;
        return new Verdict(isNew ? Optional.of(members) : Optional.empty(), Optional.empty(), recovered);
    }

    private Verdict bad(String why) {
        failuresInARow++;
        problem = why;
        boolean isNew = told.size() < FAULTS_REMEMBERED_MAX && told.add(why);
        return new Verdict(Optional.empty(), isNew ? Optional.of(why) : Optional.empty(), false);
    }

    /** Whether it has ever given a good list. */
    boolean hasList() {
        return !current.isEmpty();
    }

    /** 0 after each good list. */
    public int failuresInARow() {
        return failuresInARow;
    }

    /** Good lists since the start. */
    long answers() {
        return answers;
    }

    /** The last failure; empty after a good list. */
    public String problem() {
        return problem;
    }
}
