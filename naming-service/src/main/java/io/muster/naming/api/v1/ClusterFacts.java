package io.muster.naming.api.v1;

import io.muster.naming.model.ServiceName;
import java.util.List;

/** What operators ask the naming API about the members. Answered by the launcher, which knows them; any thread. */
public interface ClusterFacts {

    /**
     * A member as it is shown.
     *
     * @param state UP, SUSPICIOUS, DOWN or STARTING
     */
    record Node(String ip, int port, String state, int failures) {

        public String address() {
            return (ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip) + ":" + port;
        }
    }

    /** All members, sorted by address. */
    List<Node> nodes();

    /** This node. */
    Node self();

    boolean isStandalone();

    /** The member, as {@code host:port}, that is responsible for the service's ephemeral instances. */
    String responsibleNode(ServiceName service);

    /** How many services with ephemeral instances this node is responsible for. */
    int responsibleServiceCount();

    /** How many ephemeral instances this node is responsible for. */
    int responsibleInstanceCount();
}
