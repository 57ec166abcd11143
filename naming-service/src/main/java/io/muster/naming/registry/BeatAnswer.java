package io.muster.naming.registry;

/**
 * The answer to a heartbeat.
 *
 * @param known whether the instance lives on; if not, its client must register it again (code 20404)
 * @param intervalMillis when the next beat is wanted
 * @param lightBeatEnabled whether the next beats may leave out what they repeat
 */
public record BeatAnswer(boolean known, long intervalMillis, boolean lightBeatEnabled) {}
