package io.muster.raft.simulation;

import java.util.List;

/** What operators do to lists, by the words of a plan ({@code spec/simulation.md} §4, {@code Operators}). */
final class ListOperators {

    /** One file gets another list, in two pieces. */
    static final String EDIT_ONE = "edit one list";

    /** All files get the same other list, one after the other. */
    static final String EDIT_ALL = "edit all lists";

    /** All files name all. */
    static final String EDIT_ALL_TO_ALL = "list all on all";

    /** One lists all; nobody lists it. */
    static final String STRANGER = "make a stranger";

    /** A file is empty, garbage, contradictory, or joined. */
    static final String SPOIL = "spoil a list";

    /** A file ends after its first line. */
    static final String CUT_OFF = "cut a list off";

    static final String CONFIRM = "confirm a list";

    /** From file to address server, or back. */
    static final String SWITCH = "switch a lookup";

    static final String SERVER_DOWN = "address server down";

    /** The address server answers nothing, HTML, an error, or one name. */
    static final String SERVER_ODD = "address server odd";

    /** The address server names some, as it may have done before. */
    static final String SERVER_OTHER = "address server names others";

    /** As often as they are drawn. */
    static final List<String> KINDS = List.of(
            EDIT_ONE,
            EDIT_ONE,
            EDIT_ALL,
            EDIT_ALL,
            EDIT_ALL,
            EDIT_ALL_TO_ALL,
            STRANGER,
            STRANGER,
            SPOIL,
            CUT_OFF,
            CUT_OFF,
            CONFIRM,
            SWITCH,
            SERVER_DOWN,
            SERVER_ODD,
            SERVER_OTHER,
            SERVER_OTHER);

    private ListOperators() {}
}
