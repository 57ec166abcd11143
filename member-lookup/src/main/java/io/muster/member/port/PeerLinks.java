package io.muster.member.port;

import io.muster.member.MemberAddress;
import java.util.Collection;
import java.util.function.Consumer;

/**
 * Who answers where: the connections under {@link Net}. Listed addresses are dialled, and dialled again with back-off, for as long as they are
 * listed; whoever answers proves the cluster secret and says who it is. A connection is to a node id, an address only leads to one.
 */
public interface PeerLinks {

    /** Dials these addresses and no others from now on; connections to addresses that stay are kept. Call it on the driver's thread. */
    void dial(Collection<MemberAddress> addresses);

    /** Sets who hears of connections, on the driver's thread; to be called once, before {@link #dial}. */
    void onEvent(Consumer<LinkEvent> listener);
}
