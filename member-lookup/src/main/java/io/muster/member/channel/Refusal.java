package io.muster.member.channel;

/**
 * Why a connection is closed that hurt the protocol.
 *
 * @param detail one line for people; holds nothing that a stranger chose, but numbers
 */
record Refusal(RefusalKind kind, String detail) {}
