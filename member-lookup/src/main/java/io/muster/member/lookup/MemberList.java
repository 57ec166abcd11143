package io.muster.member.lookup;

import io.muster.member.MemberAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * A member list as somebody wrote it, read and judged: the members, or what is wrong with it. One fault spoils the whole list, since the
 * rest of it could be anything.
 *
 * <p>The form is that of Nacos' {@code cluster.conf}: entries {@code host[:port][?peer_port=N]}, one a line or several behind commas; {@code #} begins a
 * comment. Entries of one {@code host:port} fold into one.
 *
 * @param members sorted, without duplicates; of no use while there are faults
 * @param faults at most {@value #FAULTS_MAX} are told apart
 * @param notes what was understood and left aside, for people
 */
public record MemberList(List<MemberAddress> members, List<Fault> faults, List<String> notes) {

    /** Far beyond any sensible cluster: every member probes every other. */
    public static final int MEMBERS_MAX = 1_000;

    /** Longest line, comment included. */
    public static final int LINE_CHARS_MAX = 4_096;

    /** A list of nonsense shall not become a page of messages. */
    static final int FAULTS_MAX = 20;

    /** Characters of a fault's text that are shown. */
    private static final int SHOWN_CHARS_MAX = 80;

    /**
     * What is wrong, and where.
     *
     * @param where {@code line 3}, or {@code entry 3} of a list without lines
     * @param text as written, shortened if it is long
     */
    public record Fault(String where, String text, String problem) {

        @Override
        public String toString() {
            return where + ": '" + text + "': " + problem;
        }
    }

    public MemberList {
        members = List.copyOf(members);
        faults = List.copyOf(faults);
        notes = List.copyOf(notes);
    }

    /** Reads the text of a file; lines end by LF, CRLF or CR. */
    public static MemberList ofText(String text) {
        Reader reader = new Reader();
        int number = 0;
        for (String line : text.split("\r\n|\r|\n", -1)) {
            number++;
            String where = "line " + number;
            if (line.length() > LINE_CHARS_MAX) {
                reader.fault(where, line, "a line has at most " + LINE_CHARS_MAX + " characters");
            } else {
                int comment = line.indexOf('#');
                for (String entry : (comment < 0 ? line : line.substring(0, comment)).split(",")) {
                    reader.take(where, entry);
                }
            }
        }
        return reader.result();
    }

    /** Reads entries that stood in an option or a property. */
    public static MemberList ofEntries(List<String> entries) {
        Reader reader = new Reader();
        for (int i = 0; i < entries.size(); i++) {
            reader.take("entry " + (i + 1), entries.get(i));
        }
        return reader.result();
    }

    /** Whether it names anybody, be it in a way that can't be read. */
    public boolean namesAnyone() {
        return !members.isEmpty() || !faults.isEmpty();
    }

    /**
     * The members of a good list.
     *
     * @param source for messages: where the list stands
     * @throws MemberListException if there is a fault, or nobody is named (R33)
     */
    public List<MemberAddress> orThrow(String source) {
        if (!faults.isEmpty()) {
            throw new MemberListException(
                    faults.stream().map(fault -> source + ", " + fault).toList());
        }
        if (members.isEmpty()) {
            throw new MemberListException(List.of(source + " names no member; a cluster has at least one"));
        }
        return members;
    }

    /** Gathers entries; one use. */
    private static final class Reader {

        /** What an entry said, and where. */
        private record Listed(MemberAddress address, String where) {}

        private final TreeMap<String, Listed> byName = new TreeMap<>();
        private final List<Fault> faults = new ArrayList<>();
        private final List<String> notes = new ArrayList<>();

        void take(String where, String written) {
            String entry = written.strip();
            if (entry.isEmpty() || faults.size() >= FAULTS_MAX) {
                return;
            }
            MemberEntry read;
            try {
                read = MemberEntry.parse(entry);
            } catch (IllegalArgumentException e) {
                fault(where, entry, String.valueOf(e.getMessage()));
                return;
            }
            read.ignored().forEach(part -> notes.add(where + ": '" + shown(entry) + "': " + part + " is ignored"));
            MemberAddress address = read.address();
            Listed before = byName.putIfAbsent(address.name(), new Listed(address, where));
            if (before != null && before.address().peerPort() != address.peerPort()) {
                fault(
                        where,
                        entry,
                        "stands in " + before.where() + " already, with peer port "
                                + before.address().peerPort() + " instead of " + address.peerPort());
            } else if (before == null && byName.size() > MEMBERS_MAX) {
                fault(where, entry, "a list has at most " + MEMBERS_MAX + " members");
            }
        }

        void fault(String where, String text, String problem) {
            if (faults.size() < FAULTS_MAX) {
                faults.add(new Fault(where, shown(text), problem));
            }
        }

        MemberList result() {
            List<MemberAddress> members = byName.values().stream()
                    .map(Listed::address)
                    .limit(MEMBERS_MAX)
                    .toList();
            return new MemberList(members, faults, notes);
        }

        /** Control characters would play tricks with a terminal. */
        private static String shown(String text) {
            String plain = text.replaceAll("\\p{Cntrl}", "?");
            return plain.length() <= SHOWN_CHARS_MAX ? plain : plain.substring(0, SHOWN_CHARS_MAX) + "…";
        }
    }
}
