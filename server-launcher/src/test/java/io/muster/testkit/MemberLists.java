package io.muster.testkit;

/** How the servers of a cluster are told of one another. */
public enum MemberLists {
    /** By a cluster.conf of each node's own: rewriting it reaches servers that run and watch their file. */
    FILE,
    /** By the option {@code --members}: a change reaches a server when it starts again. */
    OPTION,
    /** By a cluster.conf of each node's own, as the node's own options say: each has all that a member needs, and its lookup is the test's choice. */
    LATER,
    /** Not at all: each server stands alone. */
    NONE
}
