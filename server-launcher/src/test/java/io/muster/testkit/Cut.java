package io.muster.testkit;

import io.muster.testkit.net.ClusterNetwork;
import io.muster.testkit.net.LinkCondition;
import java.util.List;

/**
 * The nodes of one side of a cut; the methods name the other side and cut. What the test asks of the nodes is not
 * touched.
 */
public final class Cut {

    private final ClusterNetwork network;
    private final List<String> all;
    private final List<String> side;

    Cut(ClusterNetwork network, List<String> all, List<String> side) {
        this.network = network;
        this.all = all;
        this.side = side;
    }

    /** Nothing passes between the two sides, either way. */
    public void from(String... others) {
        oneWayTo(others);
        oneWayFrom(others);
    }

    /** Nothing passes between this side and the rest of the cluster, either way. */
    public void fromAllOthers() {
        from(all.stream().filter(name -> !side.contains(name)).toArray(String[]::new));
    }

    /** Nothing that this side sends reaches the others; what they send arrives. */
    public void oneWayTo(String... others) {
        for (String here : side) {
            for (String there : others) {
                network.set(here, known(there), LinkCondition.DROP);
            }
        }
    }

    /** Nothing that the others send reaches this side; what it sends arrives. */
    public void oneWayFrom(String... others) {
        for (String here : side) {
            for (String there : others) {
                network.set(known(there), here, LinkCondition.DROP);
            }
        }
    }

    private String known(String name) {
        if (!all.contains(name)) {
            throw new IllegalArgumentException("no node " + name + " among " + all);
        }
        return name;
    }
}
