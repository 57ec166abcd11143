package io.muster.cluster;

import io.muster.testkit.ClusterNode;
import io.muster.testkit.ServerCluster;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;

/**
 * What one node goes by: what must not change while nothing has.
 *
 * @param listed names in the list in force
 * @param voters node ids
 * @param states of the cluster's own nodes, as this one sees them
 */
record Standing(NavigableSet<String> listed, NavigableSet<String> voters, Map<String, String> states) {

    static Standing of(ClusterNode node, ServerCluster cluster) {
        LookupOperator operator = new LookupOperator(node);
        Map<String, String> states = new TreeMap<>(node.memberStates());
        states.keySet()
                .retainAll(cluster.nodes().stream().map(ClusterNode::name).toList());
        return new Standing(operator.listed(), operator.voters(), states);
    }

    /** Of each node. */
    static List<Standing> of(ServerCluster cluster) {
        return cluster.nodes().stream().map(node -> of(node, cluster)).toList();
    }
}
