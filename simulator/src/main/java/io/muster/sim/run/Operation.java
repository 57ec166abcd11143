package io.muster.sim.run;

/**
 * Something that a client does, or an operator. The subject gives the words their meaning.
 *
 * @param atMillis of virtual time, within the chaos
 * @param client number of the client, from 0 on
 * @param argument free for the subject, e.g. to which node it goes
 */
public record Operation(long atMillis, int client, String kind, String key, long argument) {

    Operation movedTo(long newAtMillis) {
        return new Operation(newAtMillis, client, kind, key, argument);
    }
}
