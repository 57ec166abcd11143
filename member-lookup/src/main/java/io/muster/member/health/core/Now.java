package io.muster.member.health.core;

/**
 * The moment of a step.
 *
 * @param nanos monotonic; all durations come from it
 * @param wallMillis as the machine believes; for people, and to compare clocks
 */
public record Now(long nanos, long wallMillis) {}
