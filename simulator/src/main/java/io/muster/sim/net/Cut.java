package io.muster.sim.net;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.function.BiPredicate;

/** Links that were cut together, in one of the shapes in which networks break, until {@link #heal}. Cuts may overlap; each heals its own. */
public final class Cut {

    /** How likely each directed link is to be cut in a random matrix. */
    private static final double MATRIX_RATE = 0.4;

    private final List<Link> links;
    private boolean healed;

    private Cut(List<Link> links) {
        this.links = links;
        links.forEach(Link::cut);
    }

    /** Nothing reaches the host, and nothing leaves it. */
    public static Cut isolate(SimNetwork network, int host) {
        return where(network, (from, to) -> from == host || to == host);
    }

    /** Two sides that don't hear one another: these hosts, and all others. */
    public static Cut halves(SimNetwork network, Collection<Integer> side) {
        List<Integer> one = List.copyOf(side);
        return where(network, (from, to) -> one.contains(from) != one.contains(to));
    }

    /** Nothing reaches the host; what it sends arrives. */
    public static Cut oneWayIn(SimNetwork network, int host) {
        return where(network, (from, to) -> to == host);
    }

    /** Nothing leaves the host; what others send reaches it. */
    public static Cut oneWayOut(SimNetwork network, int host) {
        return where(network, (from, to) -> from == host);
    }

    /** Frames from one host to the other are lost, in this direction alone. */
    public static Cut oneLink(SimNetwork network, int sender, int receiver) {
        return where(network, (from, to) -> from == sender && to == receiver);
    }

    /** Two sides that don't hear one another, and one host that hears both: the first of the hosts, which are all in some order. */
    public static Cut bridge(SimNetwork network, List<Integer> order) {
        int middle = 1 + (order.size() - 1) / 2;
        return where(network, (from, to) -> {
            int one = order.indexOf(from);
            int other = order.indexOf(to);
            return one != 0 && other != 0 && one < middle != other < middle;
        });
    }

    /** Each host hears a majority, and no two the same one: those next to it in a ring of all hosts. Four hosts at least, else nothing is cut. */
    public static Cut majoritiesRing(SimNetwork network, List<Integer> order) {
        int size = order.size();
        int reach = (size / 2 + 1) / 2;
        return where(network, (from, to) -> {
            int distance = Math.abs(order.indexOf(from) - order.indexOf(to));
            return Math.min(distance, size - distance) > reach;
        });
    }

    /** Each directed link by coin. */
    public static Cut matrix(SimNetwork network, long seed) {
        Random coins = new Random(seed);
        return where(network, (from, to) -> coins.nextDouble() < MATRIX_RATE);
    }

    /** The leader is left with one follower; all others hear one another. */
    public static Cut leaderWithOne(SimNetwork network, int leader, int follower) {
        return where(network, (from, to) -> (from == leader && to != follower) || (to == leader && from != follower));
    }

    /** Cuts all links that match, in the order of their numbers. */
    public static Cut where(SimNetwork network, BiPredicate<Integer, Integer> fromTo) {
        List<Link> matching = new ArrayList<>();
        for (Link link : network.links()) {
            if (fromTo.test(link.from(), link.to())) {
                matching.add(link);
            }
        }
        return new Cut(matching);
    }

    /** Restores the links, unless they were healed meanwhile; idempotent. */
    public void heal() {
        if (!healed) {
            healed = true;
            links.stream().filter(Link::isCut).forEach(Link::restore);
        }
    }

    /** How many directed links were cut. */
    public int size() {
        return links.size();
    }
}
