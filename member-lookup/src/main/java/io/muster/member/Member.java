package io.muster.member;

import java.util.Optional;

/**
 * One member as this node sees it.
 *
 * @param address where the lookup lists it
 * @param nodeId empty until a handshake has told it
 * @param state see {@link MemberState}
 * @param loaded whether it counts as loaded with ephemeral data, so that it may be responsible for groups (design §5)
 * @param reason why it is in this state, one line for people
 * @param sinceWallMillis when it entered the state
 */
public record Member(
        MemberAddress address,
        Optional<NodeId> nodeId,
        MemberState state,
        boolean loaded,
        String reason,
        long sinceWallMillis) {}
