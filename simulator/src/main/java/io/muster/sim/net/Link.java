package io.muster.sim.net;

import java.util.ArrayList;
import java.util.List;

/**
 * One direction between two hosts. Cuts and clogs nest: the link works again when as many were taken away as were laid on it, so that faults
 * that overlap in time need not know of one another.
 */
public final class Link {

    private final SimNetwork network;
    private final int from;
    private final int to;
    private final FrameChance chance;
    private final List<LinkQuality> worsenings = new ArrayList<>();

    /** The pipes that hold frames since the link is clogged. */
    private final List<Pipe> waiting = new ArrayList<>();

    private LinkQuality base;
    private LinkQuality quality;
    private int cuts;
    private int clogs;

    /** How often the link was cut: a cut that a watch was set for may be over, and another one in force. */
    private long cutCount;

    /** How often the link was healed. */
    private long healCount;

    private long framesSeen;

    Link(SimNetwork network, int from, int to, LinkQuality base, long seed) {
        this.network = network;
        this.from = from;
        this.to = to;
        this.base = base;
        this.quality = base;
        this.chance = new FrameChance(seed);
    }

    /** Nothing passes any more; what is on the way is lost. */
    public void cut() {
        cuts++;
        if (cuts == 1) {
            cutCount++;
            network.watchCut(this);
        }
    }

    /** Takes one cut away. */
    public void restore() {
        if (cuts == 0) {
            throw new IllegalStateException(this + " is not cut");
        }
        cuts--;
    }

    /** Frames are held from now on. */
    public void clog() {
        clogs++;
    }

    /** Takes one clog away; after the last, what was held arrives in a burst, in order. */
    public void unclog() {
        if (clogs == 0) {
            throw new IllegalStateException(this + " is not clogged");
        }
        clogs--;
        burstIfFree();
    }

    /** Makes the link worse until {@link #relieve} is called with an equal value. */
    public void worsen(LinkQuality by) {
        worsenings.add(by);
        recompute();
    }

    public void relieve(LinkQuality by) {
        if (!worsenings.remove(by)) {
            throw new IllegalStateException(this + " was not made worse by " + by);
        }
        recompute();
    }

    /** Sets what the link is like without faults. */
    public void quality(LinkQuality newBase) {
        base = newBase;
        recompute();
    }

    /** What the link is like now, with all faults. */
    public LinkQuality quality() {
        return quality;
    }

    /** Takes all faults away; what was held arrives in a burst, and nothing that is sent from now on waits behind what is still on the way. */
    public void heal() {
        healCount++;
        cuts = 0;
        clogs = 0;
        worsenings.clear();
        recompute();
        burstIfFree();
    }

    public boolean isCut() {
        return cuts > 0;
    }

    public boolean isClogged() {
        return clogs > 0;
    }

    public int from() {
        return from;
    }

    public int to() {
        return to;
    }

    // For the pipes and the network

    FrameChance chance() {
        return chance;
    }

    long nextFrame() {
        return framesSeen++;
    }

    long healCount() {
        return healCount;
    }

    long cutCount() {
        return cutCount;
    }

    /** How long a frame takes that leaves now. */
    long drawDelayNanos(long frame, FrameChance.Use use) {
        long exponential = chance.exponential(quality.delayMeanNanos(), frame, use);
        return (quality.delayMinNanos() + exponential) * quality.slowFactor();
    }

    void waitsHere(Pipe pipe) {
        waiting.add(pipe);
    }

    private void burstIfFree() {
        if (clogs == 0) {
            List<Pipe> released = List.copyOf(waiting);
            waiting.clear();
            released.forEach(Pipe::burst);
        }
    }

    private void recompute() {
        LinkQuality worst = base;
        for (LinkQuality worsening : worsenings) {
            worst = worst.worse(worsening);
        }
        quality = worst;
    }

    @Override
    public String toString() {
        return network.hostName(from) + ">" + network.hostName(to);
    }
}
