package io.muster.distro;

/**
 * How the engine started.
 *
 * @param coldStart it found no data, though this node had held some: lists are held back
 * @param holdMillis for so long, 0 without a cold start
 */
public record DistroStart(boolean coldStart, long holdMillis) {}
